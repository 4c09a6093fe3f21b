//! The service on a free port, with an empty database and a clock that tests can advance.

use std::{collections::BTreeMap, net::TcpListener, sync::Arc};

use api::{Behaviour, ServerSettings, Services};
use chrono::Duration;
use domain::{
    accounts::{Email, Password},
    environment::Clock,
};
use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap};
use serde_json::{Value, json};
use test_servers::eventually;
use theater::{config::Config, wiring::Wired};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) const PASSWORD: &str = "StrongPass1!";

/// The system time plus a shift in seconds.
#[derive(Debug, Default)]
struct ShiftedClock(std::sync::atomic::AtomicI64);

impl Clock for ShiftedClock {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        let shift = self.0.load(std::sync::atomic::Ordering::Relaxed);
        security::SystemClock.now() + Duration::seconds(shift)
    }
}

pub(crate) struct TestApp {
    pub(crate) base: String,
    pub(crate) wired: Wired,
    pub(crate) client: Client,
    clock: Arc<ShiftedClock>,
    folder: tempfile::TempDir,
    stop: CancellationToken,
    server: actix_web::dev::ServerHandle,
    jobs: JoinSet<()>,
}

/// A reply with its whole body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        Self::read(request.send().await.unwrap()).await
    }

    /// Repeats a request that a busy machine refuses with 503 when `Retry-After` says so, like a client.
    pub(crate) async fn of_patient(request: impl Fn() -> RequestBuilder) -> Self {
        let mut reply = Self::of(request()).await;
        for _ in 0..30 {
            if reply.status != 503 {
                break;
            }
            let delay = reply.header("retry-after").parse().unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(delay)).await;
            reply = Self::of(request()).await;
        }
        reply
    }

    async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status; the failure message shows the reply.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Asserts that this is a complete problem document with this status and detail (RFC 9457).
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, detail: &str) -> Self {
        let reply = self.expect(status);
        let body = reply.json();
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(
            (body["status"].as_u64(), body["detail"].as_str()),
            (Some(status.into()), Some(detail)),
            "{body}"
        );
        for member in ["type", "title", "instance", "code", "request_id"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body}");
        }
        assert_eq!(body["request_id"], reply.header("x-request-id"));
        reply
    }

    /// The status of a dependency in a health reply.
    pub(crate) fn state_of(&self, dependency: &str) -> String {
        let body = self.json();
        let component = body["components"].as_array().unwrap().iter().find(|one| one["name"] == dependency);
        let component = component.unwrap_or_else(|| panic!("{dependency} is missing: {body}"));
        assert!(component["latency_ms"].is_u64(), "{component}");
        component["status"].as_str().unwrap().to_owned()
    }

    /// The pointer and detail of each error.
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["detail"]))).collect()
    }
}

impl TestApp {
    pub(crate) async fn start(database_url: String) -> Self {
        Self::start_with(database_url, &[]).await
    }

    pub(crate) async fn start_with(database_url: String, more: &[(&str, &str)]) -> Self {
        Self::start_changed(database_url, more, |_| {}).await
    }

    /// Starts the service with modified [`Services`].
    pub(crate) async fn start_changed(
        database_url: String,
        more: &[(&str, &str)],
        change: impl FnOnce(&mut Services),
    ) -> Self {
        Self::start_behaving(database_url, more, change, Behaviour::default()).await
    }

