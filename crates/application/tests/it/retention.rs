use application::{
    accounts::{Login, authenticate, login, logout, refresh, request_activation, request_password_reset},
    retention::clean_up,
};
use chrono::Duration;
use domain::accounts::SessionOrigin;

use crate::world::{PASSWORD, World, credentials, email};

#[tokio::test]
async fn valid_data_is_not_removed() {
    let world = World::new();
    world.active("ann@example.com").await;
    world.register("pending@example.com").await;
    let pair = world.login("ann@example.com").await;
    let removed = clean_up(&world.retention).await.unwrap();
    assert!(removed.0.iter().all(|(_, count)| *count == 0), "{removed}");
    assert!(authenticate(&world.accounts, &pair.access_token).await.is_ok());
}

#[tokio::test]
async fn expired_tokens_and_expired_or_ended_sessions_are_removed() {
    let world = World::new();
    world.active("ann@example.com").await;
    request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    let (ended, active) = (world.login("ann@example.com").await, world.login("ann@example.com").await);
    logout(&world.accounts, &ended.refresh_token).await.unwrap();
    world.later(Duration::days(2));
    let removed = clean_up(&world.retention).await.unwrap();
    let counts = ["activation tokens", "password reset tokens", "sessions"].map(|name| removed.count(name));
    assert_eq!(counts, [1, 1, 1], "{removed}");
    refresh(&world.accounts, &active.refresh_token).await.unwrap();
    world.later(Duration::days(8));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("sessions"), 1);
}

#[tokio::test]
async fn a_network_is_forgotten_ninety_days_after_the_last_login_from_it() {
    let world = World::new();
    world.active("ann@example.com").await;
    let ip = Some("203.0.113.7".parse().unwrap());
    let attempt =
        || Login { origin: SessionOrigin { device: None, ip }, ..credentials("ann@example.com", PASSWORD) };
    login(&world.accounts, attempt()).await.unwrap();
    world.later(Duration::days(80));
    login(&world.accounts, attempt()).await.unwrap();
    world.later(Duration::days(90));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("networks of old logins"), 0);
    world.later(Duration::seconds(1));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("networks of old logins"), 1);
}

#[tokio::test]
async fn accounts_that_were_never_activated_are_removed_after_thirty_days_in_batches() {
    let world = World::new();
    world.active("ann@example.com").await;
    for number in 0..1_001 {
        world.register(&format!("pending{number}@example.com")).await;
    }
    world.later(Duration::days(30));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("accounts that were never activated"), 0);
    world.later(Duration::seconds(1));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("accounts that were never activated"), 1_001);
    assert_eq!(world.store.users().len(), 1);
}

#[tokio::test]
async fn a_pending_account_is_not_removed_while_it_has_a_valid_link() {
    let world = World::new();
    world.register("ann@example.com").await;
    world.later(Duration::days(31));
    request_activation(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    assert_eq!(clean_up(&world.retention).await.unwrap().count("accounts that were never activated"), 0);
    world.later(Duration::days(2));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("accounts that were never activated"), 1);
}

#[tokio::test]
async fn an_unavailable_store_fails_the_cleanup() {
    let world = World::new();
    world.store.break_down();
    assert!(clean_up(&world.retention).await.is_err());
}
