use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        Email, LinkKind, LinkToken, LinkTokenId, LinkTokenRepository, NewLinkToken, PasswordHash,
        TokenDigest, TokenNonce, UserId,
    },
    store::StoreError,
};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::{
    error::corrupt,
    sql::{all, execute, get},
    store::Transaction,
};

const COLUMNS: &str = "id, user_id, nonce, digest, issued_at, expires_at";

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
    column: &str,
    value: i64,
) -> Result<Option<LinkToken>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {} WHERE {column} = $1 AND consumed_at IS NULL ORDER BY id DESC LIMIT 1",
        table(kind)
    );
    all(connection, sql, vec![value.into()]).await?.first().map(token).transpose()
}

/// The account with this email address, if it has a token with this digest.
pub(super) async fn holder(
    connection: &impl ConnectionTrait,
    kind: LinkKind,
    email: &Email,
    digest: TokenDigest,
) -> Result<Option<UserId>, StoreError> {
    // By the digest alone: for a wrong token the database does the same work for every address.
    let sql = format!(
        "SELECT links.user_id, users.email FROM {} AS links JOIN users ON users.id = links.user_id
         WHERE links.digest = $1",
        table(kind)
    );
    let rows = all(connection, sql, vec![bytes(&digest.0)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let is_holder = get::<String>(row, "email")? == email.as_str();
    let holder = UserId(get(row, "user_id")?);
    Ok(is_holder.then_some(holder))
}

/// The password of the registration that this activation token confirms, while the token is valid.
pub(super) async fn chosen_password(
    connection: &impl ConnectionTrait,
    digest: TokenDigest,
    now: DateTime<Utc>,
) -> Result<Option<PasswordHash>, StoreError> {
    let sql = "SELECT password_hash FROM activation_tokens
               WHERE digest = $1 AND consumed_at IS NULL AND expires_at > $2";
    let rows = all(connection, sql, vec![bytes(&digest.0), now.into()]).await?;
    let hash = rows.first().map(|row| get::<Option<String>>(row, "password_hash")).transpose()?;
    Ok(hash.flatten().map(PasswordHash::new))
}

fn bytes(bytes: &[u8]) -> Value {
    bytes.to_vec().into()
}

#[async_trait]
impl LinkTokenRepository for Transaction {
    async fn issue(&self, kind: LinkKind, token: &NewLinkToken) -> Result<LinkTokenId, StoreError> {
        let table = table(kind);
        let NewLinkToken { user_id, nonce, digest, issued_at, expires_at, password_hash } = token;
        let mut values = vec![
            user_id.0.into(),
            bytes(&nonce.0),
            bytes(&digest.0),
            (*issued_at).into(),
            (*expires_at).into(),
        ];
        let (mut column, mut placeholder) = ("", "");
        if let Some(hash) = password_hash {
            let sql = format!("DELETE FROM {table} WHERE user_id = $1 AND password_hash = $2");
            execute(&self.sql, sql, vec![user_id.0.into(), hash.expose().into()]).await?;
            values.push(hash.expose().into());
            (column, placeholder) = (", password_hash", ", $6");
        } else {
            self.revoke(kind, *user_id).await?;
        }
        let sql = format!(
            "INSERT INTO {table} (user_id, nonce, digest, issued_at, expires_at{column})
             VALUES ($1, $2, $3, $4, $5{placeholder}) RETURNING id"
        );
        let rows = all(&self.sql, sql, values).await?;
        let row = rows.first().ok_or_else(|| StoreError::Failed("the insert returned no token".into()))?;
        Ok(LinkTokenId(get(row, "id")?))
    }

    async fn revoke(&self, kind: LinkKind, user: UserId) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {} WHERE user_id = $1", table(kind));
        execute(&self.sql, sql, vec![user.0.into()]).await?;
        Ok(())
    }

    async fn consume(
        &self,
        kind: LinkKind,
        user: UserId,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE {} SET consumed_at = $3
             WHERE user_id = $1 AND digest = $2 AND consumed_at IS NULL AND expires_at > $3",
            table(kind)
        );
        Ok(execute(&self.sql, sql, vec![user.0.into(), bytes(&digest.0), now.into()]).await? == 1)
    }

    async fn live(&self, kind: LinkKind, user: UserId) -> Result<Option<LinkToken>, StoreError> {
        live(&self.sql, kind, "user_id", user.0).await
    }

    async fn chosen_password(
        &self,
        user: UserId,
        digest: TokenDigest,
    ) -> Result<Option<PasswordHash>, StoreError> {
        let sql = "SELECT password_hash FROM activation_tokens WHERE user_id = $1 AND digest = $2".to_owned();
        let rows = all(&self.sql, sql, vec![user.0.into(), bytes(&digest.0)]).await?;
        let hash = rows.first().map(|row| get::<Option<String>>(row, "password_hash")).transpose()?;
        Ok(hash.flatten().map(PasswordHash::new))
    }
}
