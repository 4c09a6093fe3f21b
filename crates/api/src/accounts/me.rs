use actix_web::{get, web::Data};
use application::profiles::profile_of;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::problems;
use crate::{
    documentation::values::UserGroup,
    http::{Auth, HandlerResult, User, caching},
    profiles::profile::ProfileBody,
    services::Services,
};

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Identifier of the account.
    id: i64,
    /// Email address, in lower case.
    #[schema(format = Email)]
    email: String,
    /// Group of the user: `user`, `moderator` or `admin`.
    #[schema(value_type = UserGroup)]
    group: &'static str,
    /// Whether the account is active. Only an active account can log in.
    is_active: bool,
    /// Time of creation.
    created_at: DateTime<Utc>,
}

impl From<&domain::accounts::User> for Account {
    fn from(user: &domain::accounts::User) -> Self {
        Self {
            id: user.id.0,
            email: user.email.to_string(),
            group: user.group.as_str(),
            is_active: user.status.is_active(),
            created_at: user.created_at,
        }
    }
}

/// The caller's account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnAccount {
    #[serde(flatten)]
    account: Account,
    /// The caller's profile; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileBody>,
}

/// Get my account
///
/// Returns the account that the access token belongs to, with its profile if it has one.
#[utoipa::path(
    responses(
        (status = 200, description = "The account.", body = OwnAccount, example = json!({
            "id": 7, "email": "ann@example.com", "group": "user", "is_active": true,
            "created_at": "2026-11-01T12:00:00Z"})),
        problems::NotModified, problems::Bearer, problems::UnexpectedQuery, problems::Always,
    ),
)]
#[get("/me")]
pub(crate) async fn get_me(auth: Auth<User>, services: Data<Services>) -> HandlerResult {
    let user = &auth.caller.user;
    let profile = match profile_of(&services.profiles, user).await? {
        Some(profile) => Some(ProfileBody::of(&services, profile).await?),
        None => None,
    };
    Ok(caching::private(&OwnAccount { account: user.into(), profile }))
}
