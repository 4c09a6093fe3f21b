//! Sending emails through failing mail servers and through a real one.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use test_servers::{
    MailDev, SmtpBehaviour, SmtpServer, eventually, on_every_database, runs_in_full, size, within,
};

use crate::app::TestApp;

async fn app_with(url: String, smtp_url: &str) -> TestApp {
    TestApp::start_with(url, &[("SMTP_URL", smtp_url)]).await
}

/// The recipients of all received emails, sorted by address.
fn recipients(server: &SmtpServer) -> Vec<String> {
    let mut all: Vec<_> = server.emails().into_iter().flat_map(|mail| mail.to).collect();
    all.sort();
    all
}

async fn register(app: &TestApp, names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for name in names {
        let email = format!("{name}@example.com");
        app.register(&email).await.expect(201);
        all.push(email);
    }
    all.sort();
    all
}

/// Registers users while the server behaves like this, and requires their emails to arrive once it accepts them.
async fn survives(url: String, behaviour: SmtpBehaviour) {
    let server = SmtpServer::start(behaviour).await;
    let app = app_with(url, &server.url()).await;
    let started = Instant::now();
    let registered = register(&app, (0..5).map(|number| format!("user{number}"))).await;
    // Sending these emails to a server that does not respond takes 50 s.
    assert!(started.elapsed() < Duration::from_secs(30), "registration waits for the mail server");
    eventually("the worker has tried to connect", || async { server.connections() > 0 }).await;
    server.behave(SmtpBehaviour::Accept);
    eventually("all emails arrive", || async { recipients(&server).len() >= 5 }).await;
    assert_eq!(recipients(&server), registered);
    app.stop().await;
}

on_every_database! {
    async fn emails_rejected_with_a_transient_error_are_sent_later(url: String) {
        survives(url, SmtpBehaviour::Busy).await;
    }

    async fn emails_are_sent_later_when_the_server_closes_the_connection(url: String) {
        if runs_in_full("retries after lost connections and timeouts of a mail server") {
            survives(url, SmtpBehaviour::HangUp).await;
        }
    }

    async fn emails_are_sent_later_when_the_server_does_not_respond(url: String) {
        if runs_in_full("retries after lost connections and timeouts of a mail server") {
            survives(url, SmtpBehaviour::Silent).await;
        }
    }

    async fn emails_are_sent_once_a_server_that_refused_connections_accepts_them(url: String) {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let app = app_with(url, &format!("smtp://{address}")).await;
        let registered = register(&app, (0..5).map(|number| format!("user{number}"))).await;
        let server = SmtpServer::start_at(address).await;
        eventually("all emails arrive", || async { server.emails().len() >= 5 }).await;
        assert_eq!(recipients(&server), registered);
        app.stop().await;
    }

    async fn an_email_to_a_refused_recipient_delays_no_other_and_becomes_a_dead_job(url: String) {
        let server = SmtpServer::start(SmtpBehaviour::RefuseSome).await;
        let app = app_with(url, &server.url()).await;
        register(&app, (0..3).map(|number| format!("refused{number}"))).await;
        let good = register(&app, (0..20).map(|number| format!("user{number:02}"))).await;
        eventually("the emails to accepted recipients arrive", || async { recipients(&server).len() >= 20 }).await;
        assert_eq!(recipients(&server), good);
        let queue = app.wired.queue().await.unwrap();
        eventually("the refused emails become dead jobs", || async { queue.dead().await.unwrap().len() == 3 }).await;
        let dead = queue.dead().await.unwrap();
        assert!(dead.iter().all(|job| job.reason.contains("550")), "{dead:?}");
        server.behave(SmtpBehaviour::Accept);
        assert_eq!(queue.revive(None).await.unwrap(), 3);
        eventually("the revived emails arrive", || async { recipients(&server).len() == 23 }).await;
        app.stop().await;
    }

    async fn a_slow_server_receives_every_email_once(url: String) {
        // Six replies of 20 ms per email: sent one after the other, a thousand emails would take two minutes.
        let server = SmtpServer::start(SmtpBehaviour::Slow(Duration::from_millis(20))).await;
        let app = app_with(url, &server.url()).await;
        let count = size(50, 1_000);
        let registered = register(&app, (0..count).map(|number| format!("user{number:04}"))).await;
        within(Duration::from_mins(2), "all emails arrive", || async { server.emails().len() >= count }).await;
        assert_eq!(recipients(&server), registered);
        app.stop().await;
    }

    async fn an_email_sent_through_a_real_server_has_a_working_activation_link(url: String) {
        for over_tls in [false, true] {
            let Some(server) = MailDev::start(over_tls).await else { return };
            let variables =
                [("SMTP_URL", server.smtp_url.as_str()), ("SMTP_CA_FILE", server.authority_file.as_str())];
            let app = TestApp::start_with(url.clone(), &variables).await;
            let email = format!("ann{}@example.com", u8::from(over_tls));
            app.register(&email).await.expect(201);
            let emails = async || {
                let page = app.client.get(&server.emails_url).send().await.unwrap();
                page.json::<Vec<serde_json::Value>>().await.unwrap()
            };
            eventually("the email arrives", || async { !emails().await.is_empty() }).await;
            let activation = emails().await.remove(0);
            assert_eq!(activation["subject"], "Account Activation");
            assert_eq!(activation["to"][0]["address"], email.as_str());
            assert_eq!(activation["headers"]["auto-submitted"], "auto-generated");
            assert!(activation["html"].as_str().unwrap().contains("<a id=\"link\""));
            let text = activation["text"].as_str().unwrap();
            let token = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
            app.activate(&email, token).await.expect(200);
            eventually("the confirmation arrives", || async {
                emails().await.iter().any(|email| email["subject"] == "Account Activated Successfully")
            })
            .await;
            app.stop().await;
        }
    }
}
