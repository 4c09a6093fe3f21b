use chrono::Duration;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use test_servers::{SmtpBehaviour, SmtpServer, eventually, on_every_database};

use crate::app::{Reply, TestApp};

async fn page(app: &TestApp, path: &str) -> Reply {
    Reply::of(app.client.request(Method::GET, format!("{}{path}", app.base))).await
}

fn send(app: &TestApp, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
    app.client.post(format!("{}{path}", app.base)).form(form)
}

on_every_database! {
    async fn the_link_of_a_second_registration_requires_the_password_of_that_registration(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        app.activation_token("ann@example.com").await;
        app.later(Duration::minutes(1));
        app.post("/accounts/register", json!({"email": "ann@example.com", "password": "RivalPass1!"})).await.expect(201);
        let token = app.mailed_token("ann@example.com", "Account Activation", 2).await;
        let form = [("email", "ann@example.com"), ("token", &*token)];
        let prompt = Reply::of(send(&app, "/activate", &form)).await.expect(400);
        assert!(prompt.text.contains("Confirm the password you registered with.") && prompt.text.contains(&token));
        assert!(prompt.text.contains("type=\"password\""));
        app.activate("ann@example.com", &token).await.expect_problem(400, "Confirm the password you registered with.");
        let wrong = [form[0], form[1], ("password", crate::app::PASSWORD)];
        Reply::of(send(&app, "/activate", &wrong)).await.expect(400);
        let right = [form[0], form[1], ("password", "RivalPass1!")];
        Reply::of(send(&app, "/activate", &right)).await.expect(200);
        app.stop().await;
    }

    async fn a_weak_password_does_not_consume_the_reset_link(url: String) {
        let app = TestApp::start(url).await;
        app.logged_in("ann@example.com").await;
        app.post("/accounts/password-reset/request", json!({"email": "ann@example.com"})).await.expect(200);
        let token = app.mailed_token("ann@example.com", "Password Reset Request", 1).await;
        let form = [("email", "ann@example.com"), ("token", &*token), ("password", "weak")];
        let weak = Reply::of(send(&app, "/reset-password", &form)).await.expect(422);
        for text in ["Password must contain at least 8 characters.", "Password must contain at least one digit.", &token] {
            assert!(weak.text.contains(text), "{text}: {}", weak.text);
        }
        assert!(!weak.text.contains("weak\""), "the page repeats the password");
        let form = [form[0], form[1], ("password", "Corrected1!")];
        Reply::of(send(&app, "/reset-password", &form)).await.expect(200);
        app.stop().await;
    }

    async fn an_expired_link_shows_a_page_that_requests_a_new_one(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        let first = app.activation_token("ann@example.com").await;
        app.later(Duration::hours(25));
        let form = [("email", "ann@example.com"), ("token", &*first), ("password", "Corrected1!")];
        for (path, request) in [("/activate", "/activate/request"), ("/reset-password", "/reset-password/request")] {
            let expired = Reply::of(send(&app, path, &form)).await.expect(400);
            assert!(expired.text.contains(&format!("href=\"{request}\"")), "{}", expired.text);
            assert!(!expired.text.contains("/docs"), "the page links to the documentation");
            assert!(page(&app, request).await.expect(200).text.contains(&format!("action=\"{request}\"")));
            Reply::of(send(&app, request, &[("email", "no address")])).await.expect(422);
            for email in ["ann@example.com", "unknown@example.com"] {
                let sent = Reply::of(send(&app, request, &[("email", email)])).await.expect(200);
                assert!(sent.text.contains("If you are registered, you will receive an email with instructions."));
            }
        }
        let second = app.mailed_token("ann@example.com", "Account Activation", 2).await;
        assert_ne!(first, second);
        Reply::of(send(&app, "/activate", &[("email", "ann@example.com"), ("token", &*second)])).await.expect(200);
        app.stop().await;
    }

    async fn requests_for_links_from_pages_are_rate_limited(url: String) {
        let app = TestApp::start_with(url, &[("RATE_LIMIT", "on")]).await;
        let rules = app.wired.services.accounts.limits.rules.unwrap();
        let form = [("email", "ann@example.com")];
        for _ in 0..rules.mail_per_recipient.uses {
            Reply::of(send(&app, "/activate/request", &form)).await.expect(200);
        }
        let refused = Reply::of(send(&app, "/activate/request", &form)).await.expect(429);
        assert!(!refused.header("retry-after").is_empty() && refused.text.contains("Try again later."));
        app.stop().await;
    }

    async fn pages_link_to_the_configured_home_page(url: String) {
        let app = TestApp::start_with(url, &[("HOME_URL", "https://cinema.example.com")]).await;
        for path in ["/activate", "/activate?email=a&token=b", "/reset-password/request"] {
            let shown = page(&app, path).await;
            let text = shown.text.replace("&#x2f;", "/");
            assert!(text.contains("<a id=\"home\" href=\"https://cinema.example.com\">"), "{text}");
        }
        app.stop().await;
    }

    async fn the_emailed_link_shows_a_form_and_only_submitting_it_activates(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        let token = app.activation_token("ann@example.com").await;
        let link = format!("/activate?email=ann%40example.com&token={token}");
        for _ in 0..3 {
            let shown = page(&app, &link).await.expect(200);
            assert!(shown.text.contains("<form method=\"post\" action=\"/activate\">") && shown.text.contains(&token));
            assert!(shown.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
            assert_eq!((shown.header("referrer-policy"), shown.header("x-content-type-options")), ("no-referrer", "nosniff"));
        }
        app.login("ann@example.com").await.expect(403);
        let send = || {
            let request = app.client.post(format!("{}/activate", app.base));
            let kind = "application/x-www-form-urlencoded";
            Reply::of(request.header("content-type", kind).body(format!("email=ann%40example.com&token={token}")))
        };
        assert!(send().await.expect(200).text.contains("User account activated successfully."));
        assert!(send().await.expect(400).text.contains("User account is already active."));
        app.login("ann@example.com").await.expect(201);
        app.stop().await;
    }

    async fn query_parameters_of_a_link_are_escaped(url: String) {
        let app = TestApp::start(url).await;
        let shown = page(&app, "/activate?email=%3Cscript%3E&token=%22%3E%3Cscript%3E").await.expect(200);
        assert!(!shown.text.contains("<script>"), "{}", shown.text);
        page(&app, "/activate").await.expect(400);
        page(&app, "/activate?email=a&email=b&token=c").await.expect(400);
        app.stop().await;
    }

    async fn an_unreadable_form_returns_an_error(url: String) {
        let app = TestApp::start(url).await;
        for path in ["/activate", "/reset-password"] {
            let form = [("email", "ann@example.com"), ("token", &*"x".repeat(70_000)), ("password", "Abc-1234!")];
            let request = app.client.post(format!("{}{path}", app.base)).form(&form);
            Reply::of(request).await.expect_problem(413, "The body is larger than this endpoint accepts.");
            let json = app.client.post(format!("{}{path}", app.base)).json(&form);
            Reply::of(json).await.expect(415);
        }
        app.stop().await;
    }

    async fn the_mailbox_shows_emails_as_pages_and_as_json(url: String) {
        let app = TestApp::start(url).await;
        assert!(page(&app, "/dev/mailbox").await.expect(200).text.contains("No emails yet"));
        app.register("ann@example.com").await.expect(201);
        app.activation_token("ann@example.com").await;
        assert!(page(&app, "/dev/mailbox").await.expect(200).text.contains("Account Activation"));
        let mails = page(&app, "/dev/mailbox.json").await.expect(200).json();
        let id = mails["mails"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(mails["mails"][0]["to"], "ann@example.com");
        let email = page(&app, &format!("/dev/mailbox/{id}")).await.expect(200);
        assert!(email.text.contains("<iframe") && !email.text.contains("srcdoc=\"<!DOCTYPE"));
        page(&app, "/dev/mailbox/123").await.expect(404);
        app.stop().await;
    }

    async fn with_an_smtp_server_emails_are_sent_to_it_and_the_mailbox_is_disabled(url: String) {
        let server = SmtpServer::start(SmtpBehaviour::Accept).await;
        let app = TestApp::start_with(url, &[("SMTP_URL", &server.url())]).await;
        app.register("ann@example.com").await.expect(201);
        eventually("the email is sent", || async { server.emails().len() == 1 }).await;
        assert_eq!(server.emails()[0].to, ["ann@example.com"]);
        page(&app, "/dev/mailbox").await.expect_problem(404, "There is nothing at this path. See /docs for what there is.");
        app.stop().await;
    }

    async fn an_unavailable_mail_server_delays_no_registration_and_loses_no_email(url: String) {
        let server = SmtpServer::start(SmtpBehaviour::Busy).await;
        let app = TestApp::start_with(url, &[("SMTP_URL", &server.url())]).await;
        app.register("ann@example.com").await.expect(201);
        server.behave(SmtpBehaviour::Accept);
        eventually("the email is sent", || async { server.emails().len() == 1 }).await;
        app.stop().await;
    }

    async fn the_documentation_loads_nothing_from_other_hosts(url: String) {
        let app = TestApp::start(url).await;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        for (path, to) in [("/", "/docs"), ("/docs", "/docs/")] {
            let reply = Reply::of(client.get(format!("{}{path}", app.base))).await;
            assert_eq!((reply.status, reply.header("location")), (307, to));
        }
        let shown = page(&app, "/docs/").await.expect(200);
        assert!(shown.text.contains("swagger-ui") && !shown.text.contains("https://"), "{}", shown.text);
        page(&app, "/docs/swagger-ui-bundle.js").await.expect(200);
        assert_eq!(page(&app, "/openapi.json").await.expect(200).json()["openapi"], "3.1.0");
        app.stop().await;
    }

    async fn the_service_reports_liveness_and_readiness(url: String) {
        let app = TestApp::start(url).await;
        app.get("/health/live").await.expect(200);
        let ready = app.get("/health/ready").await.expect(200);
        assert_eq!(ready.header("cache-control"), "no-store");
        for dependency in ["database", "object_store", "mail"] {
            assert_eq!(ready.state_of(dependency), "ok", "{dependency}");
        }
        app.stop().await;
    }
}
