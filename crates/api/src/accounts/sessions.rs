use actix_web::{HttpResponse, delete, get, post, web::Data};
use application::accounts::{self, Caller};
use chrono::{DateTime, Utc};
use domain::accounts::{Session, SessionId};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::problems;
use crate::{
    http::{
        Auth, HandlerResult, ListLinks, Message, PageParameters, PathId, Query, User, caching, linked,
        list_example,
    },
    services::Services,
};

const PATH: &str = "/api/v1/accounts/sessions";

/// An active session of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct Item {
    /// Identifier of the session.
    id: i64,
    /// `User-Agent` of the client at login, up to 255 characters; null if it sent none.
    #[schema(required)]
    device: Option<String>,
    /// IP address of the client at login; null if unknown.
    #[schema(required)]
    ip: Option<String>,
    /// Time of the login.
    created_at: DateTime<Utc>,
    /// Time of the last refresh, or of the login.
    last_used_at: DateTime<Utc>,
    /// Whether this request belongs to the session.
    current: bool,
}

/// A page of the list of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// Sessions, newest first.
    sessions: Vec<Item>,
    #[serde(flatten)]
    links: ListLinks,
}

fn item(session: &Session, caller: &Caller) -> Item {
    Item {
        id: session.id.0,
        device: session.origin.device.clone(),
        ip: session.origin.ip.map(|ip| ip.to_string()),
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        current: session.id == caller.session.id,
    }
}

fn example() -> Value {
    let session = json!({
        "id": 12, "device": "Mozilla/5.0", "ip": "203.0.113.7", "created_at": "2026-11-01T12:00:00Z",
        "last_used_at": "2026-11-01T12:10:00Z", "current": true,
    });
    list_example("sessions", &session)
}

/// List my sessions
///
/// Returns the active sessions of the caller, newest first, by page or by cursor.
#[utoipa::path(
    params(PageParameters),
    responses(
        (status = 200, description = "A page of the list.", body = SessionList, example = example),
        problems::NotModified, problems::Bearer, problems::NoSessions, problems::InvalidQuery, problems::Always,
    ),
)]
#[get("/sessions")]
pub(crate) async fn list_sessions(
    auth: Auth<User>,
    services: Data<Services>,
    parameters: Query<PageParameters>,
) -> HandlerResult {
    let paging = parameters.0.paging()?;
    let page = accounts::list_sessions(
        &services.accounts,
        &auth.caller.user,
        paging.position(SessionId),
        paging.size,
    )
    .await?;
    let links = paging.links(PATH, &[], &page, |session| session.id.0);
    let sessions = page.items.iter().map(|session| item(session, &auth.caller)).collect();
    let link = links.header();
    Ok(linked(caching::private(&SessionList { sessions, links }), link))
}

/// End one of my sessions
///
/// Its tokens are refused from then on. A session of another user is not found.
#[utoipa::path(
    params(("session_id" = i64, Path, minimum = 1, description = "Identifier of the session.", example = 1)),
    responses(
        (status = 204, description = "The session has ended."),
        problems::Bearer, problems::SessionNotFound, problems::InvalidPath, problems::Always,
    ),
)]
#[delete("/sessions/{session_id}")]
pub(crate) async fn end_session(auth: Auth<User>, services: Data<Services>, id: PathId) -> HandlerResult {
    accounts::end_session(&services.accounts, &auth.caller.user, SessionId(id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Log out everywhere
///
/// Ends every session of the caller, including this one.
#[utoipa::path(
    responses(
        (status = 200, description = "Logged out everywhere.", body = Message,
            example = json!({"message": "Successfully logged out everywhere."})),
        problems::Bearer, problems::UnexpectedQuery, problems::Always,
    ),
)]
#[post("/logout-all")]
pub(crate) async fn logout_all(auth: Auth<User>, services: Data<Services>) -> HandlerResult {
    accounts::logout_all(&services.accounts, &auth.caller.user).await?;
    Ok(Message::ok("Successfully logged out everywhere."))
}
