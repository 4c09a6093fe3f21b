//! `If-Match` on every resource that can be changed by its own path.

use reqwest::Method;
use serde_json::json;
use test_servers::on_every_database;

use crate::{
    app::{Reply, TestApp},
    profiles::{form, person, send},
};

const CHANGED: &str = "The resource has changed since it was read.";

async fn etag(app: &TestApp, token: &str, path: &str) -> String {
    let etag = app.get_as(token, path).await.expect(200).header("etag").to_owned();
    assert!(etag.starts_with('"'), "{path}: {etag:?}");
    etag
}

on_every_database! {
    async fn a_taxonomy_entry_is_changed_and_deleted_only_with_its_current_etag(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        for (list, body, patch) in [
            ("genres", json!({"name": "Drama"}), json!({"name": "Dramas"})),
            ("actors", json!({"name": "Jean Reno"}), json!({"name": "J. Reno"})),
            ("languages", json!({"name": "French"}), json!({"name": "Français"})),
            ("countries", json!({"code": "FR"}), json!({"name": "République française"})),
        ] {
            let created = app.send_as(&admin, Method::POST, &format!("/theater/{list}"), body).await.expect(201).json();
            let path = format!("/theater/{list}/{}", created["id"]);
            let read = etag(&app, &admin, &path).await;
            let change = |expected: &str| {
                let request = app.request(Method::PATCH, &path).bearer_auth(&admin).header("if-match", expected);
                Reply::of(request.json(&patch))
            };
            change("\"other\"").await.expect_problem(412, CHANGED);
            change(&read).await.expect(200);
            change(&read).await.expect_problem(412, CHANGED);
            let delete = |expected: &str| {
                Reply::of(app.request(Method::DELETE, &path).bearer_auth(&admin).header("if-match", expected))
            };
            delete(&read).await.expect_problem(412, CHANGED);
            delete(&etag(&app, &admin, &path).await).await.expect(204);
        }
        app.stop().await;
    }

    async fn a_profile_is_changed_and_deleted_only_with_its_current_etag(url: String) {
        let app = TestApp::start(url).await;
        let (ann, path) = person(&app, "ann").await;
        send(&app, &ann, Method::POST, &path, form(&[("first_name", "Ann")])).await.expect(201);
        let read = etag(&app, &ann, &path).await;
        let change = |expected: &str, info: &'static str| {
            let request = app.request(Method::PATCH, &path).bearer_auth(&ann).header("if-match", expected);
            Reply::of(request.multipart(form(&[("info", info)])))
        };
        change("\"other\"", "one").await.expect_problem(412, CHANGED);
        change(&read, "one").await.expect(200);
        change(&read, "two").await.expect_problem(412, CHANGED);
        let avatar = format!("{path}/avatar");
        for target in [&avatar, &path] {
            let stale = app.request(Method::DELETE, target).bearer_auth(&ann).header("if-match", &read);
            Reply::of(stale).await.expect_problem(412, CHANGED);
            let fresh = etag(&app, &ann, &path).await;
            let request = app.request(Method::DELETE, target).bearer_auth(&ann).header("if-match", fresh);
            Reply::of(request).await.expect(204);
        }
        app.stop().await;
    }

    async fn the_sessions_of_a_user_are_ended_only_with_the_current_etag_of_the_user(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let (ann, _) = person(&app, "ann").await;
        let id = app.get_as(&ann, "/accounts/me").await.json()["id"].clone();
        let path = format!("/admin/users/{id}");
        let read = etag(&app, &admin, &path).await;
        app.send_as(&admin, Method::POST, &format!("{path}/change-group"), json!({"group": "moderator"})).await.expect(200);
        let end = |expected: &str| {
            let request = app.request(Method::DELETE, &format!("{path}/sessions")).bearer_auth(&admin);
            Reply::of(request.header("if-match", expected))
        };
        end(&read).await.expect_problem(412, CHANGED);
        end(&etag(&app, &admin, &path).await).await.expect(204);
        app.stop().await;
    }

    async fn of_concurrent_writers_with_the_same_etag_one_succeeds(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let created = app.send_as(&admin, Method::POST, "/theater/genres", json!({"name": "Drama"})).await.json();
        let path = format!("/theater/genres/{}", created["id"]);
        for round in 0..5 {
            let read = etag(&app, &admin, &path).await;
            let writers = (0..8).map(|writer| {
                let request = app.request(Method::PATCH, &path).bearer_auth(&admin).header("if-match", &read);
                Reply::of(request.json(&json!({"name": format!("Drama {round} {writer}")})))
            });
            let mut statuses: Vec<_> =
                futures::future::join_all(writers).await.into_iter().map(|reply| reply.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
        }
        app.stop().await;
    }
}
