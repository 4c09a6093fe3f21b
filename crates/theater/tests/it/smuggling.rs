//! Injection of headers, scripts and foreign links into emails.

use reqwest::Method;
use serde_json::json;
use test_servers::{SmtpBehaviour, SmtpServer, eventually, on_every_database};

use crate::app::{PASSWORD, Reply, TestApp};

const ADDRESSES: [&str; 10] = [
    "ann@example.com\r\nBcc: eve@example.com",
    "ann@example.com\nSubject: hello",
    "ann\r\n.\r\nMAIL FROM:<eve@example.com>@example.com",
    "<script>alert(1)</script>@example.com",
    "\"<script>alert(1)</script>\"@example.com",
    "ann@example.com<script>",
    "ann@example.com, eve@example.com",
    "ann@example.com;eve@example.com",
    "ann%0d%0aBcc:eve@example.com@example.com",
    "ann\u{2028}@example.com",
];

/// Fifty headers that name another host.
fn hosts() -> Vec<(&'static str, String)> {
    let names = [
        "evil.example",
        "evil.example:80",
        "evil.example:8000",
        "localhost.evil.example",
        "evil.example.",
        "127.0.0.1",
        "[::1]",
        "EVIL.EXAMPLE",
        "xn--evl-6ma.example",
        "a.b.c.d.evil.example",
    ];
    let headers = ["host", "x-forwarded-host", "x-host", "x-forwarded-server", "forwarded"];
    let all = headers.iter().flat_map(|header| names.iter().map(move |name| (*header, (*name).to_owned())));
    all.map(
        |(header, name)| {
            if header == "forwarded" { (header, format!("host={name}")) } else { (header, name) }
        },
    )
    .collect()
}

on_every_database! {
    async fn email_addresses_cannot_inject_headers_or_scripts_into_an_email(url: String) {
        let server = SmtpServer::start(SmtpBehaviour::Accept).await;
        let app = TestApp::start_with(url, &[("SMTP_URL", &server.url())]).await;
        for address in ADDRESSES {
            for path in ["/accounts/register", "/accounts/activate/resend", "/accounts/password-reset/request"] {
                let mut body = json!({"email": address});
                if path.ends_with("register") {
                    body["password"] = json!(PASSWORD);
                }
                let errors = app.post(path, body).await.expect(422).errors();
                assert_eq!(errors[0].0, "/email", "{address:?}");
            }
        }
        // Special characters of HTML in a valid email address are escaped.
        app.register("o'neil&sons+<b>@example.com").await.expect(422);
        app.register("o'neil&sons@example.com").await.expect(201);
        eventually("the email arrives", || async { server.emails().len() == 1 }).await;
        let mail = server.emails().remove(0);
        assert_eq!(mail.to, ["o'neil&sons@example.com"]);
        let headers = mail.source.split("\r\n\r\n").next().unwrap();
        let mut names: Vec<_> = headers
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        names.sort_unstable();
        let ours = [
            "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
        ];
        assert_eq!(names, ours);
        assert!(!mail.source.contains("<strong id=\"email\">o'neil"), "{}", mail.source);
        app.stop().await;
    }

    async fn links_use_the_configured_host_for_any_host_that_the_caller_sends(url: String) {
        let foreign = foreign_links(url, "https://cinema.example.com").await;
        assert_eq!(foreign, [""; 0]);
    }

    async fn links_to_another_host_are_detected(url: String) {
        assert_eq!(foreign_links(url, "https://evil.example").await.len(), 50);
    }
}

/// Registers users with fifty headers that name another host; returns the links in their emails to other hosts than ours.
async fn foreign_links(url: String, public_url: &str) -> Vec<String> {
    let app = TestApp::start_with(url, &[("PUBLIC_URL", public_url)]).await;
    let hosts = hosts();
    assert_eq!(hosts.len(), 50);
    for (number, (header, value)) in hosts.iter().enumerate() {
        let email = format!("user{number}@example.com");
        let request = app.request(Method::POST, "/accounts/register").header(*header, value);
        let reply = Reply::of(request.json(&json!({"email": email, "password": PASSWORD}))).await;
        assert_eq!(reply.status, 201, "{header}: {value}");
    }
    let mut foreign = Vec::new();
    for number in 0..hosts.len() {
        let email = format!("user{number}@example.com");
        app.activation_token(&email).await;
        let text = app.emails(&email, "Account Activation").await.remove(0);
        let links: Vec<_> = text.split_whitespace().filter(|word| word.contains("://")).collect();
        assert!(!links.is_empty(), "{text}");
        let elsewhere = links.iter().filter(|link| !link.starts_with("https://cinema.example.com/"));
        foreign.extend(elsewhere.map(|link| (*link).to_owned()));
    }
    app.stop().await;
    foreign
}
