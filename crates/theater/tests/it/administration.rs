use reqwest::Method;
use serde_json::{Value, json};
use test_servers::on_every_database;

use crate::app::{TestApp, pair};

/// The id of the account with this email address.
async fn id_of(app: &TestApp, admin: &str, email: &str) -> Value {
    let found = app.get_as(admin, &format!("/admin/users?email={email}")).await.expect(200).json();
    found["users"][0]["id"].clone()
}

async fn act(app: &TestApp, admin: &str, id: &Value, action: &str, body: Value) -> crate::app::Reply {
    app.send_as(admin, Method::POST, &format!("/admin/users/{id}/{action}"), body).await
}

on_every_database! {
    async fn a_new_moderator_may_change_the_catalogue_immediately(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let (before, _) = app.logged_in("ann@example.com").await;
        let id = id_of(&app, &admin, "ann@example.com").await;
        let reply = act(&app, &admin, &id, "change-group", json!({"group": "moderator"})).await.expect(200);
        assert_eq!(reply.json(), json!({"message": "User group changed to moderator."}));
        app.get_as(&before, "/accounts/me").await.expect_problem(401, "Invalid token.");
        let (moderator, _) = pair(&app.login("ann@example.com").await.expect(201));
        app.send_as(&moderator, Method::POST, "/theater/movies", json!({})).await.expect(422);
        app.get_as(&moderator, "/admin/users").await.expect_problem(403, "Admin privileges required");
        let reply = act(&app, &admin, &id, "change-group", json!({"group": "king"})).await.expect(422);
        assert_eq!(reply.errors()[0].0, "/group");
        app.stop().await;
    }

    async fn an_account_is_deactivated_and_activated_again(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let (token, refresh) = app.logged_in("ann@example.com").await;
        let id = id_of(&app, &admin, "ann@example.com").await;
        act(&app, &admin, &id, "deactivate", json!({})).await.expect(200);
        app.get_as(&token, "/accounts/me").await.expect_problem(401, "User not found or not active.");
        app.post("/accounts/refresh", json!({"refresh_token": refresh})).await.expect(401);
        app.login("ann@example.com").await.expect_problem(403, "User account is not activated.");
        let activated = act(&app, &admin, &id, "activate", json!({})).await.expect(200);
        assert_eq!(activated.json()["message"], "User activated successfully.");
        let path = format!("/accounts/admin/users/{id}/activate/");
        let again = app.send_as(&admin, Method::POST, &path, json!({})).await.expect(200);
        assert_eq!(again.json()["message"], "User is already active.");
        app.login("ann@example.com").await.expect(201);
        app.stop().await;
    }

    async fn an_activation_token_is_refused_for_an_account_that_an_administrator_activated(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        app.register("ann@example.com").await.expect(201);
        let token = app.activation_token("ann@example.com").await;
        let id = id_of(&app, &admin, "ann@example.com").await;
        act(&app, &admin, &id, "activate", json!({})).await.expect(200);
        app.activate("ann@example.com", &token).await.expect_problem(400, "User account is already active.");
        app.stop().await;
    }

    async fn sessions_are_ended_and_the_last_administrator_is_protected(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let (token, _) = app.logged_in("ann@example.com").await;
        let id = id_of(&app, &admin, "ann@example.com").await;
        app.send_as(&admin, Method::DELETE, &format!("/admin/users/{id}/sessions"), json!({})).await.expect(204);
        app.get_as(&token, "/accounts/me").await.expect_problem(401, "Invalid token.");
        let own = id_of(&app, &admin, "admin@example.com").await;
        let text = "The last active administrator can be neither demoted nor deactivated.";
        act(&app, &admin, &own, "deactivate", json!({})).await.expect_problem(409, text);
        act(&app, &admin, &own, "change-group", json!({"group": "user"})).await.expect_problem(409, text);
        act(&app, &admin, &json!(999), "activate", json!({})).await.expect_problem(404, "User not found.");
        app.get_as(&admin, "/admin/users/999").await.expect_problem(404, "User not found.");
        app.stop().await;
    }

    async fn accounts_are_listed_and_page_links_preserve_the_filters(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        for number in 1..=3 {
            app.register(&format!("user{number}@example.com")).await.expect(201);
        }
        let page = app.get_as(&admin, "/admin/users?is_active=false&group=user&email=user&per_page=2").await;
        let page = page.expect(200).json();
        assert_eq!((&page["total_items"], page["users"].as_array().unwrap().len()), (&json!(3), 2));
        let next = page["next_page"].as_str().unwrap();
        assert_eq!(next, "/api/v1/admin/users?page=2&per_page=2&email=user&group=user&is_active=false");
        let rest = app.get_as(&admin, next.trim_start_matches("/api/v1")).await.expect(200).json();
        assert_eq!(rest["users"][0]["email"], "user1@example.com");
        assert!(!rest.to_string().contains("password"));
        for query in ["group=king", "is_active=maybe", "name=x", "email=%00", "email=a%00b"] {
            app.get_as(&admin, &format!("/admin/users?{query}")).await.expect(422);
        }
        app.stop().await;
    }
}
