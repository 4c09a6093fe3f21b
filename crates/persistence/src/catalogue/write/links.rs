//! Which movies have which genres, actors and languages.

use std::collections::HashMap;

use domain::{
    catalogue::{MovieDraft, MovieId, NameList},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query},
};

use super::{
    execute, names,
    rows::{self, Type},
    run,
};

/// A kind of link: its table, its column, the table that the column references, and the names of a draft.
#[derive(Clone, Copy, Debug)]
pub(super) struct LinkKind {
    table: &'static str,
    column: &'static str,
    to: &'static str,
    pub(super) names: fn(&MovieDraft) -> &NameList,
}

pub(super) const GENRES: LinkKind =
    LinkKind { table: "movies_genres", column: "genre_id", to: "genres", names: |draft| &draft.genres };
pub(super) const ACTORS: LinkKind =
    LinkKind { table: "actors_movies", column: "actor_id", to: "actors", names: |draft| &draft.actors };
pub(super) const LANGUAGES: LinkKind = LinkKind {
    table: "movies_languages",
    column: "language_id",
    to: "languages",
    names: |draft| &draft.languages,
};

/// Links each movie with its names. New names are created.
pub(super) async fn add(
    connection: &impl ConnectionTrait,
    kind: LinkKind,
    links: &[(MovieId, &NameList)],
) -> Result<(), StoreError> {
    let ids = names::ids(connection, kind.to, links.iter().flat_map(|(_, names)| names.as_slice())).await?;
    let pairs = pairs(links, &ids);
    let backend = connection.get_database_backend();
    for chunk in pairs.chunks(rows::at_a_time(backend, 2)) {
        let LinkKind { table, column, .. } = kind;
        let links = chunk.iter().map(|(movie, id)| [(*movie).into(), (*id).into()]);
        let (source, values) = rows::source(backend, [Type::Integer, Type::Integer], links);
        execute(connection, format!("INSERT INTO {table} (movie_id, {column}) {source}"), values).await?;
    }
    Ok(())
}

/// Links a movie with these names and no others.
pub(super) async fn replace(
    connection: &impl ConnectionTrait,
    kind: LinkKind,
    movie: MovieId,
    names: &NameList,
) -> Result<(), StoreError> {
    let delete = Query::delete().from_table(kind.table).and_where(Expr::col("movie_id").eq(movie.0)).take();
    run(connection, &delete).await?;
    add(connection, kind, &[(movie, names)]).await
}

fn pairs(links: &[(MovieId, &NameList)], ids: &HashMap<&str, i64>) -> Vec<(i64, i64)> {
    let of = |(movie, names): &(MovieId, &NameList)| {
        let movie = movie.0;
        names
            .as_slice()
            .iter()
            .filter_map(move |name| Some((movie, *ids.get(name.as_str())?)))
            .collect::<Vec<_>>()
    };
    links.iter().flat_map(of).collect()
}
