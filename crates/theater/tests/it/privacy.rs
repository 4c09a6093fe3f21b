//! Neither replies nor response times reveal whether an account exists.

use std::{sync::Arc, time::Instant};

use api::Services;
use async_trait::async_trait;
use chrono::Duration;
use domain::{
    accounts::{
        HashingError, HashingPermit, Password, PasswordAttempt, PasswordHash, PasswordHasher, Verdict,
    },
    environment::Randomness,
};
use reqwest::Method;
use serde_json::{Value, json};
use test_servers::{on_every_database, runs_in_full};

use crate::app::{PASSWORD, Reply, TestApp, pair};

const WRONG: &str = "Wrong-Pass1!";

/// Creates an active, a pending and a deactivated account.
async fn create_accounts(app: &TestApp) {
    app.logged_in("active@example.com").await;
    app.register("pending@example.com").await.expect(201);
    app.logged_in("deactivated@example.com").await;
    let token = pair(&app.login("deactivated@example.com").await.expect(201)).0;
    let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
    let admin = app.admin().await;
    let request = app.request(Method::POST, &format!("/admin/users/{id}/deactivate"));
    Reply::of(request.bearer_auth(admin)).await.expect(200);
}

fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// Named login bodies whose replies must look the same; the first is the reference.
fn logins() -> Vec<(&'static str, Value)> {
    vec![
        ("wrong", login("active@example.com", WRONG)),
        ("unknown", login("unknown@example.com", WRONG)),
        ("inactive", login("pending@example.com", WRONG)),
        ("deactivated", login("deactivated@example.com", WRONG)),
        ("over-long", login("active@example.com", &WRONG.repeat(10))),
        ("over-long and unknown", login("unknown@example.com", &WRONG.repeat(10))),
    ]
}

/// Named bodies of requests for emails whose replies must look the same; the first is the reference.
fn email_requests() -> Vec<(&'static str, Value)> {
    ["active", "unknown", "pending", "deactivated"]
        .map(|name| (name, json!({"email": format!("{name}@example.com")})))
        .to_vec()
}

