use reqwest::Method;
use serde_json::json;
use test_servers::on_every_database;

use crate::app::{Reply, TestApp};

on_every_database! {
    async fn every_error_is_a_problem_document(url: String) {
        let app = TestApp::start(url).await;
        let post = |kind: &'static str, body: &'static str| {
            Reply::of(app.request(Method::POST, "/accounts/login").header("content-type", kind).body(body))
        };
        app.get("/nothing").await.expect_problem(404, "There is nothing at this path. See /docs for what there is.");
        app.get_as("nonsense", "/nothing").await.expect(404);
        let wrong = Reply::of(app.request(Method::DELETE, "/accounts/login")).await;
        let wrong = wrong.expect_problem(405, "Method not allowed.");
        assert_eq!(wrong.header("allow"), "POST");
        let wrong = Reply::of(app.request(Method::PUT, "/theater/movies")).await.expect(405);
        assert_eq!(wrong.header("allow"), "GET, POST, HEAD");
        Reply::of(app.request(Method::POST, "/health/live")).await.expect_problem(405, "Method not allowed.");
        post("text/plain", "{}").await.expect_problem(415, "The body must be sent as application/json.");
        post("application/json", "{").await.expect_problem(400, "The body is not valid JSON.");
        post("application/json", "").await.expect_problem(400, "The body is not valid JSON.");
        post("application/json", "[]").await.expect_problem(422, "The input is not valid; see errors.");
        post("Application/JSON; charset=utf-8", "{}").await.expect(422);
        app.stop().await;
    }

    async fn bodies_over_the_limit_are_refused(url: String) {
        let app = TestApp::start(url).await;
        let long = " ".repeat(64 * 1024 + 1);
        let request = || app.request(Method::POST, "/accounts/login").header("content-type", "application/json");
        Reply::of(request().body(long.clone())).await
            .expect_problem(413, "The body is larger than this endpoint accepts.");
        let deep = format!("{{\"email\": {}1{}}}", "[".repeat(30_000), "]".repeat(30_000));
        Reply::of(request().body(deep)).await.expect(400);
        let fits = "{}".to_owned() + &" ".repeat(64 * 1024 - 2);
        Reply::of(request().body(fits)).await.expect(422);
        app.stop().await;
    }

    async fn a_valid_request_id_is_preserved(url: String) {
        let app = TestApp::start(url).await;
        let send = |id: String| Reply::of(app.request(Method::GET, "/theater/movies").header("x-request-id", id));
        for good in ["a", "A-b_9", &"x".repeat(64)] {
            assert_eq!(send(good.to_owned()).await.header("x-request-id"), good);
        }
        for bad in ["", "a b", "a;b", "é", &"x".repeat(65)] {
            let given = send(bad.to_owned()).await.header("x-request-id").to_owned();
            assert!(given != bad && given.len() == 32, "{bad}: {given}");
        }
        let (one, other) = (app.get("/theater/movies").await, app.get("/theater/movies").await);
        assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
        app.stop().await;
    }

    async fn head_responds_like_get_without_a_body(url: String) {
        let app = TestApp::start(url).await;
        let get = app.get("/theater/movies").await.expect(200);
        let head = Reply::of(app.request(Method::HEAD, "/theater/movies")).await.expect(200);
        assert_eq!((head.text.as_str(), head.header("etag")), ("", get.header("etag")));
        assert_eq!(head.header("content-length"), get.text.len().to_string());
        app.stop().await;
    }

    async fn a_rejected_value_is_never_returned(url: String) {
        let app = TestApp::start(url).await;
        let body = json!({"email": "canary-1", "password": "canary-2", "canary": "canary-3"});
        let reply = app.post("/accounts/register", body).await.expect(422);
        for value in ["canary-1", "canary-2", "canary-3"] {
            assert!(!reply.text.contains(value), "{}", reply.text);
        }
        app.stop().await;
    }

    async fn an_escaped_path_requires_the_same_token(url: String) {
        let app = TestApp::start(url).await;
        // An escaped unreserved character equals the character (RFC 3986, 2.3), for authentication as for routing.
        for path in ["/%61pi/v1/accounts/me", "/api/v1/accounts/m%65"] {
            let reply = Reply::of(app.client.get(format!("{}{path}", app.base))).await.expect(401);
            assert_eq!(reply.json()["code"], "missing_token", "{path}");
        }
        let query = Reply::of(app.client.get(format!("{}/%61pi/v1/theater/movies/1?x=1", app.base))).await;
        query.expect(422);
        app.stop().await;
    }
}
