//! The token endpoint, called by a third-party OAuth 2 client.

use std::process::Command;

use test_servers::{on_every_database, skip_without};

use crate::app::{PASSWORD, TestApp};

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oauth_client.py");

on_every_database! {
    async fn an_oauth_2_client_logs_in_and_refreshes(url: String) {
        let Some(python) = std::env::var_os("OAUTH_PYTHON") else {
            return skip_without("OAUTH_PYTHON", "REQUIRE_OAUTH", "logins of an OAuth 2 client");
        };
        let app = TestApp::start(url).await;
        app.logged_in("ann@example.com").await;
        let arguments = [CLIENT, &app.base, "ann@example.com", PASSWORD].map(str::to_owned);
        let client = tokio::task::spawn_blocking(move || Command::new(python).args(arguments).output());
        let output = client.await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        app.stop().await;
    }
}
