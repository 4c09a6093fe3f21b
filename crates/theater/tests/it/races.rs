use std::sync::Arc;

use application::accounts::grant_admin;
use domain::{
    accounts::{Email, Group, Password, UserFilter},
    page::{PageNumber, PageSize, Position},
};
use serde_json::json;
use test_support::{eventually, on_every_database};
use tokio::{sync::Barrier, task::JoinSet};

use crate::app::{PASSWORD, Reply, TestApp, pair};

/// The replies to these bodies, posted to one path at the same moment.
async fn at_once(app: &TestApp, path: &str, bodies: Vec<serde_json::Value>) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(bodies.len()));
    let mut all = JoinSet::new();
    for body in bodies {
        let (barrier, request) = (barrier.clone(), app.request(reqwest::Method::POST, path).json(&body));
        all.spawn(async move {
            barrier.wait().await;
            Reply::of(request).await
        });
    }
    all.join_all().await
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

on_every_database! {
    async fn of_a_hundred_registrations_of_one_address_one_succeeds_and_one_letter_goes_out(url: String) {
        let app = TestApp::start(url).await;
        let spelling = |number: usize| if number.is_multiple_of(2) { "Ann@Example.com" } else { "aNN@example.COM" };
        let bodies = (0..100).map(|number| json!({"email": spelling(number), "password": PASSWORD}));
        let replies = at_once(&app, "/accounts/register", bodies.collect()).await;
        assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 99));
        app.activation_token("ann@example.com").await;
        app.register("bob@example.com").await.expect(201);
        app.activation_token("bob@example.com").await;
        assert_eq!(app.mails("ann@example.com", "Account Activation").await.len(), 1);
        app.stop().await;
    }

    async fn of_fifty_uses_of_one_activation_token_one_succeeds(url: String) {
        let app = TestApp::start(url).await;
        app.register("ann@example.com").await.expect(201);
        let token = app.activation_token("ann@example.com").await;
        let bodies = (0..50).map(|_| json!({"email": "ann@example.com", "token": token}));
        let replies = at_once(&app, "/accounts/activate", bodies.collect()).await;
        assert_eq!((count(&replies, 200), count(&replies, 400)), (1, 49));
        eventually("the owner is told", || async {
            app.mails("ann@example.com", "Account Activated Successfully").await.len() == 1
        })
        .await;
        app.stop().await;
    }

    async fn twenty_refreshes_with_one_token_get_one_successor(url: String) {
        let app = TestApp::start(url).await;
        let (_, refresh) = app.signed_in("ann@example.com").await;
        let bodies = (0..20).map(|_| json!({"refresh_token": refresh}));
        let replies = at_once(&app, "/accounts/refresh", bodies.collect()).await;
        assert_eq!(count(&replies, 200), 20);
        let successors: std::collections::BTreeSet<_> = replies.iter().map(|reply| pair(reply).1).collect();
        assert_eq!(successors.len(), 1);
        app.stop().await;
    }

    async fn a_hundred_logins_of_one_user_all_get_tokens_of_their_own(url: String) {
        let app = TestApp::start(url).await;
        app.signed_in("ann@example.com").await;
        let bodies = (0..100).map(|_| json!({"email": "ann@example.com", "password": PASSWORD}));
        let replies = at_once(&app, "/accounts/login", bodies.collect()).await;
        assert_eq!(count(&replies, 201), 100);
        let tokens: std::collections::BTreeSet<_> = replies.iter().map(|reply| pair(reply).0).collect();
        assert_eq!(tokens.len(), 100);
        app.stop().await;
    }

    async fn two_administrators_who_demote_each_other_leave_one(url: String) {
        let app = TestApp::start(url).await;
        let accounts = &app.wired.services.accounts;
        for round in 0..10 {
            let mut two = Vec::new();
            for email in ["one@example.com", "other@example.com"] {
                let (email, password) = (Email::parse(email).unwrap(), Password::parse(PASSWORD).unwrap());
                grant_admin(accounts, email.clone(), &password).await.unwrap();
                let token = pair(&app.login(email.as_str()).await.expect(201)).0;
                let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
                two.push((token, id));
            }
            let demote = |token: &str, id: &serde_json::Value| {
                let path = format!("/admin/users/{id}/change-group");
                let request = app.request(reqwest::Method::POST, &path).bearer_auth(token);
                Reply::of(request.json(&json!({"group": "user"})))
            };
            let (one, other) = tokio::join!(demote(&two[0].0, &two[1].1), demote(&two[1].0, &two[0].1));
            // Who comes second is refused: as the last one, or because they are no administrator any more.
            let refused = [&one, &other].iter().filter(|reply| [401, 403, 409].contains(&reply.status)).count();
            assert_eq!((count(&[one, other], 200), refused), (1, 1), "round {round}");
            let filter = UserFilter { group: Some(Group::Admin), is_active: Some(true), email: None };
            let position = Position::Page(PageNumber::FIRST);
            let left = accounts.queries.users(&filter, position, PageSize::DEFAULT).await.unwrap();
            assert_eq!(left.items.len(), 1, "round {round}");
        }
        app.stop().await;
    }

    async fn of_fifty_uses_of_one_reset_token_one_succeeds_and_only_its_password_signs_in(url: String) {
        let app = TestApp::start(url).await;
        app.signed_in("ann@example.com").await;
        app.post("/accounts/password-reset/request", json!({"email": "ann@example.com"})).await.expect(200);
        let token = app.mailed_token("ann@example.com", "Password Reset Request", 1).await;
        let passwords: Vec<_> = (0..50).map(|number| format!("Winner-{number}!a")).collect();
        let bodies = passwords.iter().map(|password| {
            json!({"email": "ann@example.com", "token": token, "password": password})
        });
        let replies = at_once(&app, "/accounts/reset-password/complete", bodies.collect()).await;
        assert_eq!((count(&replies, 200), count(&replies, 400)), (1, 49));
        let logins = passwords.iter().map(|password| json!({"email": "ann@example.com", "password": password}));
        let replies = at_once(&app, "/accounts/login", logins.collect()).await;
        assert_eq!((count(&replies, 201), count(&replies, 401)), (1, 49));
        app.login("ann@example.com").await.expect(401);
        app.stop().await;
    }
}
