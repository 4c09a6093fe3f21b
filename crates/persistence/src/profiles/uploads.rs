use chrono::{DateTime, Utc};
use domain::{profiles::AvatarKey, store::StoreError};
use sea_orm::ConnectionTrait;

use crate::{
    error::corrupt,
    sql::{all, execute, get},
};

#[derive(Debug, thiserror::Error)]
#[error("avatar_uploads contains an invalid key")]
struct InvalidKey;

pub(super) async fn note(
    connection: &impl ConnectionTrait,
    key: &AvatarKey,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO avatar_uploads (avatar, abandoned, noted_at) VALUES ($1, FALSE, $2)";
    execute(connection, sql, vec![key.as_str().into(), now.into()]).await?;
    Ok(())
}

pub(super) async fn settle(connection: &impl ConnectionTrait, key: &AvatarKey) -> Result<bool, StoreError> {
    let sql = "DELETE FROM avatar_uploads WHERE avatar = $1 AND NOT abandoned";
    Ok(execute(connection, sql, vec![key.as_str().into()]).await? == 1)
}

pub(super) async fn abandon(connection: &impl ConnectionTrait, key: &AvatarKey) -> Result<(), StoreError> {
    let sql = "UPDATE avatar_uploads SET abandoned = TRUE WHERE avatar = $1";
    execute(connection, sql, vec![key.as_str().into()]).await?;
    Ok(())
}

pub(super) async fn forget(connection: &impl ConnectionTrait, key: &AvatarKey) -> Result<(), StoreError> {
    let sql = "DELETE FROM avatar_uploads WHERE avatar = $1";
    execute(connection, sql, vec![key.as_str().into()]).await?;
    Ok(())
}

pub(super) async fn lost(
    connection: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<AvatarKey>, StoreError> {
    let sql = "SELECT avatar FROM avatar_uploads WHERE abandoned OR noted_at < $1 ORDER BY id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = all(connection, sql, vec![before.into(), limit.into()]).await?;
    let key = |row| AvatarKey::parse(&get::<String>(row, "avatar")?).ok_or_else(|| corrupt(InvalidKey));
    rows.iter().map(key).collect()
}
