//! Paging of lists: the parameters of requests and the links of responses.

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};
use deserr::Deserr;
use domain::page::{Page, PageNumber, PageSize, Position};
use form_urlencoded::Serializer;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    cursor::{Cursor, CursorKey},
    field::Field,
    invalid::{Invalid, Issue, RequestPart},
    problem::Problem,
};

/// Paging of a list.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParameters {
    /// Page number, from 1; 1 if neither `page` nor `cursor` is given.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<Field<PageNumber>>,
    /// Number of items per page.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 10)]
    per_page: Option<Field<PageSize>>,
    /// `next_cursor` of the previous page. Costs the same at any depth, and cannot be combined with `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor<i64>>,
}

impl PageParameters {
    pub(crate) fn paging(self) -> Result<Paging<i64>, Problem> {
        Paging::new(self.page.as_ref(), self.per_page.as_ref(), self.cursor)
    }
}

/// The requested page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Paging<Key> {
    /// Start of the page.
    position: Position<Key>,
    /// Maximum number of items.
    pub(crate) size: PageSize,
}

/// Links from a page of a list to the other pages, and totals of the list.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ListLinks {
    /// Path and query of the previous page; null on the first page and on pages read by cursor.
    #[schema(required)]
    prev_page: Option<String>,
    /// Path and query of the next page; null on the last page.
    #[schema(required)]
    next_page: Option<String>,
    /// Number of pages; null on pages read by cursor.
    #[schema(required)]
    total_pages: Option<i64>,
    /// Number of items of the whole list; null on pages read by cursor.
    #[schema(required)]
    total_items: Option<i64>,
    /// Value of `cursor` for the next page; null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
    /// Path and query of the first page.
    #[serde(skip)]
    first_page: String,
}

impl ListLinks {
    /// The header `Link`, with the relations `next`, `prev` and `first` (RFC 8288).
    pub(crate) fn header(&self) -> String {
        let pages =
            [("next", &self.next_page), ("prev", &self.prev_page), ("first", &Some(self.first_page.clone()))];
        let link = |(relation, page): (_, &Option<String>)| {
            page.as_ref().map(|page| format!("<{page}>; rel=\"{relation}\""))
        };
        pages.into_iter().filter_map(link).collect::<Vec<_>>().join(", ")
    }
}

/// Adds the header `Link` to a page of a list.
pub(crate) fn linked(mut reply: HttpResponse, link: String) -> HttpResponse {
    if let Ok(link) = HeaderValue::from_maybe_shared(link) {
        reply.headers_mut().insert(header::LINK, link);
    }
    reply
}

impl<K: CursorKey + Clone> Paging<K> {
    /// Returns the page that these parameters request; fails if both `page` and `cursor` are given.
    pub(crate) fn new(
        page: Option<&Field<PageNumber>>,
        per_page: Option<&Field<PageSize>>,
        cursor: Option<Cursor<K>>,
    ) -> Result<Self, Problem> {
        let position = match (page, cursor) {
            (Some(_), Some(_)) => {
                let issue = Issue::new("page_and_cursor", "page and cursor cannot be combined.");
                return Err(Problem::invalid(Invalid::at("/cursor", issue), RequestPart::Query));
            }
            (None, Some(cursor)) => Position::After(cursor.0),
            (page, None) => Position::Page(page.map_or(PageNumber::FIRST, |page| page.0)),
        };
        Ok(Self { position, size: per_page.map_or(PageSize::DEFAULT, |size| size.0) })
    }

    /// Returns the start of the page; `key` converts the key in a cursor to the key of the list.
    pub(crate) fn position<Other>(&self, key: impl Fn(K) -> Other) -> Position<Other> {
        match &self.position {
            Position::Page(number) => Position::Page(*number),
            Position::After(last) => Position::After(key(last.clone())),
        }
    }

    /// Returns the links of a page of the list at this path, with these filters. `key_of` returns the key of an item.
    pub(crate) fn links<Item>(
        &self,
        path: &str,
        filters: &[(&str, String)],
        page: &Page<Item>,
        key_of: impl Fn(&Item) -> K,
    ) -> ListLinks {
        let next = page.items.last().filter(|_| page.has_more).map(key_of);
        self.links_to(path, filters, page, next)
    }

    /// Same as [`Self::links`] with a known key of the last item; `None` if no items follow.
    pub(crate) fn links_to<Item>(
        &self,
        path: &str,
        filters: &[(&str, String)],
        page: &Page<Item>,
        next: Option<K>,
    ) -> ListLinks {
        let link = |name: &str, value: &str| {
            let mut query = Serializer::new(String::new());
            query.append_pair(name, value).append_pair("per_page", &self.size.get().to_string());
            for (name, value) in filters {
                query.append_pair(name, value);
            }
            format!("{path}?{}", query.finish())
        };
        let numbered = |number: i64| link("page", &number.to_string());
        let next_cursor = next.map(|key| Cursor(key).encode());
        let (prev_page, next_page) = match &self.position {
            Position::Page(number) => {
                let number = number.get();
                ((number > 1).then(|| numbered(number - 1)), page.has_more.then(|| numbered(number + 1)))
            }
            Position::After(_) => (None, next_cursor.as_ref().map(|cursor| link("cursor", cursor))),
        };
        let total_pages = page.total.map(|total| self.size.pages(total));
        let first_page = numbered(1);
        ListLinks { prev_page, next_page, total_pages, total_items: page.total, next_cursor, first_page }
    }
}

/// Example of a list with one item.
pub(crate) fn list_example(items: &str, one: &Value) -> Value {
    json!({items: [one], "prev_page": null, "next_page": null, "total_pages": 1, "total_items": 1, "next_cursor": null})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_contain_the_escaped_filters() {
        let position = Position::Page(PageNumber::new(2).unwrap());
        let paging = Paging { position, size: PageSize::new(2).unwrap() };
        let page = Page { items: vec![9_i64, 8], has_more: true, total: Some(5) };
        let links = paging.links("/list", &[("email", "a&b c".to_owned())], &page, |id| *id);
        let link = links.header();
        assert_eq!(links.prev_page.unwrap(), "/list?page=1&per_page=2&email=a%26b+c");
        assert_eq!(links.next_page.unwrap(), "/list?page=3&per_page=2&email=a%26b+c");
        let page = |number: i64| format!("</list?page={number}&per_page=2&email=a%26b+c>");
        let expected =
            format!("{}; rel=\"next\", {}; rel=\"prev\", {}; rel=\"first\"", page(3), page(1), page(1));
        assert_eq!(link, expected);
    }
}
