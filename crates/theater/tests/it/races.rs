use std::sync::Arc;

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
}
