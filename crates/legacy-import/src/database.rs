use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    DatabaseConnection, DbBackend, FromQueryResult, SqlxPostgresConnector, Statement,
    sqlx::postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::LegacyImportError;

/// The PostgreSQL database of a py-online-cinema, opened read-only.
#[derive(Clone, Debug)]
pub struct LegacyDatabase(DatabaseConnection);

/// An account with the columns of its profile.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct LegacyAccount {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) hashed_password: String,
    pub(crate) is_active: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) group_name: String,
    /// Without a profile, all of the following are `None`.
    pub(crate) has_profile: bool,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) gender: Option<String>,
    pub(crate) date_of_birth: Option<NaiveDate>,
    pub(crate) info: Option<String>,
    /// Object key or URL.
    pub(crate) avatar: Option<String>,
}

/// A movie with the names of its genres, actors and languages.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct LegacyMovie {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// `YYYY-MM-DD`.
    pub(crate) date: String,
    pub(crate) score: String,
    pub(crate) overview: String,
    pub(crate) status: String,
    pub(crate) budget: String,
    pub(crate) revenue: String,
    /// Country code.
    pub(crate) country: String,
    pub(crate) genres: Vec<String>,
    pub(crate) actors: Vec<String>,
    pub(crate) languages: Vec<String>,
}

impl LegacyDatabase {
    /// Connects to the database.
    pub async fn connect(url: &str) -> Result<Self, LegacyImportError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(LegacyImportError::Url);
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| LegacyImportError::Url)?
            .application_name("movie-theater legacy-import")
            .options([("default_transaction_read_only", "on"), ("TimeZone", "UTC")]);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(|error| LegacyImportError::Legacy(error.into()))?;
        Ok(Self(SqlxPostgresConnector::from_sqlx_postgres_pool(pool)))
    }

    /// Accounts with ids above `after`, in ascending order, at most `limit`.
    pub(crate) async fn accounts(
        &self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<LegacyAccount>, LegacyImportError> {
        let sql = "SELECT u.id::bigint AS id, u.email, u.hashed_password, u.is_active, u.created_at,
                          lower(g.name::text) AS group_name, p.id IS NOT NULL AS has_profile,
                          p.first_name, p.last_name, lower(p.gender::text) AS gender, p.date_of_birth, p.info, p.avatar
                   FROM users u JOIN user_groups g ON g.id = u.group_id LEFT JOIN user_profiles p ON p.user_id = u.id
                   WHERE u.id > $1 ORDER BY u.id LIMIT $2";
        self.rows(sql, after, limit).await
    }

    /// Movies with ids above `after`, in ascending order, at most `limit`.
    pub(crate) async fn movies(&self, after: i64, limit: i64) -> Result<Vec<LegacyMovie>, LegacyImportError> {
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
        self.rows(sql, after, limit).await
    }

    async fn rows<T: FromQueryResult>(
        &self,
        sql: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<T>, LegacyImportError> {
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, sql, [after.into(), limit.into()]);
        T::find_by_statement(statement)
            .all(&self.0)
            .await
            .map_err(|error| LegacyImportError::Legacy(error.into()))
    }
}
