//! Keyset cursors of lists.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deserr::{Deserr, IntoValue, Value, ValueKind, ValuePointerRef};
use domain::catalogue::{
    Direction, MovieCursor, MovieId, MovieOrder, MovieSort, ReleaseDate, Relevance, SortKey, TaxonomyCursor,
};

use super::invalid::{Invalid, Issue, type_error};

/// The key of an item, after which the next page starts. Opaque to clients: its content may change at any time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor<Key>(pub(crate) Key);

/// The key of an item in a list, as the text inside a cursor.
pub(crate) trait CursorKey: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

impl<K: CursorKey> Cursor<K> {
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.write())
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        K::read(std::str::from_utf8(&bytes).ok()?).map(Self)
    }
}

impl<K: CursorKey> Deserr<Invalid> for Cursor<K> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef) -> Result<Self, Invalid> {
        let invalid = || Issue::new("invalid_cursor", "The cursor must be a next_cursor of this list.");
        match value {
            Value::String(text) => Self::decode(&text).ok_or_else(|| Invalid::of(vec![invalid()], at)),
            other => Err(type_error(other, &[ValueKind::String], at)),
        }
    }
}

/// `id:` and the id
impl CursorKey for i64 {
    fn write(&self) -> String {
        format!("id:{self}")
    }

    fn read(text: &str) -> Option<Self> {
        id(text.strip_prefix("id:")?)
    }
}

/// `order:id:key`
impl CursorKey for MovieCursor {
    fn write(&self) -> String {
        let order = match self.order {
            MovieOrder::Relevance => "relevance".to_owned(),
            MovieOrder::By(sort, direction) => format!("{}-{}", sort.as_str(), direction.as_str()),
        };
        let key = match &self.key {
            SortKey::Relevance(rank) => {
                Relevance::ALL.iter().position(|known| known == rank).unwrap_or_default().to_string()
            }
            SortKey::Id => String::new(),
            SortKey::Name(name) => name.clone(),
            SortKey::Date(day) => day.to_string(),
            SortKey::Score(score) => score.to_string(),
            SortKey::Cents(cents) => cents.to_string(),
        };
        format!("{order}:{}:{key}", self.id.0)
    }

    fn read(text: &str) -> Option<Self> {
        let (order, rest) = text.split_once(':')?;
        let (movie, key) = rest.split_once(':')?;
        let order = match order.split_once('-') {
            None if order == "relevance" => MovieOrder::Relevance,
            None => return None,
            Some((sort, direction)) => {
                MovieOrder::By(sort.parse::<MovieSort>().ok()?, direction.parse::<Direction>().ok()?)
            }
        };
        let key = match order {
            MovieOrder::Relevance => SortKey::Relevance(*Relevance::ALL.get(key.parse::<usize>().ok()?)?),
            MovieOrder::By(MovieSort::Id, _) if key.is_empty() => SortKey::Id,
            MovieOrder::By(MovieSort::Id, _) => return None,
            // A name as databases store it; they refuse NUL.
            MovieOrder::By(MovieSort::Name, _) if key.contains('\0') => return None,
            MovieOrder::By(MovieSort::Name, _) => SortKey::Name(key.to_owned()),
            MovieOrder::By(MovieSort::Date, _) => SortKey::Date(ReleaseDate::parse(key).ok()?.day()),
            MovieOrder::By(MovieSort::Score, _) => {
                SortKey::Score(key.parse().ok().filter(|score: &f64| score.is_finite())?)
            }
            MovieOrder::By(MovieSort::Budget | MovieSort::Revenue, _) => SortKey::Cents(key.parse().ok()?),
        };
        Some(Self { order, key, id: MovieId(id(movie)?) })
    }
}

/// `id:name`
impl CursorKey for TaxonomyCursor {
    fn write(&self) -> String {
        format!("{}:{}", self.id, self.name)
    }

    fn read(text: &str) -> Option<Self> {
        let (row, name) = text.split_once(':')?;
        let name = Some(name).filter(|name| !name.contains('\0'))?;
        Some(Self { name: name.to_owned(), id: id(row)? })
    }
}

fn id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_encoded_cursor_is_decoded_to_the_same_key() {
        for id in [1, 7, i64::MAX] {
            assert_eq!(Cursor::decode(&Cursor(id).encode()), Some(Cursor(id)));
        }
        let keys = [
            (MovieOrder::Relevance, SortKey::Relevance(Relevance::WordsInNames)),
            (MovieOrder::default(), SortKey::Id),
            (MovieOrder::By(MovieSort::Name, Direction::Ascending), SortKey::Name("leon the 2 %".to_owned())),
            (
                MovieOrder::By(MovieSort::Date, Direction::Descending),
                SortKey::Date(ReleaseDate::parse("0001-01-01").unwrap().day()),
            ),
            (MovieOrder::By(MovieSort::Score, Direction::Descending), SortKey::Score(0.1 + 0.2)),
            (MovieOrder::By(MovieSort::Budget, Direction::Ascending), SortKey::Cents(i64::MAX)),
        ];
        for (order, key) in keys {
            let cursor = Cursor(MovieCursor { order, key, id: MovieId(7) });
            assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        let cursor = Cursor(TaxonomyCursor { name: "jean reno".to_owned(), id: 3 });
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn a_malformed_cursor_is_refused() {
        for text in ["", "7", "aWQ6", "aWQ6eA", "aWQ6LTU", "aWQ6MA", "ÿ", &"A".repeat(10_000)] {
            assert_eq!(Cursor::<i64>::decode(text), None, "{text}");
            assert_eq!(Cursor::<MovieCursor>::decode(text), None, "{text}");
        }
        let wrong = [
            "id:7:",
            "id-up:7:",
            "id-asc:0:",
            "id-asc:7:x",
            "score-asc:7:NaN",
            "date-asc:7:-9999-01-01",
            "date-asc:7:+10000-01-01",
            "relevance:7:6",
            "name-asc:7:\0",
            "colour-asc:7:",
        ];
        for text in wrong {
            assert_eq!(MovieCursor::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,60}") {
            let _ = MovieCursor::read(&text);
            let _ = TaxonomyCursor::read(&text);
            let _ = Cursor::<MovieCursor>::decode(&text);
        }
    }
}
