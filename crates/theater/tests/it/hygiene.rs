//! What HTTP itself asks of a service: headers for browsers, who may call from where, smaller replies, and deadlines.

use std::{
    io::Read,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use api::Behaviour;
use async_trait::async_trait;
use domain::ports::{ObjectError, ObjectStore};
use reqwest::Method;
use serde_json::json;
use test_support::TestDatabase;

use crate::app::{Reply, TestApp};

const OURS: &str = "https://cinema.example.com";

async fn app(more: &[(&str, &str)]) -> (TestApp, TestDatabase) {
    let database = TestDatabase::sqlite();
    (TestApp::start_with(database.url.clone(), more).await, database)
}

/// A GET of a path as it stands.
async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> (Reply, Vec<u8>) {
    let request = app.client.get(format!("{}{path}", app.base));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let reply = request.send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    let bytes = reply.bytes().await.unwrap().to_vec();
    (Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }, bytes)
}

#[tokio::test]
async fn every_reply_tells_browsers_to_do_nothing_with_it_that_it_is_not_for() {
    let (app, _database) = app(&[("PUBLIC_URL", OURS)]).await;
    let nothing = "default-src 'none'; frame-ancestors 'none'";
    let table = [
        ("/api/v1/theater/movies", 200, nothing),
        ("/api/v1/theater/movies/999", 404, nothing),
        ("/api/v1/accounts/me", 401, nothing),
        ("/api/v1/nowhere", 404, nothing),
        ("/health/live", 200, nothing),
        ("/openapi.json", 200, nothing),
        ("/docs/", 200, "script-src 'self'"),
        ("/activate?email=a%40example.com&token=x", 200, "style-src 'sha256-"),
        ("/dev/mailbox", 200, "style-src 'sha256-"),
    ];
    for (path, status, policy) in table {
        let (reply, _) = get(&app, path, &[]).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000", "{path}");
        let told = reply.header("content-security-policy");
        assert!(told.contains(policy) && told.contains("default-src 'none'"), "{path}: {told}");
        assert!(!told.contains("script-src 'unsafe"), "{path}: {told}");
    }
}

#[tokio::test]
async fn who_is_not_reached_by_https_does_not_bind_browsers_to_it() {
    let (app, _database) = app(&[]).await;
    assert_eq!(get(&app, "/health/live", &[]).await.0.header("strict-transport-security"), "");
}

#[tokio::test]
async fn pages_of_named_origins_may_call_and_no_others() {
    let (app, _database) = app(&[("CORS_ALLOWED_ORIGINS", OURS)]).await;
    let path = "/api/v1/theater/movies";
    for (origin, allowed) in
        [(OURS, OURS), ("https://evil.example", ""), ("null", ""), ("http://cinema.example.com", "")]
    {
        let (reply, _) = get(&app, path, &[("origin", origin)]).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, allowed), "{origin}");
        assert_eq!(reply.header("access-control-allow-credentials"), "", "{origin}");
    }
    let (reply, _) = get(&app, path, &[("origin", OURS)]).await;
    for header in ["etag", "location", "retry-after", "x-request-id"] {
        assert!(reply.header("access-control-expose-headers").contains(header), "{header}");
    }
    // Whoever may call may read why it was refused.
    for (path, status) in [
        ("/api/v1/accounts/me", 401),
        ("/api/v1/theater/movies/999", 404),
        ("/api/v1/theater/movies?page=0", 422),
        ("/api/v1/nowhere", 404),
    ] {
        let (reply, _) = get(&app, path, &[("origin", OURS)]).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (status, OURS), "{path}");
        assert!(reply.header("vary").to_lowercase().contains("origin"), "{path}: {reply:?}");
    }
    let preflight = async |origin: &str, method: &str, headers: &str| {
        let request = app.client.request(Method::OPTIONS, format!("{}{path}", app.base));
        let request = request.header("origin", origin).header("access-control-request-method", method);
        Reply::of(request.header("access-control-request-headers", headers)).await
    };
    let good = preflight(OURS, "PATCH", "authorization, content-type, if-match").await.expect(200);
    assert_eq!(good.header("access-control-allow-origin"), OURS);
    assert_eq!(good.header("access-control-max-age"), "3600");
    assert_eq!(good.header("x-request-id").len(), 32);
    for (origin, method, headers, detail) in [
        ("https://evil.example", "PATCH", "authorization", "Origin is not allowed to make this request."),
        (OURS, "TRACE", "authorization", "Requested method is not allowed."),
        (OURS, "PATCH", "x-anything", "One or more request headers are not allowed."),
    ] {
        let refused = preflight(origin, method, headers).await.expect_problem(400, detail);
        assert_eq!(refused.json()["code"], "cors_refused");
        assert_eq!(refused.header("access-control-allow-origin"), "", "{origin} {method} {headers}");
    }
}

