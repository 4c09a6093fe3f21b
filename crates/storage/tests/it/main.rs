//! Tests of the object stores, which all behave the same, and of picture processing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod memory;
mod pictures;

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, Utc};
use domain::{health::HealthProbe, objects::ObjectStore};
use storage::{FolderStore, S3Settings, S3Store};
use test_fakes::ManualClock;
use test_servers::{S3_ACCESS_KEY, S3_SECRET_KEY, S3Behaviour, S3Server, SeaweedFs, eventually, size};

fn settings(endpoint: &str) -> S3Settings {
    S3Settings {
        endpoint: endpoint.to_owned(),
        region: "us-east-1".to_owned(),
        bucket: "theater".to_owned(),
        access_key_id: S3_ACCESS_KEY.to_owned(),
        secret_access_key: S3_SECRET_KEY.into(),
        public_url: None,
    }
}

/// The time for which a signed URL is unchanged, in seconds.
const WINDOW: i64 = 30 * 60;

/// A clock at the start of the current [`WINDOW`].
fn clock() -> Arc<ManualClock> {
    #[expect(clippy::disallowed_methods, reason = "servers check signatures by the real time")]
    let now = DateTime::<Utc>::from(SystemTime::now()).timestamp();
    Arc::new(ManualClock::at(DateTime::from_timestamp(now - now % WINDOW, 0).unwrap()))
}

fn store_over(settings: S3Settings) -> S3Store {
    S3Store::new(settings, clock()).unwrap()
}

