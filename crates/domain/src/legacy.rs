//! Reads of the legacy service.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use crate::store::StoreError;

/// An account of the legacy service, not validated.
#[derive(Clone, Debug)]
pub struct LegacyAccount {
    /// Identifier in the legacy service.
    pub id: i64,
    /// Email address.
    pub email: String,
    /// Hash of the password.
    pub password_hash: String,
    /// Name of the group.
    pub group: String,
    /// Whether the address was confirmed.
    pub is_active: bool,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
    /// Profile of the user.
    pub profile: Option<LegacyProfile>,
}

/// A profile of the legacy service, not validated.
#[derive(Clone, Debug, Default)]
pub struct LegacyProfile {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Gender.
    pub gender: Option<String>,
    /// Date of birth.
    pub date_of_birth: Option<NaiveDate>,
    /// Text of the user about themselves.
    pub info: Option<String>,
    /// Object key or URL of the avatar.
    pub avatar: Option<String>,
}

/// A movie of the legacy service, not validated.
#[derive(Clone, Debug, Default)]
pub struct LegacyMovie {
    /// Identifier in the legacy service.
    pub id: i64,
    /// Title.
    pub name: String,
    /// Release date, `YYYY-MM-DD`.
    pub date: String,
    /// Score, 0 to 100.
    pub score: String,
    /// Overview.
    pub overview: String,
    /// Production status.
    pub status: String,
    /// Budget in US dollars.
    pub budget: String,
    /// Revenue in US dollars.
    pub revenue: String,
    /// Country of production.
    pub country: String,
    /// Names of the genres.
    pub genres: Vec<String>,
    /// Names of the actors.
    pub actors: Vec<String>,
    /// Names of the languages.
    pub languages: Vec<String>,
}

/// Read access to the legacy service, from which accounts and movies are imported.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait LegacySource: Send + Sync {
    /// Accounts with ids above `after`, in ascending order, at most `limit`.
    async fn accounts(&self, after: i64, limit: u64) -> Result<Vec<LegacyAccount>, StoreError>;

    /// Movies with ids above `after`, in ascending order, at most `limit`.
    async fn movies(&self, after: i64, limit: u64) -> Result<Vec<LegacyMovie>, StoreError>;
}
