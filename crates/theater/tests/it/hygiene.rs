//! HTTP behaviour of every endpoint: security headers, CORS, compression and timeouts.

use std::{
    io::Read,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use api::Behaviour;
use async_trait::async_trait;
use domain::objects::{ObjectError, ObjectStore};
use reqwest::Method;
use serde_json::json;
use test_servers::TestDatabase;

use crate::app::{Reply, TestApp};

const OURS: &str = "https://cinema.example.com";

async fn app(more: &[(&str, &str)]) -> (TestApp, TestDatabase) {
    let database = TestDatabase::sqlite();
    (TestApp::start_with(database.url.clone(), more).await, database)
}

/// Gets a path without adding the API prefix; returns the reply and its raw body.
async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> (Reply, Vec<u8>) {
    let request = app.client.get(format!("{}{path}", app.base));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let reply = request.send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    let bytes = reply.bytes().await.unwrap().to_vec();
    (Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }, bytes)
}

#[tokio::test]
async fn every_reply_has_security_headers() {
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
        let csp = reply.header("content-security-policy");
        assert!(csp.contains(policy) && csp.contains("default-src 'none'"), "{path}: {csp}");
        assert!(!csp.contains("script-src 'unsafe"), "{path}: {csp}");
    }
}

#[tokio::test]
async fn without_https_no_reply_requires_strict_transport_security() {
    let (app, _database) = app(&[]).await;
    assert_eq!(get(&app, "/health/live", &[]).await.0.header("strict-transport-security"), "");
}

#[tokio::test]
async fn cors_permits_only_the_configured_origins() {
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
    // A permitted origin can read error replies.
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
async fn without_configured_origins_cors_permits_none() {
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
async fn a_compressed_reply_has_the_same_content_and_its_own_etag() {
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
        // Twice: the second reply may come from the cache.
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
async fn small_replies_and_replies_with_no_store_are_never_compressed() {
    let (app, _database) = app(&[]).await;
    let (small, _) = get(&app, "/health/live", &[("accept-encoding", "gzip")]).await;
    assert_eq!(small.header("content-encoding"), "");
    app.logged_in("ann@example.com").await;
    let body = json!({"email": "ann@example.com", "password": crate::app::PASSWORD});
    let request = app.request(Method::POST, "/accounts/login").header("accept-encoding", "gzip").json(&body);
    let tokens = Reply::of(request).await.expect(201);
    assert_eq!((tokens.header("content-encoding"), tokens.header("cache-control")), ("", "no-store"));
}

/// An object store that never responds.
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
async fn a_timeout_returns_503_with_all_headers() {
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
    // Other requests are not affected.
    assert_eq!(get(&app, "/health/live", &[]).await.0.status, 200);
}

#[tokio::test]
async fn a_stopping_service_is_not_ready_closes_connections_and_still_responds() {
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
