//! Genres, actors, countries and languages: the same operations for each.

use actix_web::{delete, get, patch, post, web::Data};
use application::catalogue::taxonomies::get_taxonomy_entry;
use domain::catalogue::{Taxonomy, TaxonomyEntryId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{
    movie_list, problems,
    taxonomy::{
        self, CountryChange, CountryEntry, DeleteParameters, EntryBody, NewCountry, NewTaxonomyEntry,
        TaxonomyEntryChange, TaxonomyParameters, country_example, named_example,
    },
};
use crate::{
    http::{
        Auth, HandlerResult, IfMatch, IfMatchHeader, Json, ListLinks, Moderator, PathId, Query, list_example,
    },
    services::Services,
};

macro_rules! operations {
    (
        $module:ident, $kind:ident, $a:literal, $one:literal, $many:literal, $list:ident,
        $body:ident, $new:ident, $change:ident, $example:ident, $new_example:tt
    ) => {
        pub(crate) mod $module {
            use super::*;

            const KIND: Taxonomy = Taxonomy::$kind;

            fn id(path: PathId) -> TaxonomyEntryId {
                TaxonomyEntryId { kind: KIND, id: path.0 }
            }

            pub(crate) fn routes(config: &mut ServiceConfig) {
                config.service(
                    scope(concat!("/api/v1/theater/", $many))
                        .service(list)
                        .service(get)
                        .service(list_movies)
                        .service(create)
                        .service(update)
                        .service(delete),
                );
            }

            /// A page of the list.
            #[derive(Debug, Serialize, ToSchema)]
            pub(crate) struct $list {
                $module: Vec<$body>,
                #[serde(flatten)]
                links: ListLinks,
            }

            fn example_of_list() -> serde_json::Value {
                list_example($many, &$example())
            }

            #[utoipa::path(
                summary = concat!("List ", $many),
                description = "Returns the entries with the number of their movies, sorted by name without regard to \
                    case and diacritics, by page or by cursor.",
                operation_id = concat!("list_", $many),
                params(TaxonomyParameters),
                responses(
                    (status = 200, description = "A page of the list.", body = $list, example = example_of_list),
                    problems::NotModified, problems::$module::PastTheEnd, problems::InvalidQuery,
                    problems::Always,
                ),
                security(()),
            )]
            #[get("")]
            pub(crate) async fn list(
                services: Data<Services>,
                parameters: Query<TaxonomyParameters>,
            ) -> HandlerResult {
                taxonomy::list(&services, KIND, parameters.0).await
            }

            #[utoipa::path(
                summary = concat!("Get ", $a, " ", $one),
                description = "Returns the entry with the number of its movies.",
                operation_id = concat!("get_", $one),
                params(("id" = i64, Path, minimum = 1, description = "Identifier of the entry.", example = 4)),
                responses(
                    (status = 200, description = "The entry.", body = $body, example = $example),
                    problems::NotModified, problems::$module::NotFound, problems::InvalidPath, problems::Always,
                ),
                security(()),
            )]
            #[get("/{id}")]
            pub(crate) async fn get(services: Data<Services>, path: PathId) -> HandlerResult {
                taxonomy::get(&services, id(path)).await
            }

            #[utoipa::path(
                summary = concat!("List the movies of ", $a, " ", $one),
                description = "Returns the movies of the entry, with the filters and the order of the list of all movies.",
                operation_id = concat!("list_", $one, "_movies"),
                params(
                    ("id" = i64, Path, minimum = 1, description = "Identifier of the entry.", example = 4),
                    movie_list::MovieParameters,
                ),
                responses(
                    (status = 200, description = "A page of the list.", body = movie_list::MovieList,
                        example = movie_list::example),
                    problems::NotModified, problems::$module::NotFound, problems::NoMovies,
                    problems::InvalidQuery, problems::Always,
                ),
                security(()),
            )]
            #[get("/{id}/movies")]
            pub(crate) async fn list_movies(
                services: Data<Services>,
                path: PathId,
                parameters: Query<movie_list::MovieParameters>,
            ) -> HandlerResult {
                let id = id(path);
                get_taxonomy_entry(&services.catalogue, id).await?;
                let path = format!(concat!("/api/v1/theater/", $many, "/{}/movies"), id.id);
                movie_list::reply(&services, &path, Some(id), parameters.0).await
            }

            #[utoipa::path(
                summary = concat!("Create ", $a, " ", $one),
                description = "Requires the group `moderator` or `admin`.",
                operation_id = concat!("create_", $one),
                request_body(content = $new, example = json!($new_example)),
                responses(
                    (status = 201, description = "The created entry.", body = $body,
                        headers(("Location" = String, description = "URL of the created entry.")), example = $example),
                    problems::JsonBody, problems::ModeratorsOnly, problems::$module::Exists, problems::Always,
                ),
            )]
            #[post("")]
            pub(crate) async fn create(
                _: Auth<Moderator>,
                services: Data<Services>,
                body: Json<$new>,
            ) -> HandlerResult {
                taxonomy::create(&services, KIND, body.0.draft(KIND)).await
            }

            #[utoipa::path(
                summary = concat!("Update ", $a, " ", $one),
                description = "Requires the group `moderator` or `admin`. Absent fields stay unchanged. Movies show \
                    the new name immediately.",
                operation_id = concat!("update_", $one),
                params(
                    ("id" = i64, Path, minimum = 1, description = "Identifier of the entry.", example = 4),
                    IfMatchHeader,
                ),
                request_body(content = $change, example = json!({"name": "Another name"})),
                responses(
                    (status = 200, description = "The updated entry.", body = $body, example = $example),
                    problems::JsonBody, problems::ModeratorsOnly, problems::$module::NotFound,
                    problems::$module::Exists, problems::ResourceChanged, problems::Always,
                ),
            )]
            #[patch("/{id}")]
            pub(crate) async fn update(
                _: Auth<Moderator>,
                services: Data<Services>,
                path: PathId,
                if_match: IfMatch,
                body: Json<$change>,
            ) -> HandlerResult {
                taxonomy::update(&services, id(path), body.0.into(), &if_match).await
            }

            #[utoipa::path(
                summary = concat!("Delete ", $a, " ", $one),
                description = "Requires the group `moderator` or `admin`. An entry that movies use is not deleted \
                    (409), unless `merge_into` is the identifier of another entry, which replaces it in those movies.",
                operation_id = concat!("delete_", $one),
                params(
                    ("id" = i64, Path, minimum = 1, description = "Identifier of the entry.", example = 4),
                    DeleteParameters,
                    IfMatchHeader,
                ),
                responses(
                    (status = 204, description = "The entry is deleted."),
                    problems::ModeratorsOnly, problems::$module::NotFound, problems::$module::InUse,
                    problems::ResourceChanged, problems::InvalidPath, problems::Always,
                ),
            )]
            #[delete("/{id}")]
            pub(crate) async fn delete(
                _: Auth<Moderator>,
                services: Data<Services>,
                path: PathId,
                if_match: IfMatch,
                parameters: Query<DeleteParameters>,
            ) -> HandlerResult {
                taxonomy::delete(&services, id(path), parameters.0, &if_match).await
            }
        }
    };
}

operations! {
    genres, Genre, "a", "genre", "genres", GenreList, EntryBody, NewTaxonomyEntry, TaxonomyEntryChange, named_example,
    {"name": "Film Noir"}
}
operations! {
    actors, Actor, "an", "actor", "actors", ActorList, EntryBody, NewTaxonomyEntry, TaxonomyEntryChange, named_example,
    {"name": "Ann Example"}
}
operations! {
    countries, Country, "a", "country", "countries", CountryList, CountryEntry, NewCountry, CountryChange,
    country_example, {"code": "PE"}
}
operations! {
    languages, Language, "a", "language", "languages", LanguageList, EntryBody, NewTaxonomyEntry, TaxonomyEntryChange, named_example,
    {"name": "Quechua"}
}
