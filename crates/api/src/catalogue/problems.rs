//! Problems of movies and taxonomies.

use application::catalogue::{MovieError, taxonomies::TaxonomyError};
use domain::catalogue::Taxonomy;

pub(crate) use crate::documentation::problems::*;
use crate::http::{
    Invalid, Issue, Problem, RequestPart,
    row::{Row, conversions, problems, variants},
};

problems! {
    MovieNotFound(NOT_FOUND, "movie_not_found", "Movie with the given ID was not found.");
    MovieExists(CONFLICT, "movie_exists",
        "A movie with the name 'Amélie' and release date '2001-04-25' already exists."
    );
}

variants! {
    NoMovies = PagePastTheEnd::ROW.with_detail("No movies found.");
}

/// Rows of one taxonomy.
struct TaxonomyRows {
    not_found: Row,
    exists: Row,
    in_use: Row,
}

macro_rules! taxonomies {
    ($($module:ident, $code:literal, $singular:literal, $plural:literal;)+) => {$(
        pub(crate) mod $module {
            use super::*;

            problems! {
                NotFound(NOT_FOUND, concat!($code, "_not_found"), concat!($singular, " not found."));
                Exists(CONFLICT, concat!($code, "_exists"), concat!($singular, " with this name already exists."));
                InUse(CONFLICT, concat!($code, "_in_use"),
                    concat!($singular,
                        " is still used by movies. Name another one in merge_into to take its place.")
                );
            }

            variants! {
                PastTheEnd = PagePastTheEnd::ROW.with_detail(concat!("No ", $plural, " found."));
            }

            pub(super) const ROWS: TaxonomyRows = TaxonomyRows {
                not_found: NotFound::ROW,
                exists: Exists::ROW,
                in_use: InUse::ROW,
            };
        }
    )+};
}

taxonomies! {
    genres, "genre", "Genre", "genres";
    actors, "actor", "Actor", "actors";
    countries, "country", "Country", "countries";
    languages, "language", "Language", "languages";
}

const fn rows(kind: Taxonomy) -> TaxonomyRows {
    match kind {
        Taxonomy::Genre => genres::ROWS,
        Taxonomy::Actor => actors::ROWS,
        Taxonomy::Country => countries::ROWS,
        Taxonomy::Language => languages::ROWS,
    }
}

conversions! {
    MovieError { NotFound => MovieNotFound; Changed, Store; AlreadyExists => MovieExists }
}

impl From<TaxonomyError> for Problem {
    fn from(error: TaxonomyError) -> Self {
        match error {
            TaxonomyError::NotFound(kind) => rows(kind).not_found.into(),
            TaxonomyError::AlreadyExists(kind) => rows(kind).exists.into(),
            TaxonomyError::InUse(kind) => rows(kind).in_use.into(),
            // An unknown id in a parameter is invalid input; only an unknown id in the path is 404.
            TaxonomyError::NothingToMergeInto(_) => {
                let issue = Issue::new("nothing_to_merge_into", error);
                Self::invalid(Invalid::at("/merge_into", issue), RequestPart::Query)
            }
            TaxonomyError::Changed(error) => error.into(),
            TaxonomyError::Store(error) => error.into(),
        }
    }
}
