use std::str::FromStr;

use async_trait::async_trait;
use domain::{
    legacy::{LegacyAccount, LegacyMovie, LegacyProfile},
    store::StoreError,
};
use sea_orm::{
    DatabaseConnection, QueryResult, SqlxPostgresConnector,
    sqlx::postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    ConnectError,
    sql::{all, get},
};

/// The PostgreSQL database of a py-online-cinema, opened read-only.
#[derive(Clone, Debug)]
pub struct LegacySource(DatabaseConnection);

impl LegacySource {
    /// Connects to the database.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(ConnectError::Unsupported);
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| ConnectError::Malformed)?
            .application_name("movie-theater legacy-import")
            .options([("default_transaction_read_only", "on"), ("TimeZone", "UTC")]);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await;
        Ok(Self(SqlxPostgresConnector::from_sqlx_postgres_pool(pool.map_err(ConnectError::Unreachable)?)))
    }
}

#[async_trait]
impl domain::legacy::LegacySource for LegacySource {
    async fn accounts(&self, after: i64, limit: u64) -> Result<Vec<LegacyAccount>, StoreError> {
        let sql = "SELECT u.id::bigint AS id, u.email, u.hashed_password, u.is_active, u.created_at,
                          lower(g.name::text) AS group_name, p.id IS NOT NULL AS has_profile,
                          p.first_name, p.last_name, lower(p.gender::text) AS gender, p.date_of_birth, p.info, p.avatar
                   FROM users u JOIN user_groups g ON g.id = u.group_id LEFT JOIN user_profiles p ON p.user_id = u.id
                   WHERE u.id > $1 ORDER BY u.id LIMIT $2";
        let rows = all(&self.0, sql, vec![after.into(), as_i64(limit).into()]).await?;
        rows.iter().map(account).collect()
    }

    async fn movies(&self, after: i64, limit: u64) -> Result<Vec<LegacyMovie>, StoreError> {
        let sql = "SELECT m.id::bigint AS id, m.name, m.date::text AS date, m.score::text AS score, m.overview,
                          m.status::text AS status, m.budget::text AS budget, m.revenue::text AS revenue, c.code AS country,
                          ARRAY(SELECT n.name FROM movies_genres l JOIN genres n ON n.id = l.genre_id
                                WHERE l.movie_id = m.id ORDER BY n.id) AS genres,
                          ARRAY(SELECT n.name FROM actors_movies l JOIN actors n ON n.id = l.actor_id
                                WHERE l.movie_id = m.id ORDER BY n.id) AS actors,
                          ARRAY(SELECT n.name FROM movies_languages l JOIN languages n ON n.id = l.language_id
                                WHERE l.movie_id = m.id ORDER BY n.id) AS languages
                   FROM movies m JOIN countries c ON c.id = m.country_id
                   WHERE m.id > $1 ORDER BY m.id LIMIT $2";
        let rows = all(&self.0, sql, vec![after.into(), as_i64(limit).into()]).await?;
        rows.iter().map(movie).collect()
    }
}

fn as_i64(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn account(row: &QueryResult) -> Result<LegacyAccount, StoreError> {
    let profile = LegacyProfile {
        first_name: get(row, "first_name")?,
        last_name: get(row, "last_name")?,
        gender: get(row, "gender")?,
        date_of_birth: get(row, "date_of_birth")?,
        info: get(row, "info")?,
        avatar: get(row, "avatar")?,
    };
    Ok(LegacyAccount {
        id: get(row, "id")?,
        email: get(row, "email")?,
        password_hash: get(row, "hashed_password")?,
        group: get(row, "group_name")?,
        is_active: get(row, "is_active")?,
        created_at: get(row, "created_at")?,
        profile: get::<bool>(row, "has_profile")?.then_some(profile),
    })
}

fn movie(row: &QueryResult) -> Result<LegacyMovie, StoreError> {
    Ok(LegacyMovie {
        id: get(row, "id")?,
        name: get(row, "name")?,
        date: get(row, "date")?,
        score: get(row, "score")?,
        overview: get(row, "overview")?,
        status: get(row, "status")?,
        budget: get(row, "budget")?,
        revenue: get(row, "revenue")?,
        country: get(row, "country")?,
        genres: get(row, "genres")?,
        actors: get(row, "actors")?,
        languages: get(row, "languages")?,
    })
}
