//! Which part of a list somebody wants, and how its parts lead to each other.

use deserr::Deserr;
use domain::page::{Page, PageNumber, PageSize, Position};
use form_urlencoded::Serializer;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    cursor::{self, Cursor},
    field::Field,
    invalid::{Invalid, Issue, Place},
    problem::Problem,
};

/// Which part of the list.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// The number of the page, from 1 on; the first one where neither `page` nor `cursor` is given.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<Field<PageNumber>>,
    /// How many items a page holds.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 10)]
    per_page: Option<Field<PageSize>>,
    /// The `next_cursor` of the part before. Costs the same at any depth, and cannot stand beside `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor<i64>>,
}

impl TryFrom<Parameters> for Paging<i64> {
    type Error = Problem;

    fn try_from(Parameters { page, per_page, cursor }: Parameters) -> Result<Self, Problem> {
        Self::new(page.as_ref(), per_page.as_ref(), cursor)
    }
}

/// The part of a list that a query asks for.
#[derive(Clone, Debug)]
pub(crate) struct Paging<Place> {
    /// Where it begins.
    position: Position<Place>,
    /// How many items it holds.
    pub(crate) size: PageSize,
}

/// How the parts of a list lead to each other.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ListLinks)]
pub(crate) struct Links {
    /// The page before; null on the first page and in parts read by cursor.
    #[schema(required)]
    prev_page: Option<String>,
    /// The next part; null on the last page.
    #[schema(required)]
    next_page: Option<String>,
    /// How many pages there are; null in parts read by cursor.
    #[schema(required)]
    total_pages: Option<i64>,
    /// How many items there are; null in parts read by cursor.
    #[schema(required)]
    total_items: Option<i64>,
    /// Where to go on by cursor; null on the last page.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl<P: cursor::Place + Clone> Paging<P> {
    /// What these parameters ask for.
    pub(crate) fn new(
        page: Option<&Field<PageNumber>>,
        per_page: Option<&Field<PageSize>>,
        cursor: Option<Cursor<P>>,
    ) -> Result<Self, Problem> {
        let position = match (page, cursor) {
            (Some(_), Some(_)) => {
                let issue = Issue::new("page_and_cursor", "A page and a cursor cannot stand together.");
                return Err(Problem::invalid(Invalid::at("/cursor", issue), Place::Query));
            }
            (None, Some(cursor)) => Position::After(cursor.0),
            (page, None) => Position::Page(page.map_or(PageNumber::FIRST, |page| page.0)),
        };
        Ok(Self { position, size: per_page.map_or(PageSize::DEFAULT, |size| size.0) })
    }

    /// Where the part begins, in a list whose places this makes of what a cursor holds.
    pub(crate) fn position<Other>(&self, place: impl Fn(P) -> Other) -> Position<Other> {
        match &self.position {
            Position::Page(number) => Position::Page(*number),
            Position::After(last) => Position::After(place(last.clone())),
        }
    }

    /// The links of a part of the list at this path, which keep these filters. `place_of` gives the place behind an item.
    pub(crate) fn links<Item>(
        &self,
        path: &str,
        filters: &[(&str, String)],
        page: &Page<Item>,
        place_of: impl Fn(&Item) -> P,
    ) -> Links {
        let next = page.items.last().filter(|_| page.has_more).map(place_of);
        self.links_to(path, filters, page, next)
    }

    /// The same, where the place behind the part is known.
    pub(crate) fn links_to<Item>(
        &self,
        path: &str,
        filters: &[(&str, String)],
        page: &Page<Item>,
        next: Option<P>,
    ) -> Links {
        let link = |name: &str, value: &str| {
            let mut query = Serializer::new(String::new());
            query.append_pair(name, value).append_pair("per_page", &self.size.get().to_string());
            for (name, value) in filters {
                query.append_pair(name, value);
            }
            format!("{path}?{}", query.finish())
        };
        let numbered = |number: i64| link("page", &number.to_string());
        let next_cursor = next.map(|place| Cursor(place).encode());
        let (prev_page, next_page) = match &self.position {
            Position::Page(number) => {
                let number = number.get();
                ((number > 1).then(|| numbered(number - 1)), page.has_more.then(|| numbered(number + 1)))
            }
            Position::After(_) => (None, next_cursor.as_ref().map(|cursor| link("cursor", cursor))),
        };
        let total_pages = page.total.map(|total| self.size.pages(total));
        Links { prev_page, next_page, total_pages, total_items: page.total, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(position: Position<i64>, has_more: bool) -> Links {
        let paging = Paging { position, size: PageSize::new(2).unwrap() };
        let total = matches!(position, Position::Page(_)).then_some(5);
        let page = Page { items: vec![9_i64, 8], has_more, total };
        paging.links("/list", &[("email", "a&b c".to_owned())], &page, |id| *id)
    }

    fn page(number: i64) -> Position<i64> {
        Position::Page(PageNumber::new(number).unwrap())
    }

    #[test]
    fn links_keep_filters_and_escape_them() {
        let links = links(page(2), true);
        assert_eq!(links.prev_page.unwrap(), "/list?page=1&per_page=2&email=a%26b+c");
        assert_eq!(links.next_page.unwrap(), "/list?page=3&per_page=2&email=a%26b+c");
        assert_eq!((links.total_pages, links.total_items), (Some(3), Some(5)));
    }

    #[test]
    fn the_ends_of_a_list_lead_nowhere() {
        assert_eq!(links(page(1), true).prev_page, None);
        let last = links(page(3), false);
        assert_eq!((last.next_page, last.next_cursor), (None, None));
    }

    #[test]
    fn a_part_read_by_cursor_leads_on_by_cursor_and_knows_no_totals() {
        let links = links(Position::After(10), true);
        assert_eq!(links.next_page.unwrap(), "/list?cursor=aWQ6OA&per_page=2&email=a%26b+c");
        assert_eq!((links.prev_page, links.total_pages, links.total_items), (None, None, None));
    }
}
