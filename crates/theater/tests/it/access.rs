//! Access control: every documented operation for every kind of caller, and the fields that no caller may set.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use test_servers::on_every_database;

use crate::app::{Reply, TestApp, pair};

/// The callers that an operation permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Everyone,
    Users,
    /// The user who owns the resource; for other users it does not exist.
    Owner,
    /// The owner, moderators and administrators.
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

/// Every operation: method, path, permitted callers, and the status that a permitted caller gets for a request without a
/// body on resources that do not exist.
const TABLE: &[(&str, &str, Access, u16)] = &[
    ("GET", "/api/v1", Access::Everyone, 200),
    ("POST", "/api/v1/accounts/register", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/activate", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/activate/resend", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/login", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/token", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/refresh", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/logout", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/logout-all", Access::Users, 200),
    ("POST", "/api/v1/accounts/change-password", Access::Users, 415),
    ("POST", "/api/v1/accounts/password-reset/request", Access::Everyone, 415),
    ("POST", "/api/v1/accounts/reset-password/complete", Access::Everyone, 415),
    ("GET", "/api/v1/accounts/me", Access::Users, 200),
    ("GET", "/api/v1/accounts/sessions", Access::Users, 200),
    ("DELETE", "/api/v1/accounts/sessions/{session_id}", Access::Owner, 204),
    ("GET", "/api/v1/admin/users", Access::Admins, 200),
    ("GET", "/api/v1/admin/users/{user_id}", Access::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/activate", Access::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/deactivate", Access::Admins, 404),
    ("POST", "/api/v1/admin/users/{user_id}/change-group", Access::Admins, 415),
    ("DELETE", "/api/v1/admin/users/{user_id}/sessions", Access::Admins, 404),
    ("GET", "/api/v1/profiles/me", Access::Users, 404),
    ("GET", "/api/v1/profiles/users/{user_id}/profile", Access::Users, 404),
    ("POST", "/api/v1/profiles/users/{user_id}/profile", Access::Users, 415),
    ("PATCH", "/api/v1/profiles/users/{user_id}/profile", Access::Users, 415),
    ("DELETE", "/api/v1/profiles/users/{user_id}/profile", Access::Editors, 404),
    ("PUT", "/api/v1/profiles/users/{user_id}/profile/avatar", Access::Users, 415),
    ("DELETE", "/api/v1/profiles/users/{user_id}/profile/avatar", Access::Editors, 404),
    ("GET", "/api/v1/theater/movies", Access::Everyone, 200),
    ("GET", "/api/v1/theater/movies/{movie_id}", Access::Everyone, 404),
    ("POST", "/api/v1/theater/movies", Access::Moderators, 415),
    ("PATCH", "/api/v1/theater/movies/{movie_id}", Access::Moderators, 415),
    ("DELETE", "/api/v1/theater/movies/{movie_id}", Access::Moderators, 404),
    ("GET", "/api/v1/theater/genres", Access::Everyone, 200),
    ("GET", "/api/v1/theater/genres/{id}", Access::Everyone, 404),
    ("GET", "/api/v1/theater/genres/{id}/movies", Access::Everyone, 404),
    ("POST", "/api/v1/theater/genres", Access::Moderators, 415),
    ("PATCH", "/api/v1/theater/genres/{id}", Access::Moderators, 415),
    ("DELETE", "/api/v1/theater/genres/{id}", Access::Moderators, 404),
    ("GET", "/api/v1/theater/actors", Access::Everyone, 200),
    ("GET", "/api/v1/theater/actors/{id}", Access::Everyone, 404),
    ("GET", "/api/v1/theater/actors/{id}/movies", Access::Everyone, 404),
    ("POST", "/api/v1/theater/actors", Access::Moderators, 415),
    ("PATCH", "/api/v1/theater/actors/{id}", Access::Moderators, 415),
    ("DELETE", "/api/v1/theater/actors/{id}", Access::Moderators, 404),
    ("GET", "/api/v1/theater/countries", Access::Everyone, 200),
    ("GET", "/api/v1/theater/countries/{id}", Access::Everyone, 404),
    ("GET", "/api/v1/theater/countries/{id}/movies", Access::Everyone, 404),
    ("POST", "/api/v1/theater/countries", Access::Moderators, 415),
    ("PATCH", "/api/v1/theater/countries/{id}", Access::Moderators, 415),
    ("DELETE", "/api/v1/theater/countries/{id}", Access::Moderators, 404),
    ("GET", "/api/v1/theater/languages", Access::Everyone, 200),
    ("GET", "/api/v1/theater/languages/{id}", Access::Everyone, 404),
    ("GET", "/api/v1/theater/languages/{id}/movies", Access::Everyone, 404),
    ("POST", "/api/v1/theater/languages", Access::Moderators, 415),
    ("PATCH", "/api/v1/theater/languages/{id}", Access::Moderators, 415),
    ("DELETE", "/api/v1/theater/languages/{id}", Access::Moderators, 404),
    ("GET", "/health/live", Access::Everyone, 200),
    ("GET", "/health/ready", Access::Everyone, 200),
];

/// The status that an operation returns to this caller and, for a refused caller, the detail.
fn expected(access: Access, permitted: u16, caller: Caller) -> (u16, Option<&'static str>) {
    if access == Access::Everyone {
        return (permitted, None);
    }
    match caller {
        Caller::Anonymous => (401, Some("Authorization header is missing")),
        Caller::Inactive => (401, Some("User not found or not active.")),
        Caller::Expired => (401, Some("Token has expired.")),
        Caller::Revoked | Caller::RefreshAsAccess => (401, Some("Invalid token.")),
        Caller::Owner if access == Access::Owner => (permitted, None),
        _ if access == Access::Owner => (404, Some("Session not found.")),
        Caller::User | Caller::Owner if access == Access::Editors => {
            (403, Some("You don't have permission to edit this profile."))
        }
        Caller::User | Caller::Owner if access == Access::Moderators => {
            (403, Some("Moderator privileges required"))
        }
        Caller::User | Caller::Owner | Caller::Moderator if access == Access::Admins => {
            (403, Some("Admin privileges required"))
        }
        _ => (permitted, None),
    }
}

/// A service with one account per kind of caller, and tokens that it refuses.
struct Theater {
    app: TestApp,
    inactive: String,
    expired: String,
    revoked: String,
    refresh: String,
}

impl Theater {
    async fn start(url: String) -> Self {
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

    /// Fills a path with identifiers that do not exist, except for a session, which is the owner's.
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

    /// The operations and callers for which the service responds differently from this table.
    async fn mistakes(&self, table: &[(&str, &str, Access, u16)]) -> Vec<String> {
        let mut mistakes = Vec::new();
        for (method, path, access, permitted) in table {
            for caller in CALLERS {
                let url = format!("{}{}", self.app.base, self.fill(path).await);
                let mut request = self.app.client.request(method.parse().unwrap(), url);
                if let Some(token) = self.token(caller).await {
                    request = request.bearer_auth(token);
                }
                let reply = Reply::of(request).await;
                let (status, detail) = expected(*access, *permitted, caller);
                let detail_matches = detail.is_none_or(|detail| reply.json()["detail"] == detail);
                if reply.status != status || !detail_matches {
                    mistakes.push(format!("{method} {path} as {caller:?}: {} {}", reply.status, reply.text));
                }
            }
        }
        mistakes
    }
}

/// Every operation of the OpenAPI document: method, path and definition.
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
fn every_operation_has_a_row_in_the_table() {
    let mut documented: Vec<_> = operations().into_iter().map(|(method, path, _)| (method, path)).collect();
    let mut rows: Vec<_> =
        TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows, "add each new operation and its permitted callers to the table");
}

on_every_database! {
    async fn every_caller_reaches_only_permitted_operations(url: String) {
        let theater = Theater::start(url).await;
        assert_eq!(theater.mistakes(TABLE).await, [""; 0]);
        theater.app.stop().await;
    }

    async fn a_wrong_row_of_the_table_is_detected(url: String) {
        let theater = Theater::start(url).await;
        for (wrong, count) in [
            (("GET", "/api/v1/admin/users", Access::Everyone, 200), 8),
            (("GET", "/api/v1/admin/users", Access::Moderators, 200), 3),
            (("DELETE", "/api/v1/theater/movies/{movie_id}", Access::Admins, 404), 3),
            (("GET", "/api/v1/theater/movies", Access::Users, 200), 5),
            (("DELETE", "/api/v1/accounts/sessions/{session_id}", Access::Users, 204), 3),
        ] {
            let mistakes = theater.mistakes(&[wrong]).await;
            assert_eq!(mistakes.len(), count, "{mistakes:#?}");
        }
        theater.app.stop().await;
    }

    async fn fields_that_no_caller_may_set_are_refused_in_every_body(url: String) {
        let theater = Theater::start(url).await;
        let mut tried = 0;
        for (method, path, operation) in operations() {
            let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
            let (kind, content) = content.iter().next().unwrap();
            // The tests of profiles cover multipart forms.
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
                    // The token endpoint responds with 400 (RFC 6749, 5.2).
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
                // Without the field, no error points to it.
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
