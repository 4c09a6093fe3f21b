use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::StoreError;

/// An account of the service before this one, as it stands there: nothing of it is checked.
#[derive(Clone, Debug)]
pub struct OldAccount {
    /// Its number there.
    pub id: i64,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub password_hash: String,
    /// The name of its group.
    pub group: String,
    /// Whether the address was confirmed.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// What its owner tells.
    pub profile: Option<OldProfile>,
}

/// A profile of the service before this one.
#[derive(Clone, Debug, Default)]
pub struct OldProfile {
    /// What they are called.
    pub first_name: Option<String>,
    /// What their family is called.
    pub last_name: Option<String>,
    /// Gender, if the user gives one.
    pub gender: Option<String>,
    /// When they were born.
    pub date_of_birth: Option<NaiveDate>,
    /// What else there is to say.
    pub info: Option<String>,
    /// Under which key, or behind which URL, their picture is.
    pub avatar: Option<String>,
}

/// A movie of the service before this one.
#[derive(Clone, Debug, Default)]
pub struct LegacyMovie {
    /// Its number there.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// When it is first shown, `YYYY-MM-DD`.
    pub date: String,
    /// 0 to 100.
    pub score: String,
    /// What it is about.
    pub overview: String,
    /// How far it has come.
    pub status: String,
    /// What it cost, in US dollars.
    pub budget: String,
    /// What it earned, in US dollars.
    pub revenue: String,
    /// Where it was made.
    pub country: String,
    /// What kind of movie it is.
    pub genres: Vec<String>,
    /// Who plays in it.
    pub actors: Vec<String>,
    /// What is spoken in it.
    pub languages: Vec<String>,
}

/// The service before this one, of which people and movies move here. It is only read.
///
/// Every method fails with [`StoreError::Unavailable`] or [`StoreError::Failed`].
#[async_trait]
pub trait LegacySource: Send + Sync {
    /// Accounts with numbers above `after`, the lowest first, at most `limit`.
    async fn accounts(&self, after: i64, limit: u64) -> Result<Vec<OldAccount>, StoreError>;

    /// Movies with numbers above `after`, the lowest first, at most `limit`.
    async fn movies(&self, after: i64, limit: u64) -> Result<Vec<LegacyMovie>, StoreError>;
}