    /// Starts the service with modified [`Services`] and this [`Behaviour`].
    pub(crate) async fn start_behaving(
        database_url: String,
        more: &[(&str, &str)],
        change: impl FnOnce(&mut Services),
        behaviour: Behaviour,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let data = folder.path().join("data").display().to_string();
        let variables = [
            ("DATABASE_URL", database_url.as_str()),
            ("DATA_DIR", &data),
            ("PUBLIC_URL", &base),
            ("BCRYPT_COST", "4"),
            // The other processes of a busy machine have precedence over hashing.
            ("HASHING_MAX_WAIT", "60s"),
            ("DATABASE_MAX_CONNECTIONS", "8"),
            ("RATE_LIMIT", "off"),
        ];
        let variables =
            variables.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::read(BTreeMap::new(), variables.collect()).unwrap();
        let clock = Arc::new(ShiftedClock::default());
        let mut wired = Wired::with_clock(&config, clock.clone()).await.unwrap();
        change(&mut wired.services);
        wired.migrate().await.unwrap();
        let stop = CancellationToken::new();
        let jobs = wired.start_jobs(wired.queue().await.unwrap(), true, &stop);
        let settings = ServerSettings {
            workers: 2,
            shutdown_timeout: std::time::Duration::from_secs(1),
            ..config.server.settings()
        };
        let is_https = settings.behaviour.is_https;
        let settings = ServerSettings { behaviour: Behaviour { is_https, ..behaviour }, ..settings };
        let server = api::bind(listener, wired.services.clone(), settings).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        // The server closes a connection after five idle seconds; the client must drop it earlier.
        let client = Client::builder().pool_idle_timeout(std::time::Duration::from_secs(2)).build().unwrap();
        Self { base, wired, client, clock, folder, stop, server: handle, jobs }
    }

    /// The folder of the embedded storage (`DATA_DIR`).
    pub(crate) fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Stops the server and its jobs, so that the database can be dropped.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.server.stop(false).await;
        self.jobs.join_all().await;
    }

    pub(crate) fn later(&self, by: Duration) {
        self.clock.0.fetch_add(by.num_seconds(), std::sync::atomic::Ordering::Relaxed);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let prefix = if path.starts_with("/health") || !path.starts_with('/') { "" } else { "/api/v1" };
        self.client.request(method, format!("{}{prefix}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).bearer_auth(token)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn send_as(&self, token: &str, method: Method, path: &str, body: Value) -> Reply {
        Reply::of(self.request(method, path).bearer_auth(token).json(&body)).await
    }

    pub(crate) async fn register(&self, email: &str) -> Reply {
        self.post("/accounts/register", json!({"email": email, "password": PASSWORD})).await
    }

    pub(crate) async fn login(&self, email: &str) -> Reply {
        self.post("/accounts/login", json!({"email": email, "password": PASSWORD})).await
    }

    /// The texts of the emails with this subject to this email address, the newest first.
    pub(crate) async fn emails(&self, email: &str, subject: &str) -> Vec<String> {
        let mails = self.wired.services.mailbox.as_ref().unwrap().emails().await.unwrap();
        let wanted = mails.into_iter().filter(|mail| mail.to == email && mail.subject == subject);
        wanted.map(|mail| mail.text).collect()
    }

    /// The token of the newest activation email to this email address.
    pub(crate) async fn activation_token(&self, email: &str) -> String {
        self.mailed_token(email, "Account Activation", 1).await
    }

    /// Waits for `count` emails with this subject to this email address and returns the token of the newest one.
    pub(crate) async fn mailed_token(&self, email: &str, subject: &str, count: usize) -> String {
        eventually("the email arrives", || async { self.emails(email, subject).await.len() >= count }).await;
        let text = self.emails(email, subject).await.remove(0);
        let token = text.split("token=").nth(1).unwrap();
        token.split_whitespace().next().unwrap().to_owned()
    }

    pub(crate) async fn activate(&self, email: &str, token: &str) -> Reply {
        self.post("/accounts/activate", json!({"email": email, "token": token})).await
    }

    /// Registers, activates and logs in a user; returns the access and the refresh token.
    pub(crate) async fn logged_in(&self, email: &str) -> (String, String) {
        self.register(email).await.expect(201);
        let token = self.activation_token(email).await;
        self.activate(email, &token).await.expect(200);
        pair(&self.login(email).await.expect(201))
    }

    /// The access token of an administrator.
    pub(crate) async fn admin(&self) -> String {
        let email = Email::parse("admin@example.com").unwrap();
        let password = Password::parse(PASSWORD).unwrap();
        application::accounts::grant_admin(&self.wired.services.accounts, email, &password).await.unwrap();
        pair(&self.login("admin@example.com").await.expect(201)).0
    }
}

/// The access and the refresh token of a reply.
pub(crate) fn pair(reply: &Reply) -> (String, String) {
    let body = reply.json();
    let token = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned();
    (token("access_token"), token("refresh_token"))
}
