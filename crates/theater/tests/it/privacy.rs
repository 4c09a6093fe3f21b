//! That nobody can find out who has an account: neither from what is answered nor from how long it takes.

use std::{sync::Arc, time::Instant};

use api::Services;
use async_trait::async_trait;
use chrono::Duration;
use domain::{
    accounts::{Password, PasswordAttempt, PasswordHash},
    ports::{HashingError, HashingSlot, PasswordHasher, Randomness, Verdict},
};
use reqwest::Method;
use serde_json::{Value, json};
use test_support::on_every_database;

use crate::app::{PASSWORD, Reply, TestApp, pair};

const WRONG: &str = "Wrong-Pass1!";

/// A service with an active account, a pending one and one that was shut.
async fn inhabited(app: &TestApp) {
    app.logged_in("active@example.com").await;
    app.register("pending@example.com").await.expect(201);
    app.logged_in("shut@example.com").await;
    let token = pair(&app.login("shut@example.com").await.expect(201)).0;
    let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
    let admin = app.admin().await;
    let request = app.request(Method::POST, &format!("/admin/users/{id}/deactivate"));
    Reply::of(request.bearer_auth(admin)).await.expect(200);
}

fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// Logins that must look the same, each with its name. The first is what the others are compared with.
fn logins() -> Vec<(&'static str, Value)> {
    vec![
        ("wrong", login("active@example.com", WRONG)),
        ("unknown", login("nobody@example.com", WRONG)),
        ("inactive", login("pending@example.com", WRONG)),
        ("shut", login("shut@example.com", WRONG)),
        ("over-long", login("active@example.com", &WRONG.repeat(10))),
        ("over-long and unknown", login("nobody@example.com", &WRONG.repeat(10))),
    ]
}

/// Requests for letters that must look the same.
fn letters() -> Vec<(&'static str, Value)> {
    ["active", "nobody", "pending", "shut"]
        .map(|name| (name, json!({"email": format!("{name}@example.com")})))
        .to_vec()
}

/// What a caller sees of a reply, but for what names the request and the moment.
fn seen(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
    let mut headers: Vec<_> = reply
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let mut body = reply.json();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (reply.status, headers, body)
}

