//! Finding genres, actors, languages and countries by name, and creating those that are new.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use domain::{
    caseless_key,
    catalogue::{CountryCode, Name, folded},
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, Value,
    sea_query::{ArrayType, Expr, ExprTrait, Query, extension::postgres::PgFunc},
};

use super::{
    all, execute, fetch, get, read_movie,
    rows::{self, Type},
};

/// The ids of these names in `table`, by the names as given.
///
/// New names are written in the order of their keys, the same in every transaction, so that two transactions cannot
/// deadlock. The caller holds the catalogue (see `hold_catalogue`), as does every transaction that removes a name, so no
/// name is removed between finding and linking it.
pub(super) async fn ids<'a>(
    connection: &impl ConnectionTrait,
    table: &'static str,
    names: impl IntoIterator<Item = &'a Name>,
) -> Result<HashMap<&'a str, i64>, StoreError> {
    // Each spelling once: thousands of movies have most names in common.
    let mut keys: HashMap<&str, String> = HashMap::new();
    let mut written = Vec::new();
    for name in names {
        if let Entry::Vacant(entry) = keys.entry(name.as_str()) {
            entry.insert(name.key());
            written.push(name.as_str());
        }
    }
    let mut known = find(connection, table, keys.values()).await?;
    let new: BTreeMap<&str, &str> = written
        .into_iter()
        .map(|name| (keys[name].as_str(), name))
        .filter(|(key, _)| !known.contains_key(*key))
        .collect();
    let added = add(connection, table, &new.into_iter().collect::<Vec<_>>()).await?;
    known.extend(added);
    Ok(keys.into_iter().filter_map(|(name, key)| Some((name, *known.get(&key)?))).collect())
}

/// Writes names that do not exist yet, and finds those that another transaction wrote meanwhile.
async fn add(
    connection: &impl ConnectionTrait,
    table: &'static str,
    new: &[(&str, &str)],
) -> Result<HashMap<String, i64>, StoreError> {
    let backend = connection.get_database_backend();
    let mut ids = HashMap::with_capacity(new.len());
    for chunk in new.chunks(rows::at_a_time(backend, 3)) {
        let names = chunk.iter().map(|(key, name)| [(*name).into(), (*key).into(), folded(name).into()]);
        let (source, values) = rows::source(backend, [Type::Text; 3], names);
        let sql = format!(
            "INSERT INTO {table} (name, name_key, search_key) {source}
             ON CONFLICT (name_key) DO NOTHING RETURNING id, name_key"
        );
        for row in all(connection, sql, values).await? {
            ids.insert(get(&row, "name_key")?, get(&row, "id")?);
        }
    }
    let missing: Vec<_> =
        new.iter().map(|(key, _)| (*key).to_owned()).filter(|key| !ids.contains_key(key)).collect();
    ids.extend(find(connection, table, missing.iter()).await?);
    Ok(ids)
}

async fn find(
    connection: &impl ConnectionTrait,
    table: &'static str,
    keys: impl Iterator<Item = &String>,
) -> Result<HashMap<String, i64>, StoreError> {
    let backend = connection.get_database_backend();
    let keys: Vec<Value> = keys.map(|key| key.as_str().into()).collect();
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(rows::at_a_time(backend, 1)) {
        let is_wanted = if backend == DatabaseBackend::Postgres {
            let keys = Value::Array(ArrayType::String, Some(Box::new(chunk.to_vec())));
            Expr::col("name_key").eq(PgFunc::any(Expr::val(keys)))
        } else {
            Expr::col("name_key").is_in(chunk.iter().cloned())
        };
        let query = Query::select().columns(["id", "name_key"]).from(table).and_where(is_wanted).take();
        for row in fetch(connection, &query).await? {
            found.insert(get(&row, "name_key")?, get(&row, "id")?);
        }
    }
    Ok(found)
}

/// The ids of these countries. A new one gets its ISO name.
pub(super) async fn country_ids(
    connection: &impl ConnectionTrait,
    codes: impl IntoIterator<Item = CountryCode>,
) -> Result<HashMap<CountryCode, i64>, StoreError> {
    let codes: BTreeSet<_> = codes.into_iter().collect();
    let mut ids = find_countries(connection, &codes).await?;
    for code in codes {
        if let Entry::Vacant(entry) = ids.entry(code) {
            entry.insert(new_country(connection, code).await?);
        }
    }
    Ok(ids)
}

async fn new_country(connection: &impl ConnectionTrait, code: CountryCode) -> Result<i64, StoreError> {
    // Another country may have this one's name.
    for name in [code.iso_name().to_owned(), format!("{} ({code})", code.iso_name())] {
        let sql = "INSERT INTO countries (code, name, name_key, search_key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let key = caseless_key(&name);
        let values = vec![code.as_str().into(), name.as_str().into(), key.into(), folded(&name).into()];
        execute(connection, sql, values).await?;
        if let Some(id) = find_countries(connection, &BTreeSet::from([code])).await?.remove(&code) {
            return Ok(id);
        }
    }
    Err(StoreError::Failed(format!("country {code} was neither found nor created").into()))
}

async fn find_countries(
    connection: &impl ConnectionTrait,
    codes: &BTreeSet<CountryCode>,
) -> Result<HashMap<CountryCode, i64>, StoreError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let is_wanted = Expr::col("code").is_in(codes.iter().map(CountryCode::as_str));
    let query = Query::select().columns(["id", "code"]).from("countries").and_where(is_wanted).take();
    let mut ids = HashMap::with_capacity(codes.len());
    for row in fetch(connection, &query).await? {
        ids.insert(read_movie::country_code(&row, "code")?, get(&row, "id")?);
    }
    Ok(ids)
}
