use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        LinkKind, LinkToken, LinkTokenId, LinkTokenRepository, NewLinkToken, PasswordHash, TokenDigest,
        TokenNonce, UserId,
    },
    store::StoreError,
};
use sea_orm::{
    ConnectionTrait, QueryResult, Value,
    sea_query::{DeleteStatement, Expr, ExprTrait, Order, Query},
};

use crate::{
    error::corrupt,
    sql::{all, fetch, get, insert, run},
    store::Transaction,
};

const COLUMNS: [&str; 6] = ["id", "user_id", "nonce", "digest", "issued_at", "expires_at"];

#[derive(Debug, thiserror::Error)]
#[error("link token {0} has bytes of the wrong length")]
struct WrongLength(i64);

/// The table of link tokens of this kind.
pub(crate) fn table(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Activation => "activation_tokens",
        LinkKind::PasswordReset => "password_reset_tokens",
    }
}

fn token(row: &QueryResult) -> Result<LinkToken, StoreError> {
    let id = get(row, "id")?;
    let wrong = |_| corrupt(WrongLength(id));
    Ok(LinkToken {
        id: LinkTokenId(id),
        user_id: UserId(get(row, "user_id")?),
        nonce: TokenNonce(get::<Vec<u8>>(row, "nonce")?.try_into().map_err(wrong)?),
        digest: TokenDigest(get::<Vec<u8>>(row, "digest")?.try_into().map_err(wrong)?),
        issued_at: get(row, "issued_at")?,
        expires_at: get(row, "expires_at")?,
    })
}

/// The newest unused token of this kind with this value in this column.
pub(super) async fn live(
    connection: &impl ConnectionTrait,
    kind: LinkKind,
    column: &'static str,
    value: i64,
) -> Result<Option<LinkToken>, StoreError> {
    let newest = Query::select()
        .columns(COLUMNS)
        .from(table(kind))
        .and_where(Expr::col(column).eq(value))
        .and_where(Expr::col("consumed_at").is_null())
        .order_by("id", Order::Desc)
        .limit(1)
        .take();
    fetch(connection, &newest).await?.first().map(token).transpose()
}

/// The password of the registration that the first of these activation tokens confirms.
pub(super) fn chosen_password(rows: &[QueryResult]) -> Result<Option<PasswordHash>, StoreError> {
    let hash = rows.first().map(|row| get::<Option<String>>(row, "password_hash")).transpose()?;
    Ok(hash.flatten().map(PasswordHash::new))
}

/// Deletes the tokens of this kind that an account has.
fn of_user(kind: LinkKind, user: UserId) -> DeleteStatement {
    Query::delete().from_table(table(kind)).and_where(Expr::col("user_id").eq(user.0)).take()
}

#[async_trait]
impl LinkTokenRepository for Transaction {
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError> {
        let NewLinkToken { user_id, nonce, digest, issued_at, expires_at, password_hash } = token;
        let mut row: Vec<(_, Value)> = vec![
            ("user_id", user_id.0.into()),
            ("nonce", nonce.0.to_vec().into()),
            ("digest", digest.0.to_vec().into()),
            ("issued_at", (*issued_at).into()),
            ("expires_at", (*expires_at).into()),
        ];
        let mut replaced = of_user(kind, *user_id);
        if let Some(hash) = password_hash {
            replaced.and_where(Expr::col("password_hash").eq(hash.expose()));
            row.push(("password_hash", hash.expose().into()));
        }
        run(&self.sql, &replaced).await?;
        let rows = fetch(&self.sql, insert(table(kind), row).returning_col("id")).await?;
        let row = rows.first().ok_or_else(|| StoreError::Failed("the insert returned no token".into()))?;
        Ok(LinkTokenId(get(row, "id")?))
    }

    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError> {
        run(&self.sql, &of_user(kind, user)).await?;
        Ok(())
    }

    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let update = Query::update()
            .table(table(kind))
            .value("consumed_at", now)
            .and_where(Expr::col("user_id").eq(user.0))
            .and_where(Expr::col("digest").eq(digest.0.to_vec()))
            .and_where(Expr::col("consumed_at").is_null())
            .and_where(Expr::col("expires_at").gt(now))
            .take();
        Ok(run(&self.sql, &update).await? == 1)
    }

    async fn live(&self, kind: LinkKind, user: UserId) -> Result<Option<LinkToken>, StoreError> {
        live(&self.sql, kind, "user_id", user.0).await
    }

    async fn chosen_password(
        &self,
        user: UserId,
        digest: TokenDigest,
    ) -> Result<Option<PasswordHash>, StoreError> {
        let sql = "SELECT password_hash FROM activation_tokens WHERE user_id = $1 AND digest = $2";
        let rows = all(&self.sql, sql, vec![user.0.into(), digest.0.to_vec().into()]).await?;
        chosen_password(&rows)
    }
}
