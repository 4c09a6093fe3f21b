//! Who may call what: every documented operation, by everyone there is. And what nobody may say.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::on_every_database;

use crate::app::{Reply, TestApp, pair};

/// Who gets through to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Everyone,
    Users,
    /// Users, for what is theirs; for others it is not there.
    Owner,
    /// The owner and the staff.
    Editors,
    Moderators,
    Admins,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Anonymous,
    Inactive,
    User,
    Owner,
    Moderator,
    Administrator,
    Expired,
    Revoked,
    RefreshAsAccess,
}

const CALLERS: [Caller; 9] = [
    Caller::Anonymous,
    Caller::Inactive,
    Caller::User,
    Caller::Owner,
    Caller::Moderator,
    Caller::Administrator,
    Caller::Expired,
    Caller::Revoked,
    Caller::RefreshAsAccess,
];

/// Every operation, whom it is open to, and what whoever gets through is answered: to a request without a body, for things
/// that do not exist.
const TABLE: &[(&str, &str, Open, u16)] = &[
    ("GET", "/api/v1", Open::Everyone, 200),
    ("POST", "/api/v1/accounts/register", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/activate", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/activate/resend", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/login", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/token", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/refresh", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/logout", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/logout-all", Open::Users, 200),
    ("POST", "/api/v1/accounts/change-password", Open::Users, 415),
    ("POST", "/api/v1/accounts/password-reset/request", Open::Everyone, 415),
    ("POST", "/api/v1/accounts/reset-password/complete", Open::Everyone, 415),
    ("GET", "/api/v1/accounts/me", Open::Users, 200),
    ("GET", "/api/v1/accounts/sessions", Open::Users, 200),
    ("DELETE", "/api/v1/accounts/sessions/{session_id}", Open::Owner, 204),
    ("GET", "/api/v1/admin/users", Open::Admins, 200),
    ("GET", "/api/v1/admin/users/{user_id}", Open::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/activate", Open::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/deactivate", Open::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/change-group", Open::Admins, 415),
    ("DELETE", "/api/v1/admin/users/{user_id}/sessions", Open::Admins, 404),
    ("GET", "/api/v1/profiles/me", Open::Users, 404),
    ("GET", "/api/v1/profiles/users/{user_id}/profile", Open::Users, 404),
    ("POST", "/api/v1/profiles/users/{user_id}/profile", Open::Users, 415),
    ("PATCH", "/api/v1/profiles/users/{user_id}/profile", Open::Users, 415),
    ("DELETE", "/api/v1/profiles/users/{user_id}/profile", Open::Editors, 404),
    ("PUT", "/api/v1/profiles/users/{user_id}/profile/avatar", Open::Users, 415),
    ("DELETE", "/api/v1/profiles/users/{user_id}/profile/avatar", Open::Editors, 404),
    ("GET", "/api/v1/theater/movies", Open::Everyone, 200),
    ("GET", "/api/v1/theater/movies/{movie_id}", Open::Everyone, 404),
    ("POST", "/api/v1/theater/movies", Open::Moderators, 415),
    ("PATCH", "/api/v1/theater/movies/{movie_id}", Open::Moderators, 415),
    ("DELETE", "/api/v1/theater/movies/{movie_id}", Open::Moderators, 404),
    ("GET", "/api/v1/theater/genres", Open::Everyone, 200),
    ("GET", "/api/v1/theater/genres/{id}", Open::Everyone, 404),
    ("GET", "/api/v1/theater/genres/{id}/movies", Open::Everyone, 404),
    ("POST", "/api/v1/theater/genres", Open::Moderators, 415),
    ("PATCH", "/api/v1/theater/genres/{id}", Open::Moderators, 415),
    ("DELETE", "/api/v1/theater/genres/{id}", Open::Moderators, 404),
    ("GET", "/api/v1/theater/actors", Open::Everyone, 200),
    ("GET", "/api/v1/theater/actors/{id}", Open::Everyone, 404),
    ("GET", "/api/v1/theater/actors/{id}/movies", Open::Everyone, 404),
    ("POST", "/api/v1/theater/actors", Open::Moderators, 415),
    ("PATCH", "/api/v1/theater/actors/{id}", Open::Moderators, 415),
    ("DELETE", "/api/v1/theater/actors/{id}", Open::Moderators, 404),
    ("GET", "/api/v1/theater/countries", Open::Everyone, 200),
    ("GET", "/api/v1/theater/countries/{id}", Open::Everyone, 404),
    ("GET", "/api/v1/theater/countries/{id}/movies", Open::Everyone, 404),
    ("POST", "/api/v1/theater/countries", Open::Moderators, 415),
    ("PATCH", "/api/v1/theater/countries/{id}", Open::Moderators, 415),
    ("DELETE", "/api/v1/theater/countries/{id}", Open::Moderators, 404),
    ("GET", "/api/v1/theater/languages", Open::Everyone, 200),
    ("GET", "/api/v1/theater/languages/{id}", Open::Everyone, 404),
    ("GET", "/api/v1/theater/languages/{id}/movies", Open::Everyone, 404),
    ("POST", "/api/v1/theater/languages", Open::Moderators, 415),
    ("PATCH", "/api/v1/theater/languages/{id}", Open::Moderators, 415),
    ("DELETE", "/api/v1/theater/languages/{id}", Open::Moderators, 404),
    ("GET", "/health/live", Open::Everyone, 200),
    ("GET", "/health/ready", Open::Everyone, 200),
];

/// What this caller is answered by an operation: the status and, where they are turned away, the reason.
fn expected(open: Open, through: u16, caller: Caller) -> (u16, Option<&'static str>) {
    if open == Open::Everyone {
        return (through, None);
    }
    match caller {
        Caller::Anonymous => (401, Some("Authorization header is missing")),
        Caller::Inactive => (401, Some("User not found or not active.")),
        Caller::Expired => (401, Some("Token has expired.")),
        Caller::Revoked | Caller::RefreshAsAccess => (401, Some("Invalid token.")),
        Caller::Owner if open == Open::Owner => (through, None),
        _ if open == Open::Owner => (404, Some("Session not found.")),
        Caller::User | Caller::Owner if open == Open::Editors => {
            (403, Some("You don't have permission to edit this profile."))
        }
        Caller::User | Caller::Owner if open == Open::Moderators => {
            (403, Some("Moderator privileges required"))
        }
        Caller::User | Caller::Owner | Caller::Moderator if open == Open::Admins => {
            (403, Some("Admin privileges required"))
        }
        _ => (through, None),
    }
}

/// A service with one account for each caller, and the tokens that are good for nothing.
struct Theater {
    app: TestApp,
    inactive: String,
    expired: String,
    revoked: String,
    refresh: String,
}

impl Theater {
    async fn open(url: String) -> Self {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        for name in ["user", "owner", "moderator", "inactive", "revoked"] {
            app.logged_in(&format!("{name}@example.com")).await;
        }
        let (expired, refresh) = pair(&app.login("user@example.com").await.expect(201));
        app.later(Duration::minutes(16));
        let group = json!({"group": "moderator"});
        let change = |id: &Value| format!("/admin/users/{id}/change-group");
        let admin = if app.get_as(&admin, "/accounts/me").await.status == 200 {
            admin
        } else {
            pair(&app.login("admin@example.com").await.expect(201)).0
        };
        let moderator = Self::id(&app, "moderator").await;
        app.send_as(&admin, Method::POST, &change(&moderator), group).await.expect(200);
        let inactive = pair(&app.login("inactive@example.com").await.expect(201)).0;
        let path = format!("/admin/users/{}/deactivate", Self::id(&app, "inactive").await);
        Reply::of(app.request(Method::POST, &path).bearer_auth(&admin)).await.expect(200);
        let (revoked, token) = pair(&app.login("revoked@example.com").await.expect(201));
        app.post("/accounts/logout", json!({"refresh_token": token})).await.expect(200);
        Self { app, inactive, expired, revoked, refresh }
    }

    async fn id(app: &TestApp, name: &str) -> Value {
        let token = pair(&app.login(&format!("{name}@example.com")).await.expect(201)).0;
        app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone()
    }

    async fn token(&self, caller: Caller) -> Option<String> {
        let name = match caller {
            Caller::Anonymous => return None,
            Caller::Inactive => return Some(self.inactive.clone()),
            Caller::Expired => return Some(self.expired.clone()),
            Caller::Revoked => return Some(self.revoked.clone()),
            Caller::RefreshAsAccess => return Some(self.refresh.clone()),
            Caller::User => "user",
            Caller::Owner => "owner",
            Caller::Moderator => "moderator",
            Caller::Administrator => "admin",
        };
        Some(pair(&self.app.login(&format!("{name}@example.com")).await.expect(201)).0)
    }

    /// The path with things in it that do not exist, but for a session, which is the owner's.
    async fn fill(&self, path: &str) -> String {
        let mut filled =
            path.replace("{user_id}", "999999").replace("{movie_id}", "999999").replace("{id}", "999999");
        if filled.contains("{session_id}") {
            let owner = self.token(Caller::Owner).await.unwrap();
            let sessions = self.app.get_as(&owner, "/accounts/sessions").await.expect(200).json();
            filled = filled.replace("{session_id}", &sessions["sessions"][0]["id"].to_string());
        }
        filled
    }

    /// The cells of this table in which the service answers otherwise.
    async fn mistakes(&self, table: &[(&str, &str, Open, u16)]) -> Vec<String> {
        let mut mistakes = Vec::new();
        for (method, path, open, through) in table {
            for caller in CALLERS {
                let url = format!("{}{}", self.app.base, self.fill(path).await);
                let mut request = self.app.client.request(method.parse().unwrap(), url);
                if let Some(token) = self.token(caller).await {
                    request = request.bearer_auth(token);
                }
                let reply = Reply::of(request).await;
                let (status, detail) = expected(*open, *through, caller);
                let told = detail.is_none_or(|detail| reply.json()["detail"] == detail);
                if reply.status != status || !told {
                    mistakes.push(format!("{method} {path} as {caller:?}: {} {}", reply.status, reply.text));
                }
            }
        }
        mistakes
    }
}

/// Every operation of the document: its method, its path and itself.
fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(&theater::commands::openapi_json().unwrap()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

#[test]
fn every_operation_has_its_row() {
    let mut documented: Vec<_> = operations().into_iter().map(|(method, path, _)| (method, path)).collect();
    let mut rows: Vec<_> =
        TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows, "say in the table whom a new operation is open to");
}

on_every_database! {
    async fn everyone_gets_through_where_they_may_and_nowhere_else(url: String) {
        let theater = Theater::open(url).await;
        assert_eq!(theater.mistakes(TABLE).await, [""; 0]);
        theater.app.stop().await;
    }

    async fn a_door_that_is_open_too_wide_is_found(url: String) {
        let theater = Theater::open(url).await;
        for (wrong, count) in [
            (("GET", "/api/v1/admin/users", Open::Everyone, 200), 8),
            (("GET", "/api/v1/admin/users", Open::Moderators, 200), 3),
            (("DELETE", "/api/v1/theater/movies/{movie_id}", Open::Admins, 404), 3),
            (("GET", "/api/v1/theater/movies", Open::Users, 200), 5),
            (("DELETE", "/api/v1/accounts/sessions/{session_id}", Open::Users, 204), 3),
        ] {
            let mistakes = theater.mistakes(&[wrong]).await;
            assert_eq!(mistakes.len(), count, "{mistakes:#?}");
        }
        theater.app.stop().await;
    }

    async fn what_is_nobody_s_to_say_is_refused_in_every_body(url: String) {
        let theater = Theater::open(url).await;
        let mut tried = 0;
        for (method, path, operation) in operations() {
            let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
            let (kind, content) = content.iter().next().unwrap();
            // Forms with files are tried where profiles are.
            if kind == "multipart/form-data" {
                continue;
            }
            let example = content["example"].as_object().unwrap_or_else(|| panic!("{path} has no example"));
            for (field, value) in [
                ("id", json!(1)),
                ("group", json!("admin")),
                ("is_active", json!(true)),
                ("user_id", json!(1)),
                ("created_at", json!("2026-01-01T00:00:00Z")),
                ("token_version", json!(0)),
            ] {
                if example.contains_key(field) {
                    continue;
                }
                let refused = |reply: &Reply| {
                    let pointer = format!("/{field}");
                    // The token endpoint answers as OAuth 2 has it.
                    let status = if path.ends_with("/token") { 400 } else { 422 };
                    reply.status == status && reply.errors().iter().any(|(at, _)| *at == pointer)
                };
                let mut body = example.clone();
                let url = format!("{}{}", theater.app.base, theater.fill(&path).await);
                let admin = theater.token(Caller::Administrator).await.unwrap();
                let request = theater.app.client.request(method.parse().unwrap(), url).bearer_auth(admin);
                let send = async |body: &serde_json::Map<String, Value>| {
                    let request = request.try_clone().unwrap();
                    let sent = if kind == "application/json" { request.json(body) } else { request.form(body) };
                    Reply::of(sent).await
                };
                body.insert(field.to_owned(), value);
                let reply = send(&body).await;
                assert!(refused(&reply), "{method} {path} with {field}: {reply:?}");
                body.remove(field);
                // Without it nobody complains of it, so that it is the field that was refused.
                if tried < 6 {
                    assert!(!refused(&send(&body).await), "{method} {path}");
                }
                tried += 1;
            }
        }
        assert!(tried >= 60, "{tried}");
        theater.app.stop().await;
    }
}
