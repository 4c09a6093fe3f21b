use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use test_servers::{eventually, on_every_database};

use crate::app::{PASSWORD, Reply, TestApp, pair};

on_every_database! {
    async fn a_new_user_registers_activates_logs_in_and_logs_out(url: String) {
        let app = TestApp::start(url).await;
        let reply = app.register("Ann@Example.com").await.expect(201);
        assert_eq!(reply.json()["email"], "ann@example.com");
        let token = app.activation_token("ann@example.com").await;
        let activated = app.activate("ann@example.com", &token).await.expect(200);
        assert_eq!(activated.json(), json!({"message": "User account activated successfully."}));
        eventually("the owner is notified", || async {
            app.emails("ann@example.com", "Account Activated Successfully").await.len() == 1
        })
        .await;
        let login = app.login("ANN@example.com").await.expect(201);
        assert_eq!((login.json()["token_type"].as_str(), login.json()["expires_in"].as_i64()), (Some("bearer"), Some(900)));
        assert_eq!(login.header("cache-control"), "no-store");
        let (access, refresh) = pair(&login);
        let me = app.get_as(&access, "/accounts/me").await.expect(200).json();
        assert_eq!((&me["email"], &me["group"], &me["is_active"]), (&json!("ann@example.com"), &json!("user"), &json!(true)));
        let out = app.post("/accounts/logout", json!({"refresh_token": refresh})).await.expect(200);
        assert_eq!(out.json(), json!({"message": "Successfully logged out."}));
        app.post("/accounts/logout", json!({"refresh_token": refresh})).await.expect(200);
        app.get_as(&access, "/accounts/me").await.expect_problem(401, "Invalid token.");
        app.post("/accounts/refresh", json!({"refresh_token": refresh})).await
            .expect_problem(401, "Refresh token not found.");
        app.stop().await;
    }

    async fn each_kind_of_refusal_has_its_own_detail(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        app.register("ANN@example.com").await
            .expect_problem(409, "A user with this email ann@example.com already exists.");
        app.login("ann@example.com").await.expect_problem(403, "User account is not activated.");
        for (email, password) in [("ann@example.com", "wrong"), ("unknown@example.com", PASSWORD)] {
            let reply = app.post("/accounts/login", json!({"email": email, "password": password})).await;
            let reply = reply.expect_problem(401, "Invalid email or password.");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
        app.activate("ann@example.com", "wrong").await.expect_problem(400, "Invalid or expired activation token.");
        app.activate("unknown@example.com", "wrong").await.expect_problem(400, "Invalid or expired activation token.");
        let token = app.activation_token("ann@example.com").await;
        app.activate("ann@example.com", &token).await.expect(200);
        app.activate("ann@example.com", &token).await.expect_problem(400, "User account is already active.");
        app.post("/accounts/refresh", json!({"refresh_token": "nonsense"})).await.expect_problem(400, "Invalid token.");
        app.post("/accounts/logout", json!({"refresh_token": "nonsense"})).await
            .expect_problem(400, "Failed to logout. Invalid or expired token.");
        app.stop().await;
    }

    async fn each_authentication_failure_states_its_reason(url: String) {
        let app = TestApp::start(url).await;
        let (access, refresh) = app.logged_in("ann@example.com").await;
        let me = || app.request(Method::GET, "/accounts/me");
        let missing = Reply::of(me()).await.expect_problem(401, "Authorization header is missing");
        assert_eq!(missing.header("www-authenticate"), "Bearer");
        for value in ["Basic YTpi", "Bearer", "Bearer  ", "Bearer a b", &access] {
            Reply::of(me().header("authorization", value)).await
                .expect_problem(401, "Invalid Authorization header format. Expected 'Bearer <token>'");
        }
        for token in ["nonsense", &refresh] {
            let reply = app.get_as(token, "/accounts/me").await.expect_problem(401, "Invalid token.");
            assert_eq!(reply.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        }
        Reply::of(me().header("authorization", format!("bearer {access}"))).await.expect(200);
        app.later(Duration::minutes(15));
        app.get_as(&access, "/accounts/me").await.expect_problem(401, "Token has expired.");
        app.stop().await;
    }

    async fn a_refresh_token_is_rotated_and_its_reuse_ends_the_session(url: String) {
        let app = TestApp::start(url).await;
        let (_, first) = app.logged_in("ann@example.com").await;
        let (_, other) = pair(&app.login("ann@example.com").await);
        let refresh = |token: String| app.post("/accounts/refresh", json!({"refresh_token": token}));
        let (access, second) = pair(&refresh(first.clone()).await.expect(200));
        assert_eq!(pair(&refresh(first.clone()).await.expect(200)).1, second);
        app.later(Duration::seconds(31));
        refresh(first).await.expect_problem(401, "Refresh token not found.");
        refresh(second).await.expect_problem(401, "Refresh token not found.");
        app.get_as(&access, "/accounts/me").await.expect_problem(401, "Invalid token.");
        refresh(other).await.expect(200);
        app.later(Duration::days(8));
        app.stop().await;
    }

    async fn a_refresh_token_expires_after_seven_days(url: String) {
        let app = TestApp::start(url).await;
        let (_, refresh) = app.logged_in("ann@example.com").await;
        app.later(Duration::days(7));
        app.post("/accounts/refresh", json!({"refresh_token": refresh})).await
            .expect_problem(400, "Token has expired.");
        app.stop().await;
    }

    async fn an_activation_token_expires_after_a_day(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        let token = app.activation_token("ann@example.com").await;
        app.later(Duration::hours(24));
        app.activate("ann@example.com", &token).await.expect_problem(400, "Invalid or expired activation token.");
        app.stop().await;
    }

    async fn every_violated_password_rule_is_reported(url: String) {
        let app = TestApp::start(url).await;
        let reply = app.post("/accounts/register", json!({"email": "ann@example.com", "password": ""})).await;
        let reply = reply.expect_problem(422, "The input is not valid; see errors.");
        let expected = [
            "Password must contain at least 8 characters.",
            "Password must contain at least one uppercase letter.",
            "Password must contain at least one lower letter.",
            "Password must contain at least one digit.",
            "Password must contain at least one special character: @, $, !, %, *, ?, #, &.",
        ];
        assert_eq!(reply.errors(), expected.map(|detail| ("/password".to_owned(), detail.to_owned())));
        let long = json!({"email": "ann@example.com", "password": format!("Aa1!{}", "x".repeat(68))});
        let reply = app.post("/accounts/register", long).await.expect(422);
        assert_eq!(reply.errors()[0].1, "Password must be at most 71 bytes long.");
        app.stop().await;
    }

    async fn unknown_fields_are_refused(url: String) {
        let app = TestApp::start(url).await;
        for field in ["id", "group", "is_active", "user_id", "Email"] {
            let mut body = json!({"email": "eve@example.com", "password": PASSWORD});
            body[field] = json!(1);
            let reply = app.post("/accounts/register", body).await.expect(422);
            assert_eq!(reply.errors()[0].0, format!("/{field}"));
        }
        app.login("eve@example.com").await.expect(401);
        app.stop().await;
    }

    async fn the_token_endpoint_follows_oauth_2(url: String) {
        let app = TestApp::start(url).await;
        app.logged_in("ann@example.com").await;
        let form = |body: &str| {
            let request = app.request(Method::POST, "/accounts/token");
            Reply::of(request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned()))
        };
        let good = "grant_type=password&username=Ann%40example.com&password=StrongPass1%21&scope=&client_id=&client_secret=";
        let (access, refresh) = pair(&form(good).await.expect(200));
        app.get_as(&access, "/accounts/me").await.expect(200);
        let refresh = format!("grant_type=refresh_token&refresh_token={refresh}");
        let (access, _) = pair(&form(&refresh).await.expect(200));
        app.get_as(&access, "/accounts/me").await.expect(200);
        app.register("eve@example.com").await.expect(201);
        for (body, error, description) in [
            ("grant_type=password&username=no+address&password=x", "invalid_grant", "Invalid email or password."),
            ("grant_type=password&username=eve%40example.com&password=StrongPass1%21", "invalid_grant",
                "User account is not activated."),
            ("grant_type=refresh_token&refresh_token=x", "invalid_grant", "Invalid token."),
            ("grant_type=client_credentials", "unsupported_grant_type",
                "The grant type must be password or refresh_token."),
            ("username=a&password=b", "invalid_request", "grant_type: This field is required."),
            ("grant_type=password&password=b", "invalid_request", "username is required."),
            ("grant_type=refresh_token", "invalid_request", "refresh_token is required."),
            ("grant_type=password&extra=1", "invalid_request", "extra: There is no such field."),
        ] {
            let reply = form(body).await.expect_problem(400, description);
            let problem = reply.json();
            assert_eq!((&problem["error"], &problem["error_description"]), (&json!(error), &json!(description)), "{body}");
            assert_eq!((reply.header("cache-control"), reply.header("www-authenticate")), ("no-store", ""));
        }
        app.stop().await;
    }

    async fn a_user_lists_and_ends_their_sessions(url: String) {
        let app = TestApp::start(url).await;
        let (access, _) = app.logged_in("ann@example.com").await;
        let body = json!({"email": "ann@example.com", "password": PASSWORD});
        let login = app.request(Method::POST, "/accounts/login").header("user-agent", "Other\u{e9}/1").json(&body);
        let (other, _) = pair(&Reply::of(login).await.expect(201));
        let list = app.get_as(&access, "/accounts/sessions").await.expect(200).json();
        let sessions = list["sessions"].as_array().unwrap();
        assert_eq!((sessions.len(), &list["total_items"]), (2, &json!(2)));
        assert_eq!((&sessions[0]["current"], &sessions[1]["current"]), (&json!(false), &json!(true)));
        assert_eq!((&sessions[0]["device"], &sessions[0]["ip"]), (&json!("Otheré/1"), &json!("127.0.0.1")));
        let path = format!("/accounts/sessions/{}", sessions[0]["id"]);
        app.send_as(&access, Method::DELETE, &path, json!({})).await.expect(204);
        app.get_as(&other, "/accounts/me").await.expect_problem(401, "Invalid token.");
        app.send_as(&access, Method::DELETE, &path, json!({})).await.expect_problem(404, "Session not found.");
        app.get_as(&access, "/accounts/sessions?page=2").await.expect_problem(404, "No sessions found.");
        app.send_as(&access, Method::POST, "/accounts/logout-all", json!({})).await.expect(200);
        app.get_as(&access, "/accounts/sessions").await.expect_problem(401, "Invalid token.");
        app.stop().await;
    }

    async fn an_email_address_can_be_registered_again_until_it_is_activated(url: String) {
        let app = TestApp::start(url).await;
        let first = app.register("ann@example.com").await.expect(201).json();
        let squatter = app.activation_token("ann@example.com").await;
        let body = json!({"email": "ANN@example.com", "password": "OwnersPass2?"});
        let taken = "A user with this email ann@example.com already exists.";
        app.post("/accounts/register", body.clone()).await.expect_problem(409, taken);
        app.later(Duration::minutes(1));
        assert_eq!(app.post("/accounts/register", body.clone()).await.expect(201).json(), first);
        let owner = app.mailed_token("ann@example.com", "Account Activation", 2).await;
        app.activate("ann@example.com", &squatter).await.expect_problem(400, "Confirm the password you registered with.");
        let own = json!({"email": "ann@example.com", "token": owner, "password": "OwnersPass2?"});
        app.post("/accounts/activate", own).await.expect(200);
        let active = "User account is already active.";
        app.activate("ann@example.com", &squatter).await.expect_problem(400, active);
        app.login("ann@example.com").await.expect_problem(401, "Invalid email or password.");
        app.post("/accounts/login", body.clone()).await.expect(201);
        app.later(Duration::minutes(1));
        app.post("/accounts/register", body).await.expect_problem(409, taken);
        app.stop().await;
    }

    async fn with_hidden_accounts_a_registration_reports_its_outcome_by_email_only(url: String) {
        let app = TestApp::start_with(url, &[("HIDE_ACCOUNTS", "true")]).await;
        let hidden = json!({"message": "You will receive an email with instructions."});
        assert_eq!(app.register("ann@example.com").await.expect(202).json(), hidden);
        let token = app.activation_token("ann@example.com").await;
        app.activate("ann@example.com", &token).await.expect(200);
        app.later(Duration::minutes(1));
        assert_eq!(app.register("ann@example.com").await.expect(202).json(), hidden);
        eventually("the owner is notified", || async {
            app.emails("ann@example.com", "You Already Have an Account").await.len() == 1
        })
        .await;
        app.login("ann@example.com").await.expect(201);
        app.stop().await;
    }
}