/// How likely a value of the second list is above one of the first: 0.5 where they cannot be told apart.
fn area_under_curve(one: &[f64], other: &[f64]) -> f64 {
    let wins: f64 = one
        .iter()
        .flat_map(|a| {
            other.iter().map(move |b| {
                if b > a {
                    1.0
                } else if (b - a).abs() < f64::EPSILON {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a few million at most")]
    let pairs = (one.len() * other.len()) as f64;
    wins / pairs
}

/// For each class but the first, how well the time of an answer tells it from the first. Each class is asked so often,
/// in an order drawn at random.
async fn told_apart(
    app: &TestApp,
    path: &str,
    classes: &[(&'static str, Value)],
    each: usize,
) -> Vec<(&'static str, f64)> {
    let mut order: Vec<_> = (0..classes.len()).flat_map(|class| vec![class; each]).collect();
    for last in (1..order.len()).rev() {
        let drawn = u128::from_be_bytes(security::OsRandomness.bits128());
        order.swap(last, usize::try_from(drawn % (last as u128 + 1)).unwrap());
    }
    let mut times = vec![Vec::with_capacity(each); classes.len()];
    for class in order {
        let request = app.request(Method::POST, path).json(&classes[class].1).build().unwrap();
        let started = Instant::now();
        let reply = app.client.execute(request).await.unwrap();
        times[class].push(started.elapsed().as_secs_f64());
        reply.bytes().await.unwrap();
    }
    let apart = |class: usize| (classes[class].0, area_under_curve(&times[0], &times[class]));
    (1..classes.len()).map(apart).collect()
}

/// Whether nothing can be told from these.
fn cannot_be_told(apart: &[(&str, f64)]) -> bool {
    apart.iter().all(|(_, area)| (0.45..=0.55).contains(area))
}

/// Measures up to three times: what can be told is told each time, what a busy machine pretends is not.
async fn nobody_tells(app: &TestApp, path: &str, classes: &[(&'static str, Value)]) {
    let mut measured = Vec::new();
    for _ in 0..3 {
        let apart = told_apart(app, path, classes, 1_000).await;
        if cannot_be_told(&apart) {
            return;
        }
        measured.push(apart);
    }
    panic!("{path}: {measured:?}");
}

/// A hasher that saves the work where there is nothing to check.
struct Thrifty(Arc<dyn PasswordHasher>);
struct ThriftySlot(Box<dyn HashingSlot>);

#[async_trait]
impl PasswordHasher for Thrifty {
    async fn admit(&self) -> Result<Box<dyn HashingSlot>, HashingError> {
        Ok(Box::new(ThriftySlot(self.0.admit().await?)))
    }
}

#[async_trait]
impl HashingSlot for ThriftySlot {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        self.0.hash(password).await
    }

    async fn verify(
        &self,
        attempt: &PasswordAttempt,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError> {
        match hash {
            Some(hash) => self.0.verify(attempt, Some(hash)).await,
            None => Ok(Verdict::Wrong),
        }
    }

    async fn renew(&self, attempt: &PasswordAttempt) -> Result<PasswordHash, HashingError> {
        self.0.renew(attempt).await
    }
}

fn be_thrifty(services: &mut Services) {
    services.accounts.hasher = Arc::new(Thrifty(services.accounts.hasher.clone()));
}

on_every_database! {
    async fn answers_tell_nobody_who_has_an_account(url: String) {
        let app = TestApp::start(url).await;
        inhabited(&app).await;
        let email_paths = ["/accounts/activate/resend", "/accounts/password-reset/request"];
        let all = email_paths.map(|path| (path, letters()));
        for (path, classes) in [("/accounts/login", logins())].into_iter().chain(all) {
            let first = seen(&app.post(path, classes[0].1.clone()).await);
            for (name, body) in &classes[1..] {
                assert_eq!(seen(&app.post(path, body.clone()).await), first, "{path}: {name}");
            }
        }
        // The right password is what opens the difference.
        let active = app.post("/accounts/login", login("active@example.com", PASSWORD)).await;
        let pending = app.post("/accounts/login", login("pending@example.com", PASSWORD)).await;
        assert_eq!((active.status, pending.status), (201, 403));
        app.stop().await;
    }

    async fn hidden_accounts_are_told_by_no_answer_to_a_registration(url: String) {
        let app = TestApp::start(url.clone()).await;
        inhabited(&app).await;
        app.stop().await;
        let app = TestApp::start_with(url, &[("HIDE_ACCOUNTS", "true")]).await;
        app.later(Duration::minutes(2));
        let register = |name: &str| login(&format!("{name}@example.com"), PASSWORD);
        let first = seen(&app.post("/accounts/register", register("new")).await.expect(202));
        for name in ["new", "active", "active", "pending", "shut"] {
            assert_eq!(seen(&app.post("/accounts/register", register(name)).await), first, "{name}");
        }
        app.stop().await;
    }

    async fn limits_tell_nobody_who_has_an_account(url: String) {
        let app = TestApp::start_with(url.clone(), &[]).await;
        inhabited(&app).await;
        app.stop().await;
        let app = TestApp::start_with(url, &[("RATE_LIMIT", "on"), ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "2/1h")]).await;
        let mut all = Vec::new();
        for (name, body) in logins().into_iter().take(4) {
            let mut answers = Vec::new();
            for _ in 0..4 {
                let (status, mut headers, body) = seen(&app.post("/accounts/login", body.clone()).await);
                headers.retain(|(name, _)| name != "retry-after");
                answers.push((status, headers, body));
            }
            let statuses: Vec<_> = answers.iter().map(|(status, ..)| *status).collect();
            assert_eq!(statuses, [401, 401, 429, 429], "{name}");
            all.push(answers);
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:#?}");
        app.stop().await;
    }

    async fn the_time_of_a_log_in_tells_nobody_who_has_an_account(url: String) {
        // Reading a row takes some microseconds that reading none does not. Beside a hash of a cost that anybody uses
        // they are nothing; beside one of the least cost, in a build without optimisation, they could be seen.
        let app = TestApp::start_with(url, &[("BCRYPT_COST", "7")]).await;
        inhabited(&app).await;
        nobody_tells(&app, "/accounts/login", &logins()[..5]).await;
        app.stop().await;
    }

    async fn the_time_of_a_request_for_a_letter_tells_nobody_who_has_an_account(url: String) {
        let app = TestApp::start(url).await;
        inhabited(&app).await;
        nobody_tells(&app, "/accounts/password-reset/request", &letters()).await;
        app.stop().await;
    }

    async fn the_time_of_a_wrong_token_tells_nobody_who_has_an_account(url: String) {
        let app = TestApp::start(url).await;
        inhabited(&app).await;
        app.post("/accounts/password-reset/request", json!({"email": "active@example.com"})).await.expect(200);
        app.mailed_token("active@example.com", "Password Reset Request", 1).await;
        let classes: Vec<_> = letters()
            .into_iter()
            .map(|(name, mut body)| {
                body["token"] = json!("Vb6sE5v3c0m9b1pV0b8x0S3n3b9G1X2s9rJ6m2q4w8E");
                body["password"] = json!(PASSWORD);
                (name, body)
            })
            .collect();
        nobody_tells(&app, "/accounts/reset-password/complete", &classes).await;
        app.stop().await;
    }

    async fn without_work_for_nothing_the_time_of_a_log_in_tells_all(url: String) {
        let app = TestApp::start_changed(url, &[("BCRYPT_COST", "7")], be_thrifty).await;
        inhabited(&app).await;
        let apart = told_apart(&app, "/accounts/login", &logins()[..2], 150).await;
        // An unknown address is answered sooner than a wrong password.
        assert!(apart[0].1 < 0.05, "{apart:?}");
        app.stop().await;
    }
}
