//! The paths of bench/paths.txt, with placeholders replaced by names and words of the loaded catalogue.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, bail, ensure};

use crate::{http, server::Server, stage::Stage};

const LIST: &str = "/api/v1/theater/movies";
/// Default number of movies on a page.
const PAGE_SIZE: i64 = 10;

/// The words of titles with at least six characters, ordered by frequency.
const WORDS: &str = "SELECT word FROM (
    SELECT lower(regexp_split_to_table(name, '[^[:alpha:]]+')) AS word FROM movies
) words WHERE length(word) >= 6 GROUP BY word ORDER BY count(*)";

/// The paths to measure.
pub(crate) async fn paths(stage: &Stage, server: &Server, movies: i64) -> anyhow::Result<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("paths.txt");
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let names = names(stage, server, movies).await?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let paths: Vec<_> = lines.map(|line| filled(line, &names)).collect::<Result<_, _>>()?;
    ensure!(!paths.is_empty(), "{} contains no path", file.display());
    Ok(paths)
}

/// The values of the placeholders.
async fn names(stage: &Stage, server: &Server, movies: i64) -> anyhow::Result<Vec<(&'static str, String)>> {
    let linked = |links: &str, column: &str, table: &str, order: &str, offset: u8| {
        format!(
            "SELECT t.name FROM {links} l JOIN {table} t ON t.id = l.{column}
             GROUP BY t.id, t.name ORDER BY count(*) {order}, t.id LIMIT 1 OFFSET {offset}"
        )
    };
    let statements = [
        ("genre", linked("movies_genres", "genre_id", "genres", "DESC", 0)),
        ("second_genre", linked("movies_genres", "genre_id", "genres", "DESC", 1)),
        ("actor", linked("actors_movies", "actor_id", "actors", "DESC", 0)),
        ("rare_actor", linked("actors_movies", "actor_id", "actors", "ASC", 0)),
        ("language", linked("movies_languages", "language_id", "languages", "DESC", 0)),
        (
            "country",
            "SELECT c.code FROM movies m JOIN countries c ON c.id = m.country_id
             GROUP BY c.code ORDER BY count(*) DESC, c.code LIMIT 1"
                .to_owned(),
        ),
        ("common", format!("{WORDS} DESC, word LIMIT 1")),
        ("rare", format!("{WORDS} ASC, word LIMIT 1")),
    ];
    let mut names = Vec::new();
    for (name, statement) in statements {
        let value = stage.postgres.sql(&statement).await?;
        ensure!(!value.is_empty(), "the catalogue has nothing for {{{name}}}");
        if name == "common" {
            names.push(("typo", misspelled(&value)));
        }
        names.push((name, value));
    }
    let last = (movies + PAGE_SIZE - 1) / PAGE_SIZE;
    let deep = (last / 2).max(1);
    names.push(("cursor", cursor(server, deep).await?));
    names.push(("last", last.to_string()));
    names.push(("deep", deep.to_string()));
    Ok(names)
}

/// The `next_cursor` of a page.
async fn cursor(server: &Server, page: i64) -> anyhow::Result<String> {
    let (status, body) = http::fetch(server.address, &format!("{LIST}?page={page}")).await?;
    ensure!(status == 200, "page {page} was answered with status {status}");
    let body: serde_json::Value = serde_json::from_slice(&body).context("the page is not valid JSON")?;
    let cursor = body["next_cursor"].as_str();
    Ok(cursor.with_context(|| format!("page {page} has no next_cursor"))?.to_owned())
}

/// A path with its placeholders replaced.
fn filled(line: &str, names: &[(&str, String)]) -> anyhow::Result<String> {
    let mut path = String::new();
    let mut rest = line;
    while let Some((before, placeholder)) = rest.split_once('{') {
        let (wanted, after) =
            placeholder.split_once('}').with_context(|| format!("a brace is not closed: {line}"))?;
        let Some((_, value)) = names.iter().find(|(name, _)| *name == wanted) else {
            bail!("bench/paths.txt: unknown placeholder {{{wanted}}}");
        };
        path.push_str(before);
        path.push_str(&encoded(value));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// A percent-encoded value for a query (RFC 3986, 2.3).
fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A word with a typo: swaps the first two adjacent characters after the first that differ.
fn misspelled(word: &str) -> String {
    let mut characters: Vec<_> = word.chars().collect();
    let differ = (2..characters.len()).find(|index| characters[index - 1] != characters[*index]);
    if let Some(index) = differ {
        characters.swap(index - 1, index);
    }
    characters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_encoded() {
        let names = [("genre", "Sci-Fi & Fun".to_owned()), ("deep", "50000".to_owned())];
        let path = filled("/movies?genre={genre}&page={deep}&x=1", &names).unwrap();
        assert_eq!(path, "/movies?genre=Sci-Fi%20%26%20Fun&page=50000&x=1");
        assert!(filled("/movies?genre={gerne}", &names).is_err());
    }

    #[test]
    fn a_typo_swaps_two_characters_that_differ() {
        assert_eq!(misspelled("shadow"), "sahdow");
        assert_eq!(misspelled("aaab"), "aaba");
    }
}
