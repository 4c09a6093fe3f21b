//! The paths of bench/paths.txt, with names and words of the catalogue that was loaded.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, bail, ensure};

use crate::{http, server::Server, stage::Stage};

const LIST: &str = "/api/v1/theater/movies";
/// How many movies a page holds by default.
const PAGE_SIZE: i64 = 10;

/// How often each word of six letters or more stands in titles.
const WORDS: &str = "SELECT word FROM (
    SELECT lower(regexp_split_to_table(name, '[^[:alpha:]]+')) AS word FROM movies
) words WHERE length(word) >= 6 GROUP BY word ORDER BY count(*)";

/// Every path that is to be timed.
pub(crate) async fn paths(stage: &Stage, server: &Server, movies: i64) -> anyhow::Result<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("paths.txt");
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let names = names(stage, server, movies).await?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let paths: Vec<_> = lines.map(|line| filled(line, &names)).collect::<Result<_, _>>()?;
    ensure!(!paths.is_empty(), "{} holds no path", file.display());
    Ok(paths)
}

/// What the words in braces stand for.
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

/// The cursor that leads on from a page.
async fn cursor(server: &Server, page: i64) -> anyhow::Result<String> {
    let (status, body) = http::fetch(server.address, &format!("{LIST}?page={page}")).await?;
    ensure!(status == 200, "page {page} was answered with status {status}");
    let body: serde_json::Value = serde_json::from_slice(&body).context("a page is no JSON")?;
    let cursor = body["next_cursor"].as_str();
    Ok(cursor.with_context(|| format!("page {page} leads nowhere"))?.to_owned())
}

/// A path with names in place of the words in braces.
fn filled(line: &str, names: &[(&str, String)]) -> anyhow::Result<String> {
    let mut path = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('{') {
        let (wanted, after) = behind.split_once('}').with_context(|| format!("a brace is open: {line}"))?;
        let Some((_, value)) = names.iter().find(|(name, _)| *name == wanted) else {
            bail!("bench/paths.txt: nothing is called {{{wanted}}}");
        };
        path.push_str(before);
        path.push_str(&encoded(value));
        rest = after;
    }
    path.push_str(rest);
    Ok(path)
}

/// A value as it stands in a query (RFC 3986, 2.3).
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

/// A word with two letters swapped, as fast fingers do: the first two behind its first letter that differ.
fn misspelled(word: &str) -> String {
    let mut letters: Vec<_> = word.chars().collect();
    let differ = (2..letters.len()).find(|index| letters[index - 1] != letters[*index]);
    if let Some(index) = differ {
        letters.swap(index - 1, index);
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_braces_are_replaced_and_escaped() {
        let names = [("genre", "Sci-Fi & Fun".to_owned()), ("deep", "50000".to_owned())];
        let path = filled("/movies?genre={genre}&page={deep}&x=1", &names).unwrap();
        assert_eq!(path, "/movies?genre=Sci-Fi%20%26%20Fun&page=50000&x=1");
        assert!(filled("/movies?genre={gerne}", &names).is_err());
    }

    #[test]
    fn a_typo_swaps_two_letters_that_differ() {
        assert_eq!(misspelled("shadow"), "sahdow");
        assert_eq!(misspelled("aaab"), "aaba");
    }
}
