//! What a filter asks of films, as conditions of a statement.

use domain::{
    catalogue::{MovieFilter, Name, ReferenceId, ReferenceKind},
    ports::StoreError,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, QueryResult, Value, sea_query::ArrayType};

use super::{all, get, list};

/// Up to so many films of a reference are looked up one by one; with more it is quicker to walk in the list's order and
/// ask of each film whether the reference describes it.
const FEW: i64 = 5_000;

/// Conditions on a film `m`, and the values that they name as `$1`, `$2` and so on.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    all: Vec<String>,
    pub(super) values: Vec<Value>,
    /// How many films there are, where that is known without counting.
    pub(super) known_count: Option<i64>,
}

/// Something that was named, and how many films it describes.
#[derive(Clone, Copy, Debug)]
struct Known {
    id: ReferenceId,
    films: i64,
}

impl Conditions {
    /// What a filter asks besides its words, or `None` where no film can be meant because a name is unknown.
    pub(super) async fn of(
        connection: &impl ConnectionTrait,
        filter: &MovieFilter,
    ) -> Result<Option<Self>, StoreError> {
        let mut conditions = Self::default();
        let Some(known) = references(connection, filter).await? else { return Ok(None) };
        for known in &known {
            conditions.described_by(*known);
        }
        if !filter.countries.is_empty() {
            let countries = countries(connection, filter).await?;
            if countries.is_empty() {
                return Ok(None);
            }
            conditions.come_from(&countries);
            if known.is_empty() {
                conditions.known_count = Some(countries.iter().map(|country| country.films).sum());
            }
        }
        if !filter.statuses.is_empty() {
            let statuses = filter.statuses.iter().map(|status| status.as_str().into()).collect();
            conditions.any("m.status IN (", statuses, ")");
        }
        let bounds: [(&str, Option<Value>); 4] = [
            ("m.date >=", filter.year_from.map(|year| year.first_day().into())),
            ("m.date <=", filter.year_to.map(|year| year.last_day().into())),
            ("m.score >=", filter.score_min.map(|score| score.value().into())),
            ("m.score <=", filter.score_max.map(|score| score.value().into())),
        ];
        for (comparison, value) in bounds {
            if let Some(value) = value {
                let place = conditions.bind(value);
                conditions.all.push(format!("{comparison} {place}"));
            }
        }
        // The count is kept with the reference, and is the answer if nothing else is asked.
        if let [known] = known[..] {
            conditions.known_count = Some(known.films);
        }
        conditions.known_count = conditions.known_count.filter(|_| conditions.all.len() == 1);
        Ok(Some(conditions))
    }

    /// `$n` for a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Whether every film will do.
    pub(super) fn is_open(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds a condition.
    pub(super) fn and(&mut self, condition: String) {
        self.all.push(condition);
    }

    /// ` WHERE …`, or nothing.
    pub(super) fn sql(&self) -> String {
        if self.all.is_empty() { String::new() } else { format!(" WHERE {}", self.all.join(" AND ")) }
    }

    /// That a film is one of these.
    pub(super) fn among(&mut self, backend: DatabaseBackend, ids: impl Iterator<Item = i64>) {
        let condition = if backend == DatabaseBackend::Postgres {
            let ids = ids.map(Value::from).collect();
            let place = self.bind(Value::Array(ArrayType::BigInt, Some(Box::new(ids))));
            format!("m.id = ANY ({place}::bigint[])")
        } else {
            let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
            let place = self.bind(format!("[{}]", ids.join(",")));
            format!("m.id IN (SELECT value FROM json_each({place}))")
        };
        self.all.push(condition);
    }

    fn any(&mut self, before: &str, values: Vec<Value>, after: &str) {
        let places: Vec<_> = values.into_iter().map(|value| self.bind(value)).collect();
        self.all.push(format!("{before}{}{after}", places.join(", ")));
    }

    /// That a film comes from one of these countries.
    fn come_from(&mut self, countries: &[Known]) {
        let ids: Vec<_> = countries.iter().map(|country| country.id.id.to_string()).collect();
        let ids = ids.join(", ");
        self.all.push(if countries.iter().map(|country| country.films).sum::<i64>() <= FEW {
            format!("m.id IN (SELECT f.id FROM movies f WHERE f.country_id IN ({ids}))")
        } else {
            format!("m.country_id IN ({ids})")
        });
    }

    /// The ids are written into the statement, not bound: they are numbers of our own, and a planner that sees them knows
    /// how many films each has.
    fn described_by(&mut self, Known { id: ReferenceId { kind, id }, films }: Known) {
        let Some(Links { table, column }) = links(kind) else {
            self.come_from(&[Known { id: ReferenceId { kind, id }, films }]);
            return;
        };
        self.all.push(if films <= FEW {
            format!("m.id IN (SELECT movie_id FROM {table} WHERE {column} = {id})")
        } else {
            format!("EXISTS (SELECT 1 FROM {table} l WHERE l.movie_id = m.id AND l.{column} = {id})")
        });
    }
}

/// Where a kind of reference is linked with films. A country stands with the film itself.
pub(super) struct Links {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
}

pub(super) fn links(kind: ReferenceKind) -> Option<Links> {
    match kind {
        ReferenceKind::Genre => Some(Links { table: "movies_genres", column: "genre_id" }),
        ReferenceKind::Actor => Some(Links { table: "actors_movies", column: "actor_id" }),
        ReferenceKind::Language => Some(Links { table: "movies_languages", column: "language_id" }),
        ReferenceKind::Country => None,
    }
}

/// The countries of a filter that the catalogue knows.
async fn countries(
    connection: &impl ConnectionTrait,
    filter: &MovieFilter,
) -> Result<Vec<Known>, StoreError> {
    let codes: Vec<Value> = filter.countries.iter().map(|code| code.as_str().into()).collect();
    let sql = format!("SELECT id, movie_count FROM countries WHERE code IN ({})", list(codes.len()));
    let known = |row: &QueryResult| {
        let id = ReferenceId { kind: ReferenceKind::Country, id: get(row, "id")? };
        Ok(Known { id, films: get(row, "movie_count")? })
    };
    all(connection, sql, codes).await?.iter().map(known).collect()
}

/// What a filter names, or `None` where the catalogue does not know one of the names.
async fn references(
    connection: &impl ConnectionTrait,
    filter: &MovieFilter,
) -> Result<Option<Vec<Known>>, StoreError> {
    let mut known = Vec::new();
    let named: [(ReferenceKind, &[Name]); 3] = [
        (ReferenceKind::Genre, &filter.genres),
        (ReferenceKind::Actor, &filter.actors),
        (ReferenceKind::Language, &filter.languages),
    ];
    for (kind, names) in named {
        let keys: std::collections::BTreeSet<_> = names.iter().map(Name::key).collect();
        if keys.is_empty() {
            continue;
        }
        let sql =
            format!("SELECT id, movie_count FROM {} WHERE name_key IN ({})", kind.plural(), list(keys.len()));
        let wanted = keys.len();
        let rows = all(connection, sql, keys.into_iter().map(Value::from).collect()).await?;
        if rows.len() != wanted {
            return Ok(None);
        }
        for row in &rows {
            let id = ReferenceId { kind, id: get(row, "id")? };
            known.push(Known { id, films: get(row, "movie_count")? });
        }
    }
    if let Some(id) = filter.reference {
        let sql = format!("SELECT movie_count FROM {} WHERE id = $1", id.kind.plural());
        let rows = all(connection, sql, vec![id.id.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        known.push(Known { id, films: get(row, "movie_count")? });
    }
    Ok(Some(known))
}
