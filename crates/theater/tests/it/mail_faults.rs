//! Mail servers that fail, and a real one.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use test_support::{MailDev, SmtpBehaviour, SmtpServer, eventually, on_every_database, within};

use crate::app::TestApp;

async fn app_with(url: String, smtp_url: &str) -> TestApp {
    TestApp::start_with(url, &[("SMTP_URL", smtp_url)]).await
}

/// To whom letters came, in the order of their addresses.
fn recipients(server: &SmtpServer) -> Vec<String> {
    let mut all: Vec<_> = server.mails().into_iter().flat_map(|mail| mail.to).collect();
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

/// People register while the server behaves like this, and get their letters once it is well again.
async fn survives(url: String, behaviour: SmtpBehaviour) {
    let server = SmtpServer::start(behaviour).await;
    let app = app_with(url, &server.url()).await;
    let started = Instant::now();
    let registered = register(&app, (0..5).map(|number| format!("user{number}"))).await;
    assert!(started.elapsed() < Duration::from_secs(5), "nobody waits for the mail server");
    eventually("the worker has tried", || async { server.connections() > 0 }).await;
    server.behave(SmtpBehaviour::Accept);
    eventually("the letters come", || async { recipients(&server).len() >= 5 }).await;
    assert_eq!(recipients(&server), registered);
    app.stop().await;
}

on_every_database! {
    async fn a_server_that_asks_to_come_back_later_gets_its_letters_later(url: String) {
        survives(url, SmtpBehaviour::Busy).await;
    }

    async fn a_server_that_hangs_up_gets_its_letters_later(url: String) {
        survives(url, SmtpBehaviour::HangUp).await;
    }

    async fn a_server_that_says_nothing_gets_its_letters_later(url: String) {
        survives(url, SmtpBehaviour::Silent).await;
    }

    async fn a_server_that_refuses_connections_gets_its_letters_once_it_takes_them(url: String) {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let app = app_with(url, &format!("smtp://{address}")).await;
        let registered = register(&app, (0..5).map(|number| format!("user{number}"))).await;
        let server = SmtpServer::start_at(address).await;
        eventually("the letters come", || async { server.mails().len() >= 5 }).await;
        assert_eq!(recipients(&server), registered);
        app.stop().await;
    }

    async fn a_recipient_who_is_refused_delays_nobody_and_is_kept_for_the_operator(url: String) {
        let server = SmtpServer::start(SmtpBehaviour::RefuseSome).await;
        let app = app_with(url, &server.url()).await;
        register(&app, (0..3).map(|number| format!("refused{number}"))).await;
        let good = register(&app, (0..20).map(|number| format!("user{number:02}"))).await;
        eventually("the good letters come", || async { recipients(&server).len() >= 20 }).await;
        assert_eq!(recipients(&server), good);
        let queue = app.wired.queue().await.unwrap();
        eventually("the bad ones are given up", || async { queue.dead().await.unwrap().len() == 3 }).await;
        let dead = queue.dead().await.unwrap();
        assert!(dead.iter().all(|job| job.reason.contains("550")), "{dead:?}");
        server.behave(SmtpBehaviour::Accept);
        assert_eq!(queue.revive(None).await.unwrap(), 3);
        eventually("the revived ones come", || async { recipients(&server).len() == 23 }).await;
        app.stop().await;
    }

    async fn a_slow_server_gets_a_thousand_letters_in_two_minutes_and_each_once(url: String) {
        // Six answers of 20 ms a letter: one after the other they would take two minutes.
        let server = SmtpServer::start(SmtpBehaviour::Slow(Duration::from_millis(20))).await;
        let app = app_with(url, &server.url()).await;
        let registered = register(&app, (0..1_000).map(|number| format!("user{number:04}"))).await;
        within(Duration::from_mins(2), "the letters come", || async { server.mails().len() >= 1_000 }).await;
        assert_eq!(recipients(&server), registered);
        app.stop().await;
    }

    async fn a_real_server_gets_a_letter_that_can_be_followed(url: String) {
        for over_tls in [false, true] {
            let Some(server) = MailDev::start(over_tls).await else { return };
            let variables =
                [("SMTP_URL", server.smtp_url.as_str()), ("SMTP_CA_FILE", server.authority_file.as_str())];
            let app = TestApp::start_with(url.clone(), &variables).await;
            let email = format!("ann{}@example.com", u8::from(over_tls));
            app.register(&email).await.expect(201);
            let letters = async || {
                let page = app.client.get(&server.emails_url).send().await.unwrap();
                page.json::<Vec<serde_json::Value>>().await.unwrap()
            };
            eventually("the letter comes", || async { !letters().await.is_empty() }).await;
            let letter = letters().await.remove(0);
            assert_eq!(letter["subject"], "Account Activation");
            assert_eq!(letter["to"][0]["address"], email.as_str());
            assert_eq!(letter["headers"]["auto-submitted"], "auto-generated");
            assert!(letter["html"].as_str().unwrap().contains("<a id=\"link\""));
            let text = letter["text"].as_str().unwrap();
            let token = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
            app.activate(&email, token).await.expect(200);
            eventually("the owner is told", || async {
                letters().await.iter().any(|letter| letter["subject"] == "Account Activated Successfully")
            })
            .await;
            app.stop().await;
        }
    }
}