#[tokio::test]
async fn without_named_origins_no_page_of_another_may_call() {
    let (app, _database) = app(&[]).await;
    let (reply, _) = get(&app, "/api/v1/theater/movies", &[("origin", OURS)]).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, ""));
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_compressed_reply_says_the_same_under_a_validator_of_its_own() {
    for cache in ["0", "32"] {
        let (app, _database) = app(&[("CATALOGUE_CACHE_SIZE", cache)]).await;
        let admin = app.admin().await;
        let body = json!({
            "name": "Long", "date": "2020-01-01", "score": 50.0, "overview": "Long. ".repeat(300),
            "status": "Released", "budget": 1, "revenue": 1, "country": "FR", "genres": [], "actors": [], "languages": [],
        });
        let movie = app.send_as(&admin, Method::POST, "/theater/movies", body).await.expect(201).json();
        let path = format!("/api/v1/theater/movies/{}", movie["id"]);
        let gzip = ("accept-encoding", "gzip, br");
        // Twice: the second one may come from memory.
        for _ in 0..2 {
            let (plain, _) = get(&app, &path, &[]).await;
            let (packed, bytes) = get(&app, &path, &[gzip]).await;
            assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
            assert!(bytes.len() < plain.text.len() / 4, "{} of {}", bytes.len(), plain.text.len());
            assert_eq!(unpacked(&bytes), plain.text);
            for reply in [&plain, &packed] {
                assert!(reply.header("vary").contains("accept-encoding"), "{reply:?}");
            }
            let (plain, packed) = (plain.header("etag").to_owned(), packed.header("etag").to_owned());
            assert_ne!(plain, packed);
            for known in [&plain, &packed] {
                for headers in [&[("if-none-match", known.as_str())][..], &[("if-none-match", known), gzip]] {
                    let (unchanged, _) = get(&app, &path, headers).await;
                    assert_eq!((unchanged.status, unchanged.header("etag")), (304, known.as_str()));
                }
            }
        }
        let (packed, _) = get(&app, &path, &[gzip]).await;
        let edit = |etag: String| {
            let path = path.trim_start_matches("/api/v1").to_owned();
            let request = app.request(Method::PATCH, &path).bearer_auth(&admin).header("if-match", etag);
            Reply::of(request.json(&json!({"score": 51.0})))
        };
        let etag = packed.header("etag").to_owned();
        edit(etag.clone()).await.expect(200);
        edit(etag).await.expect(412);
    }
}

#[tokio::test]
async fn what_is_small_or_must_not_be_kept_is_never_compressed() {
    let (app, _database) = app(&[]).await;
    let (small, _) = get(&app, "/health/live", &[("accept-encoding", "gzip")]).await;
    assert_eq!(small.header("content-encoding"), "");
    app.logged_in("ann@example.com").await;
    let body = json!({"email": "ann@example.com", "password": crate::app::PASSWORD});
    let request = app.request(Method::POST, "/accounts/login").header("accept-encoding", "gzip").json(&body);
    let tokens = Reply::of(request).await.expect(201);
    assert_eq!((tokens.header("content-encoding"), tokens.header("cache-control")), ("", "no-store"));
}

/// Answers nobody.
#[derive(Debug)]
struct Stalled;

#[async_trait]
impl ObjectStore for Stalled {
    async fn put(&self, _: &str, _: &str, _: &[u8]) -> Result<(), ObjectError> {
        std::future::pending().await
    }

    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        std::future::pending().await
    }

    async fn exists(&self, _: &str) -> Result<bool, ObjectError> {
        std::future::pending().await
    }

    async fn delete(&self, _: &str) -> Result<(), ObjectError> {
        std::future::pending().await
    }

    async fn url(&self, _: &str) -> Result<String, ObjectError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn who_waits_too_long_is_told_so_and_loses_no_header() {
    let database = TestDatabase::sqlite();
    let hasty = Behaviour { read_timeout: Duration::from_millis(200), ..Behaviour::default() };
    let stall = |services: &mut api::Services| services.media = Some(Arc::new(Stalled));
    let origins = [("CORS_ALLOWED_ORIGINS", OURS)];
    let app = TestApp::start_behaving(database.url.clone(), &origins, stall, hasty).await;
    let headers = [("x-request-id", "mine"), ("origin", OURS)];
    let (reply, _) = get(&app, "/media/ab/cd.jpg", &headers).await;
    assert_eq!(reply.header("access-control-allow-origin"), OURS);
    let reply = reply.expect_problem(503, "It took too long to answer. Please try again.");
    assert_eq!((reply.header("retry-after"), reply.header("x-request-id")), ("1", "mine"));
    assert_eq!(reply.json()["instance"], "/media/ab/cd.jpg");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    // Whoever waits for nothing is answered as ever.
    assert_eq!(get(&app, "/health/live", &[]).await.0.status, 200);
}

#[tokio::test]
async fn a_service_that_is_about_to_stop_is_not_ready_and_sends_callers_elsewhere_and_still_answers() {
    let database = TestDatabase::sqlite();
    let behaviour = Behaviour::default();
    let stopping = behaviour.stopping.clone();
    let app = TestApp::start_behaving(database.url.clone(), &[], |_| {}, behaviour).await;
    let (ready, _) = get(&app, "/health/ready", &[]).await;
    assert_eq!((ready.status, ready.header("connection")), (200, ""));
    stopping.store(true, Ordering::Relaxed);
    let (ready, _) = get(&app, "/health/ready", &[]).await;
    assert_eq!((ready.status, ready.json()["status"].as_str()), (503, Some("stopping")));
    assert_eq!((ready.header("retry-after"), ready.header("connection")), ("2", "close"));
    for path in ["/health/live", "/api/v1/theater/movies"] {
        let (reply, _) = get(&app, path, &[]).await;
        assert_eq!((reply.status, reply.header("connection")), (200, "close"), "{path}");
    }
}
