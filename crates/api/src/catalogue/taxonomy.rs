//! What the operations on genres, actors, countries and languages share.

use actix_web::{HttpResponse, http::header};
use application::catalogue::taxonomies::{
    create_taxonomy_entry, delete_taxonomy_entry, get_taxonomy_entry, list_taxonomy, update_taxonomy_entry,
};
use deserr::Deserr;
use domain::{
    catalogue::{
        CountryCode, Name, SearchQuery, Taxonomy, TaxonomyCursor, TaxonomyEntry, TaxonomyEntryDraft,
        TaxonomyEntryId, TaxonomyEntryPatch, folded,
    },
    page::{PageNumber, PageSize},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    documentation::values,
    http::{Change, Cursor, Field, HandlerResult, IfMatch, Invalid, Paging, caching, linked},
    services::Services,
};

/// A genre, an actor or a language.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxonomyEntry)]
pub(crate) struct EntryBody {
    /// Identifier of the entry.
    id: i64,
    /// Name, unique without regard to case.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Number of movies with the entry.
    #[schema(minimum = 0)]
    movie_count: i64,
}

/// A country.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountryEntry {
    /// Identifier of the country.
    id: i64,
    /// ISO 3166-1 alpha-2 code.
    #[schema(min_length = 2, max_length = 2)]
    code: String,
    /// Name, unique without regard to case.
    name: String,
    /// Number of movies from the country.
    #[schema(minimum = 0)]
    movie_count: i64,
}

/// Paging and filter of the list of a taxonomy.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaxonomyParameters {
    /// Page number, from 1; 1 if neither `page` nor `cursor` is given.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<Field<PageNumber>>,
    /// Entries per page.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 10)]
    per_page: Option<Field<PageSize>>,
    /// `next_cursor` of the previous page. Costs the same at any depth, and cannot be combined with `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor<TaxonomyCursor>>,
    /// Part of the name; case and diacritics are ignored.
    #[deserr(default)]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200)]
    q: Option<Field<SearchQuery>>,
}

/// Replacement of a deleted entry.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteParameters {
    /// Identifier of another entry of the same taxonomy, which replaces the deleted entry in its movies.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    merge_into: Option<Field<i64>>,
}

/// A new genre, actor or language.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTaxonomyEntry {
    /// Name, unique without regard to case.
    #[schema(value_type = values::Name)]
    name: Field<Name>,
}

/// Changes of a genre, an actor or a language. Absent fields stay unchanged.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaxonomyEntryChange {
    /// Name, unique without regard to case.
    #[deserr(default)]
    #[schema(value_type = values::Name, required = false)]
    name: Change<Field<Name>>,
}

/// A new country.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCountry {
    /// ISO 3166-1 alpha-2 or alpha-3 code.
    #[schema(value_type = values::CountryCode)]
    code: Field<CountryCode>,
    /// Name, unique without regard to case; the name of ISO 3166-1 if absent.
    #[deserr(default)]
    #[schema(value_type = values::Name, required = false)]
    name: Change<Field<Name>>,
}

/// Changes of a country. Absent fields stay unchanged.
#[derive(Debug, Deserr, ToSchema)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountryChange {
    /// ISO 3166-1 alpha-2 or alpha-3 code.
    #[deserr(default)]
    #[schema(value_type = values::CountryCode, required = false)]
    code: Change<Field<CountryCode>>,
    /// Name, unique without regard to case.
    #[deserr(default)]
    #[schema(value_type = values::Name, required = false)]
    name: Change<Field<Name>>,
}

impl NewTaxonomyEntry {
    pub(super) fn draft(self, kind: Taxonomy) -> TaxonomyEntryDraft {
        TaxonomyEntryDraft::Named(kind, self.name.0)
    }
}

impl NewCountry {
    pub(super) fn draft(self, _: Taxonomy) -> TaxonomyEntryDraft {
        TaxonomyEntryDraft::Country(self.code.0, self.name.0.map(|name| name.0))
    }
}

impl From<TaxonomyEntryChange> for TaxonomyEntryPatch {
    fn from(change: TaxonomyEntryChange) -> Self {
        Self { name: change.name.0.map(|name| name.0), code: None }
    }
}

impl From<CountryChange> for TaxonomyEntryPatch {
    fn from(change: CountryChange) -> Self {
        Self { name: change.name.0.map(|name| name.0), code: change.code.0.map(|code| code.0) }
    }
}

fn shown(entry: TaxonomyEntry) -> Value {
    let TaxonomyEntry { id, code, name, movie_count } = entry;
    let body = match code {
        Some(code) => serde_json::to_value(CountryEntry { id, code: code.to_string(), name, movie_count }),
        None => serde_json::to_value(EntryBody { id, name, movie_count }),
    };
    body.unwrap_or_default()
}

fn path(kind: Taxonomy) -> String {
    format!("/api/v1/theater/{}", kind.plural())
}

pub(super) async fn list(
    services: &Services,
    kind: Taxonomy,
    parameters: TaxonomyParameters,
) -> HandlerResult {
    let TaxonomyParameters { page, per_page, cursor, q } = parameters;
    let paging = Paging::new(page.as_ref(), per_page.as_ref(), cursor)?;
    let search = q.map(|field| field.0);
    let position = paging.position(|key| key);
    let page = list_taxonomy(&services.catalogue, kind, search.as_ref(), position, paging.size).await?;
    let filters: Vec<_> = search.iter().map(|search| ("q", search.as_str().to_owned())).collect();
    let links = paging
        .links(&path(kind), &filters, &page, |one| TaxonomyCursor { name: folded(&one.name), id: one.id });
    let link = links.header();
    let mut body = Map::new();
    body.insert(kind.plural().to_owned(), page.items.into_iter().map(shown).collect());
    if let Ok(Value::Object(links)) = serde_json::to_value(links) {
        body.extend(links);
    }
    Ok(linked(caching::shared(&body), link))
}

pub(super) async fn get(services: &Services, id: TaxonomyEntryId) -> HandlerResult {
    Ok(caching::shared(&shown(get_taxonomy_entry(&services.catalogue, id).await?)))
}

pub(super) async fn create(services: &Services, kind: Taxonomy, draft: TaxonomyEntryDraft) -> HandlerResult {
    let created = create_taxonomy_entry(&services.catalogue, draft).await?;
    let location = format!("{}/{}", path(kind), created.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(shown(created)))
}

pub(super) async fn update(
    services: &Services,
    id: TaxonomyEntryId,
    patch: TaxonomyEntryPatch,
    if_match: &IfMatch,
) -> HandlerResult {
    let unchanged = if_match.requires(|current: &TaxonomyEntry| shown(current.clone()));
    let unchanged = unchanged.as_deref();
    let updated = update_taxonomy_entry(&services.catalogue, id, patch, unchanged).await?;
    Ok(HttpResponse::Ok().json(shown(updated)))
}

pub(super) async fn delete(
    services: &Services,
    id: TaxonomyEntryId,
    parameters: DeleteParameters,
    if_match: &IfMatch,
) -> HandlerResult {
    let into = parameters.merge_into.map(|field| field.0);
    let unchanged = if_match.requires(|current: &TaxonomyEntry| shown(current.clone()));
    let unchanged = unchanged.as_deref();
    delete_taxonomy_entry(&services.catalogue, id, into, unchanged).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Example of a genre.
pub(super) fn named_example() -> Value {
    json!({"id": 4, "name": "Comedy", "movie_count": 120})
}

/// Example of a country.
pub(super) fn country_example() -> Value {
    json!({"id": 3, "code": "FR", "name": "France", "movie_count": 17})
}