/// The status, the sorted headers and the body of a reply, without the request id and the date.
fn visible(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
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

/// The probability that a value of the second list exceeds one of the first: 0.5 if the lists are indistinguishable.
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

/// For each class but the first, the area under the curve of its response times against those of the first. Sends `each`
/// requests per class, in random order.
async fn measure(
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
    let area = |class: usize| (classes[class].0, area_under_curve(&times[0], &times[class]));
    (1..classes.len()).map(area).collect()
}

/// Whether tests that compare response times run.
fn compares_times() -> bool {
    runs_in_full("comparisons of response times (privacy)")
}

/// Measures up to five times, because load on the machine can distort a single measurement; fails if each time an area is
/// not as expected.
async fn expect_areas(
    app: &TestApp,
    path: &str,
    classes: &[(&'static str, Value)],
    each: usize,
    is_expected: impl Fn(f64) -> bool,
) {
    let mut measured = Vec::new();
    for _ in 0..5 {
        let areas = measure(app, path, classes, each).await;
        if areas.iter().all(|(_, area)| is_expected(*area)) {
            return;
        }
        measured.push(areas);
    }
    panic!("{path}: {measured:?}");
}

/// Checks that the response times of a thousand requests of each class are indistinguishable.
async fn check_response_times(app: &TestApp, path: &str, classes: &[(&'static str, Value)]) {
    expect_areas(app, path, classes, 1_000, |area| (0.45..=0.55).contains(&area)).await;
}

/// A hasher that skips the work if there is no hash to verify.
struct SkippingHasher(Arc<dyn PasswordHasher>);
struct SkippingPermit(Box<dyn HashingPermit>);

#[async_trait]
impl PasswordHasher for SkippingHasher {
    async fn acquire(&self) -> Result<Box<dyn HashingPermit>, HashingError> {
        Ok(Box::new(SkippingPermit(self.0.acquire().await?)))
    }
}

#[async_trait]
impl HashingPermit for SkippingPermit {
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

fn skip_hashing(services: &mut Services) {
    services.accounts.hasher = Arc::new(SkippingHasher(services.accounts.hasher.clone()));
}

on_every_database! {
    async fn replies_do_not_reveal_whether_an_account_exists(url: String) {
        let app = TestApp::start(url).await;
        create_accounts(&app).await;
        let email_paths = ["/accounts/activate/resend", "/accounts/password-reset/request"];
        let all = email_paths.map(|path| (path, email_requests()));
        for (path, classes) in [("/accounts/login", logins())].into_iter().chain(all) {
            let first = visible(&app.post(path, classes[0].1.clone()).await);
            for (name, body) in &classes[1..] {
                assert_eq!(visible(&app.post(path, body.clone()).await), first, "{path}: {name}");
            }
        }
        // Only the right password reveals the state of the account.
        let active = app.post("/accounts/login", login("active@example.com", PASSWORD)).await;
        let pending = app.post("/accounts/login", login("pending@example.com", PASSWORD)).await;
        assert_eq!((active.status, pending.status), (201, 403));
        app.stop().await;
    }

    async fn replies_to_registrations_do_not_reveal_hidden_accounts(url: String) {
        let app = TestApp::start(url.clone()).await;
        create_accounts(&app).await;
        app.stop().await;
        let app = TestApp::start_with(url, &[("HIDE_ACCOUNTS", "true")]).await;
        app.later(Duration::minutes(2));
        let register = |name: &str| login(&format!("{name}@example.com"), PASSWORD);
        let first = visible(&app.post("/accounts/register", register("new")).await.expect(202));
        for name in ["new", "active", "active", "pending", "deactivated"] {
            assert_eq!(visible(&app.post("/accounts/register", register(name)).await), first, "{name}");
        }
        app.stop().await;
    }

    async fn rate_limits_do_not_reveal_whether_an_account_exists(url: String) {
        let app = TestApp::start_with(url.clone(), &[]).await;
        create_accounts(&app).await;
        app.stop().await;
        let app = TestApp::start_with(url, &[("RATE_LIMIT", "on"), ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "2/1h")]).await;
        let mut all = Vec::new();
        for (name, body) in logins().into_iter().take(4) {
            let mut replies = Vec::new();
            for _ in 0..4 {
                let (status, mut headers, body) = visible(&app.post("/accounts/login", body.clone()).await);
                headers.retain(|(name, _)| name != "retry-after");
                replies.push((status, headers, body));
            }
            let statuses: Vec<_> = replies.iter().map(|(status, ..)| *status).collect();
            assert_eq!(statuses, [401, 401, 429, 429], "{name}");
            all.push(replies);
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:#?}");
        app.stop().await;
    }

    async fn the_response_time_of_a_login_does_not_reveal_whether_an_account_exists(url: String) {
        if !compares_times() {
            return;
        }
        // Reading a row takes some microseconds more than reading none. They are negligible beside a hash of a usual
        // cost, but measurable beside one of the minimum cost in a build without optimisation.
        let app = TestApp::start_with(url, &[("BCRYPT_COST", "7")]).await;
        create_accounts(&app).await;
        check_response_times(&app, "/accounts/login", &logins()[..5]).await;
        app.stop().await;
    }

    async fn the_response_time_of_a_request_for_an_email_does_not_reveal_whether_an_account_exists(url: String) {
        if !compares_times() {
            return;
        }
        let app = TestApp::start(url).await;
        create_accounts(&app).await;
        check_response_times(&app, "/accounts/password-reset/request", &email_requests()).await;
        app.stop().await;
    }

    async fn the_response_time_of_a_wrong_token_does_not_reveal_whether_an_account_exists(url: String) {
        if !compares_times() {
            return;
        }
        let app = TestApp::start(url).await;
        create_accounts(&app).await;
        app.post("/accounts/password-reset/request", json!({"email": "active@example.com"})).await.expect(200);
        app.mailed_token("active@example.com", "Password Reset Request", 1).await;
        let classes: Vec<_> = email_requests()
            .into_iter()
            .map(|(name, mut body)| {
                body["token"] = json!("Vb6sE5v3c0m9b1pV0b8x0S3n3b9G1X2s9rJ6m2q4w8E");
                body["password"] = json!(PASSWORD);
                (name, body)
            })
            .collect();
        check_response_times(&app, "/accounts/reset-password/complete", &classes).await;
        app.stop().await;
    }

    async fn skipping_the_hash_for_unknown_accounts_is_detected(url: String) {
        if !compares_times() {
            return;
        }
        // A hash of this cost takes longer than most delays of a busy machine.
        let app = TestApp::start_changed(url, &[("BCRYPT_COST", "9")], skip_hashing).await;
        create_accounts(&app).await;
        // The reply to an unknown email address is faster than that to a wrong password.
        expect_areas(&app, "/accounts/login", &logins()[..2], 100, |area| area < 0.05).await;
        app.stop().await;
    }
}
