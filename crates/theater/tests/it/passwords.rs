use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use test_servers::{eventually, on_every_database};

use crate::app::{PASSWORD, Reply, TestApp, pair};

const NEW: &str = "Another-1!";
const ANSWER: &str = "If you are registered, you will receive an email with instructions.";

on_every_database! {
    async fn a_forgotten_password_is_reset_by_email(url: String) {
        let app = TestApp::start(url).await;
        let (access, refresh) = app.logged_in("ann@example.com").await;
        let requested = app.post("/accounts/password-reset/request", json!({"email": "Ann@example.com"})).await.expect(200);
        assert_eq!(requested.json(), json!({"message": ANSWER}));
        let token = app.mailed_token("ann@example.com", "Password Reset Request", 1).await;
        let complete = |token: &str, password: &str| {
            let body = json!({"email": "ann@example.com", "token": token, "password": password});
            app.post("/accounts/reset-password/complete", body)
        };
        complete("wrong", NEW).await.expect_problem(400, "Invalid email or token.");
        complete(&token, "weak").await.expect(422);
        let done = complete(&token, NEW).await.expect(200);
        assert_eq!(done.json(), json!({"message": "Password reset successfully."}));
        complete(&token, NEW).await.expect_problem(400, "Invalid email or token.");
        app.get_as(&access, "/accounts/me").await.expect_problem(401, "Invalid token.");
        app.post("/accounts/refresh", json!({"refresh_token": refresh})).await.expect(401);
        app.login("ann@example.com").await.expect(401);
        app.post("/accounts/login", json!({"email": "ann@example.com", "password": NEW})).await.expect(201);
        eventually("the notification is sent", || async {
            app.emails("ann@example.com", "Your Password Has Been Successfully Reset").await.len() == 1
        })
        .await;
        app.stop().await;
    }

    async fn the_emailed_link_shows_a_form_and_only_submitting_it_resets(url: String) {
        let app = TestApp::start(url).await;
        app.logged_in("ann@example.com").await;
        app.post("/accounts/password-reset/request", json!({"email": "ann@example.com"})).await.expect(200);
        let token = app.mailed_token("ann@example.com", "Password Reset Request", 1).await;
        let page = format!("{}/reset-password", app.base);
        for _ in 0..2 {
            let shown = app.client.get(format!("{page}?email=ann%40example.com&token={token}"));
            let shown = Reply::of(shown).await.expect(200);
            assert!(shown.text.contains("action=\"/reset-password\"") && shown.text.contains(&token));
        }
        let send = |password: &str| {
            let body = format!("email=ann%40example.com&token={token}&password={password}");
            let request = app.client.post(&page).header("content-type", "application/x-www-form-urlencoded");
            Reply::of(request.body(body))
        };
        let weak = send("weak").await.expect(422);
        assert!(weak.text.contains("Password must contain at least one digit."), "{}", weak.text);
        assert!(send(NEW).await.expect(200).text.contains("Password reset successfully."));
        assert!(send(NEW).await.expect(400).text.contains("Invalid email or token."));
        app.post("/accounts/login", json!({"email": "ann@example.com", "password": NEW})).await.expect(201);
        app.stop().await;
    }

    async fn a_request_for_an_email_does_not_reveal_whether_the_account_exists(url: String) {
        let app = TestApp::start(url).await;
        app.logged_in("ann@example.com").await;
        app.register("pending@example.com").await.expect(201);
        for path in ["/accounts/password-reset/request", "/accounts/activate/resend"] {
            for email in ["ann@example.com", "pending@example.com", "unknown@example.com"] {
                let reply = app.post(path, json!({"email": email})).await.expect(200);
                assert_eq!(reply.text, format!("{{\"message\":\"{ANSWER}\"}}"), "{path} {email}");
            }
            app.post(path, json!({"email": "no address"})).await.expect(422);
        }
        app.stop().await;
    }

    async fn a_resent_activation_email_has_a_working_link(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        let first = app.activation_token("ann@example.com").await;
        app.later(Duration::hours(25));
        app.activate("ann@example.com", &first).await.expect(400);
        app.post("/accounts/activate/resend", json!({"email": "ann@example.com"})).await.expect(200);
        let second = app.mailed_token("ann@example.com", "Account Activation", 2).await;
        assert_ne!(first, second);
        app.activate("ann@example.com", &second).await.expect(200);
        app.stop().await;
    }

    async fn changing_a_password_requires_the_old_one_and_ends_other_sessions(url: String) {
        let app = TestApp::start(url).await;
        let (access, refresh) = app.logged_in("ann@example.com").await;
        let (other, _) = pair(&app.login("ann@example.com").await.expect(201));
        let change = |old: &str, new: &str| {
            let body = json!({"old_password": old, "new_password": new});
            let request = app.request(Method::POST, "/accounts/change-password").bearer_auth(&access).json(&body);
            Reply::of(request)
        };
        change("wrong", NEW).await.expect_problem(400, "Old password is incorrect.");
        assert_eq!(change(PASSWORD, "weak").await.expect(422).errors()[0].0, "/new_password");
        let done = change(PASSWORD, NEW).await.expect(200);
        assert_eq!(done.json(), json!({"message": "Password changed successfully."}));
        app.get_as(&other, "/accounts/me").await.expect_problem(401, "Invalid token.");
        let next = app.post("/accounts/refresh", json!({"refresh_token": refresh})).await.expect(200);
        app.get_as(&pair(&next).0, "/accounts/me").await.expect(200);
        app.login("ann@example.com").await.expect(401);
        app.stop().await;
    }
}