/// Checks the behaviour that all stores share.
async fn check_store(store: &dyn ObjectStore) {
    let (name, other) = ("avatars/0a/512.jpg", "avatars/0a/128.jpg");
    assert!(!store.exists(name).await.unwrap());
    assert_eq!(store.get(name).await.unwrap(), None);
    store.delete(name).await.unwrap();
    store.put(name, "image/jpeg", b"one").await.unwrap();
    store.put(other, "image/jpeg", &[0, 255, 13, 10]).await.unwrap();
    assert!(store.exists(name).await.unwrap());
    assert_eq!(store.get(name).await.unwrap().unwrap(), b"one");
    assert_eq!(store.get(other).await.unwrap().unwrap(), [0, 255, 13, 10]);
    store.put(name, "image/jpeg", b"").await.unwrap();
    assert_eq!(store.get(name).await.unwrap().unwrap(), b"");
    store.delete(name).await.unwrap();
    store.delete(name).await.unwrap();
    assert!(!store.exists(name).await.unwrap() && store.exists(other).await.unwrap());
    for wrong in ["../secret", "/etc/passwd", "", "a//b"] {
        assert!(store.put(wrong, "image/jpeg", b"x").await.is_err(), "{wrong}");
        assert!(store.get(wrong).await.is_err() && store.url(wrong).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_folder_store_works_and_removes_empty_folders() {
    let folder = tempfile::tempdir().unwrap();
    let objects = folder.path().join("objects");
    let store = FolderStore::new(objects.clone(), "https://cinema.example.com/media".to_owned());
    check_store(&store).await;
    store.delete("avatars/0a/128.jpg").await.unwrap();
    assert_eq!(std::fs::read_dir(objects.join("avatars")).unwrap().count(), 0);
    let url = store.url("avatars/0a/128.jpg").await.unwrap();
    assert_eq!(url, "https://cinema.example.com/media/avatars/0a/128.jpg");
}

#[tokio::test]
async fn a_missing_bucket_is_created_and_the_s3_store_works() {
    let server = S3Server::start().await;
    let store = store_over(settings(&server.url()));
    store.ensure_bucket().await.unwrap();
    store.ensure_bucket().await.unwrap();
    store.check().await.unwrap();
    check_store(&store).await;
}

#[tokio::test]
async fn a_bucket_that_was_missing_at_start_is_created_by_the_first_upload() {
    let server = S3Server::start().await;
    let store = store_over(settings(&server.url()));
    server.behave(S3Behaviour::Answer(503));
    assert!(store.ensure_bucket().await.is_err());
    server.behave(S3Behaviour::Serve);
    store.put("avatars/0a/512.jpg", "image/jpeg", b"one").await.unwrap();
    assert_eq!(server.objects("theater"), ["avatars/0a/512.jpg"]);
}

#[tokio::test]
async fn a_health_check_creates_a_missing_bucket() {
    let server = S3Server::start().await;
    let store = store_over(settings(&server.url()));
    store.check().await.unwrap();
    assert_eq!(store.get("avatars/0a/512.jpg").await.unwrap(), None);
}

#[tokio::test]
async fn a_signed_url_is_unchanged_for_half_an_hour_and_valid_for_at_least_an_hour_and_a_half() {
    let server = S3Server::start().await;
    let clock = clock();
    let store = S3Store::new(settings(&server.url()), clock.clone()).unwrap();
    store.put("avatars/0a/512.jpg", "image/jpeg", b"one").await.unwrap();
    let first = store.url("avatars/0a/512.jpg").await.unwrap();
    clock.advance(chrono::Duration::seconds(WINDOW - 1));
    assert_eq!(store.url("avatars/0a/512.jpg").await.unwrap(), first);
    assert_eq!(reqwest::get(&first).await.unwrap().status().as_u16(), 200);
    // Two hours from the start of the window, so one and a half from its end.
    assert!(first.contains("X-Amz-Expires=7200"), "{first}");
    clock.advance(chrono::Duration::seconds(1));
    assert_ne!(store.url("avatars/0a/512.jpg").await.unwrap(), first);
}

#[tokio::test]
async fn a_signed_url_needs_no_credentials_and_a_changed_one_is_rejected() {
    let server = S3Server::start().await;
    let store = store_over(settings(&server.url()));
    store.ensure_bucket().await.unwrap();
    store.put("avatars/0a/512.jpg", "image/jpeg", b"one").await.unwrap();
    let url = store.url("avatars/0a/512.jpg").await.unwrap();
    let reply = reqwest::get(&url).await.unwrap();
    assert_eq!(reply.status().as_u16(), 200);
    assert_eq!(reply.headers()["content-type"], "image/jpeg");
    assert_eq!(reply.bytes().await.unwrap().as_ref(), b"one");
    let other = url.replace("512.jpg", "128.jpg");
    assert_eq!(reqwest::get(&other).await.unwrap().status().as_u16(), 403);
    let public = S3Settings { public_url: Some("https://cdn.example.com".into()), ..settings(&server.url()) };
    let url = store_over(public).url("avatars/0a/512.jpg").await.unwrap();
    assert_eq!(url, "https://cdn.example.com/avatars/0a/512.jpg");
}

#[tokio::test]
async fn the_s3_store_works_with_a_real_server_that_verifies_signatures() {
    let Some(server) = SeaweedFs::start().await else { return };
    let store = store_over(settings(&server.url));
    // The server responds before it can store anything.
    eventually("the bucket is created", || async { store.ensure_bucket().await.is_ok() }).await;
    eventually("it stores objects", || async { store.put("first", "image/jpeg", b"x").await.is_ok() }).await;
    store.check().await.unwrap();
    check_store(&store).await;
    let url = store.url("avatars/0a/128.jpg").await.unwrap();
    let reply = reqwest::get(&url).await.unwrap();
    assert_eq!(reply.status().as_u16(), 200);
    assert_eq!(reply.headers()["content-type"], "image/jpeg");
    assert!(reply.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let unsigned = url.split('?').next().unwrap();
    assert_eq!(reqwest::get(unsigned).await.unwrap().status().as_u16(), 403);
    let wrong = S3Settings { secret_access_key: "hidden".into(), ..settings(&server.url) };
    let error = store_over(wrong).put("a", "image/jpeg", b"x").await.unwrap_err().to_string();
    assert!(error.contains("the access key is refused"), "{error}");
    let other = S3Settings { bucket: "elsewhere".to_owned(), ..settings(&server.url) };
    assert!(!store_over(other).exists("a").await.unwrap_or(false));
}

#[tokio::test]
async fn a_wrong_secret_is_reported_without_repeating_it() {
    let server = S3Server::start().await;
    let wrong = S3Settings { secret_access_key: "hidden".into(), ..settings(&server.url()) };
    let store = store_over(wrong);
    let error = store.ensure_bucket().await.unwrap_err().to_string();
    assert!(error.contains("the access key is refused") && !error.contains("hidden"), "{error}");
    assert!(store.put("a", "image/jpeg", b"x").await.is_err());
}

#[tokio::test]
async fn a_failure_of_the_server_is_reported_within_five_seconds() {
    let server = S3Server::start().await;
    let store = store_over(settings(&server.url()));
    store.ensure_bucket().await.unwrap();
    // The last one takes ten seconds.
    let all =
        [S3Behaviour::Answer(403), S3Behaviour::Answer(500), S3Behaviour::Answer(503), S3Behaviour::Stall];
    for behaviour in &all[..size(3, 4)] {
        server.behave(*behaviour);
        let started = Instant::now();
        assert!(store.put("a", "image/jpeg", b"x").await.is_err(), "{behaviour:?}");
        // Five more seconds for a machine that is busy with other tests.
        assert!(started.elapsed() < Duration::from_secs(10), "{behaviour:?}: {:?}", started.elapsed());
        assert!(store.check().await.is_err(), "{behaviour:?}");
    }
    server.behave(S3Behaviour::Serve);
    store.put("a", "image/jpeg", b"x").await.unwrap();
    let nowhere = store_over(settings("http://127.0.0.1:1"));
    assert!(nowhere.put("a", "image/jpeg", b"x").await.is_err());
}
