//! `docker/backup.sh`: takes a backup and restores it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use reqwest::Method;
use serde_json::json;
use test_servers::TestDatabase;

use crate::app::{PASSWORD, TestApp};

fn script(action: &str, url: &str, file: &Path) -> Output {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docker/backup.sh");
    let mut command = Command::new("sh");
    // The client tools are beside the server's executables, which may not be in PATH.
    let path = format!("{}:{}", tools().display(), std::env::var("PATH").unwrap());
    command.arg(script).arg(action).arg(file).env("DATABASE_URL", url).env("PATH", path).output().unwrap()
}

/// The folder of the newest PostgreSQL tools on a Debian machine.
fn tools() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).max().unwrap_or_default()
}

/// The movie list, the profile of an account, and the login status of an unknown account.
async fn seen(app: &TestApp) -> (String, String, u16) {
    let movies = app.get("/theater/movies?q=restored").await.expect(200).text;
    let own = app.login("ann@example.com").await.expect(201).json();
    let profile = app.get_as(own["access_token"].as_str().unwrap(), "/profiles/me").await.expect(200).text;
    let unknown = app.login("unknown@example.com").await.status;
    (movies, profile, unknown)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_completely_and_only_into_an_empty_database() {
    test_servers::run(TestDatabase::postgres().await, |from| async {
        test_servers::run(TestDatabase::postgres().await, |to| back_up_and_restore(from, to)).await;
    })
    .await;
}

async fn back_up_and_restore(from: String, to: String) {
    let app = TestApp::start(from.clone()).await;
    let (token, _) = app.logged_in("ann@example.com").await;
    let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
    let form = reqwest::multipart::Form::new().text("first_name", "Ann");
    let request = app.request(Method::POST, &format!("/profiles/users/{id}/profile")).bearer_auth(&token);
    crate::app::Reply::of(request.multipart(form)).await.expect(201);
    let body = json!({
        "name": "To Be Restored", "date": "2020-01-01", "score": 50.0, "overview": "Lost and found.",
        "status": "Released", "budget": 1, "revenue": 1, "country": "FR",
        "genres": ["Drama"], "actors": ["Ann Lee"], "languages": ["French"],
    });
    app.send_as(&app.admin().await, Method::POST, "/theater/movies", body).await.expect(201);
    let before = seen(&app).await;

    // The backup is taken while the service runs.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("theater.dump");
    let output = script("take", &from, &file);
    assert!(output.status.success(), "{output:?}");
    assert!(file.exists() && !folder.path().join("theater.dump.partial").exists());
    let output = script("restore", &from, &file);
    assert!(!output.status.success(), "it was restored over existing data: {output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("not empty"), "{output:?}");
    app.stop().await;

    let output = script("restore", &to, &file);
    assert!(output.status.success(), "{output:?}");
    let app = TestApp::start(to).await;
    assert_eq!(seen(&app).await, before);
    assert_eq!(app.register("ann@example.com").await.status, 409);
    let body = json!({"email": "new@example.com", "password": PASSWORD});
    app.post("/accounts/register", body).await.expect(201);
    app.activation_token("new@example.com").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_fails_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("theater.dump");
    let output = script("take", "postgres://127.0.0.1:1/nowhere", &file);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && (stderr.contains("connection") || tools().as_os_str().is_empty()),
        "{stderr}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
