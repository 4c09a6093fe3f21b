//! "Try it out" in the documentation: prefilled requests work on a fresh start.

use std::cmp::Reverse;

use reqwest::{
    Client, Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::{
    app::{Reply, pair},
    command_line::{Running, theater},
    openapi::{document, operations, resolved},
    profiles::picture,
};

/// Operations whose prefilled request is refused, with the status and the code that their documentation explains.
const REFUSED: [(&str, u16, &str); 13] = [
    // Only an email has a token that works.
    ("activate", 400, "invalid_activation_token"),
    ("reset_password", 400, "invalid_reset_token"),
    // The user whom `register` made has not followed the link in the email.
    ("login", 403, "not_activated"),
    ("token", 400, "not_activated"),
    // The administrator has another password.
    ("change_password", 400, "wrong_password"),
    // Only a login returns a refresh token.
    ("refresh", 400, "invalid_token"),
    ("logout", 400, "invalid_token"),
    // The last administrator cannot be demoted or deactivated.
    ("change_group", 409, "last_admin"),
    ("deactivate_user", 409, "last_admin"),
    // Sample movies use them.
    ("delete_genre", 409, "genre_in_use"),
    ("delete_actor", 409, "actor_in_use"),
    ("delete_country", 409, "country_in_use"),
    ("delete_language", 409, "language_in_use"),
];

/// Creates come first, then reads, then changes and deletes of what was created.
const ORDER: [&str; 5] = ["post", "get", "patch", "put", "delete"];

/// The value that Swagger UI fills in for a parameter: its example, or its default.
fn prefilled(parameter: &Value) -> Option<&Value> {
    [&parameter["example"], &parameter["schema"]["example"], &parameter["schema"]["default"]]
        .into_iter()
        .find(|value| !value.is_null())
}

/// The value as it is sent in a path, a query or a form.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn multipart(document: &Value, content: &Value) -> Form {
    let properties = &resolved(document, &content["schema"])["properties"];
    content["example"].as_object().unwrap().iter().fold(Form::new(), |form, (name, value)| {
        if properties[name]["format"] == "binary" {
            form.part(name.clone(), Part::bytes(picture(80)).file_name("avatar.png"))
        } else {
            form.text(name.clone(), plain(value))
        }
    })
}

/// Executes the operation as it is prefilled.
async fn execute(document: &Value, base: &str, name: &str, operation: &Value, token: &str) -> Reply {
    let (method, path) = name.split_once(' ').unwrap();
    let mut path = path.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().unwrap() {
        let parameter = resolved(document, parameter);
        let name = parameter["name"].as_str().unwrap();
        match (parameter["in"].as_str().unwrap(), prefilled(parameter)) {
            ("path", value) => path = path.replace(&format!("{{{name}}}"), &plain(value.unwrap())),
            ("query", Some(value)) => {
                assert_eq!(name, "per_page", "a filter is prefilled");
                query.push((name, plain(value)));
            }
            (_, value) => assert_eq!(value, None, "{name}"),
        }
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = Client::new().request(method, format!("{base}{path}")).query(&query);
    if operation["security"] != json!([{}]) {
        request = request.bearer_auth(token);
    }
    for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        request = match kind.as_str() {
            "application/json" => request.json(&content["example"]),
            "multipart/form-data" => request.multipart(multipart(document, content)),
            _ => request.form(&content["example"]),
        };
    }
    Reply::of(request).await
}

#[tokio::test]
async fn every_prefilled_request_works_on_a_fresh_start_or_is_refused_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(theater(folder.path()).env("RATE_LIMIT", "off"));
    let base = service.base();
    let admin = json!({"email": service.printed("Administrator"), "password": service.printed("Password")});
    let document = document();
    let mut operations = operations(&document);
    operations.sort_by_key(|(name, operation)| {
        let method = ORDER.iter().position(|method| name.split(' ').next() == Some(method));
        // All sessions end last; the avatar of a profile is deleted before the profile.
        (operation["operationId"] == "logout_all", method, Reverse(name.len()))
    });
    let mut wrong = Vec::new();
    for (name, operation) in operations {
        // An operation before this one may have ended the session.
        let login = Client::new().post(format!("{base}/api/v1/accounts/login")).json(&admin);
        let token = pair(&Reply::of(login).await.expect(201)).0;
        let reply = execute(&document, &base, &name, operation, &token).await;
        let refusal = REFUSED.iter().find(|(id, ..)| operation["operationId"] == *id);
        let is_expected = match refusal {
            None => (200..300).contains(&reply.status),
            Some((_, status, code)) => {
                let response = resolved(&document, &operation["responses"][status.to_string()]);
                let documented = &response["content"]["application/problem+json"]["examples"][code];
                reply.status == *status && reply.json()["code"] == *code && documented.is_object()
            }
        };
        if !is_expected {
            wrong.push(format!("{name}: {} {}", reply.status, reply.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
