//! Problems of movies and taxonomies.

use application::catalogue::{
    CreateMovieError, DeleteMovieError, GetMovieError, ListMoviesError, UpdateMovieError,
    taxonomies::{
        CreateTaxonomyEntryError, DeleteTaxonomyEntryError, GetTaxonomyEntryError, ListTaxonomyError,
        UpdateTaxonomyEntryError,
    },
};
use domain::catalogue::Taxonomy;

pub(crate) use crate::documentation::problems::*;
use crate::http::{
    invalid::{Invalid, Issue, RequestPart},
    problem::Problem,
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
    past_the_end: Row,
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
                past_the_end: PastTheEnd::ROW,
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
    ListMoviesError { PastTheEnd => NoMovies; Store }
    GetMovieError { NotFound => MovieNotFound; Store }
    DeleteMovieError { NotFound => MovieNotFound; Changed, Store }
    ListTaxonomyError { PastTheEnd(kind) => rows(kind).past_the_end; Store }
    GetTaxonomyEntryError { NotFound(kind) => rows(kind).not_found; Store }
    CreateTaxonomyEntryError { AlreadyExists(kind) => rows(kind).exists; Store }
    UpdateTaxonomyEntryError {
        NotFound(kind) => rows(kind).not_found, AlreadyExists(kind) => rows(kind).exists; Changed, Store
    }
}

impl From<CreateMovieError> for Problem {
    fn from(error: CreateMovieError) -> Self {
        match error {
            CreateMovieError::AlreadyExists { .. } => Self::from(MovieExists).with_detail(error.to_string()),
            CreateMovieError::Store(error) => error.into(),
        }
    }
}

impl From<UpdateMovieError> for Problem {
    fn from(error: UpdateMovieError) -> Self {
        match error {
            UpdateMovieError::NotFound => MovieNotFound.into(),
            UpdateMovieError::Changed(error) => error.into(),
            UpdateMovieError::AlreadyExists { .. } => Self::from(MovieExists).with_detail(error.to_string()),
            UpdateMovieError::Store(error) => error.into(),
        }
    }
}

impl From<DeleteTaxonomyEntryError> for Problem {
    fn from(error: DeleteTaxonomyEntryError) -> Self {
        match error {
            DeleteTaxonomyEntryError::NotFound(kind) => rows(kind).not_found.into(),
            DeleteTaxonomyEntryError::InUse(kind) => rows(kind).in_use.into(),
            // An unknown id in a parameter is invalid input; only an unknown id in the path is 404.
            DeleteTaxonomyEntryError::NothingToMergeInto(_) => {
                let issue = Issue::new("nothing_to_merge_into", error);
                Self::invalid(Invalid::at("/merge_into", issue), RequestPart::Query)
            }
            DeleteTaxonomyEntryError::Changed(error) => error.into(),
            DeleteTaxonomyEntryError::Store(error) => error.into(),
        }
    }
}
