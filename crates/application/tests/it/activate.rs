use application::accounts::{ActivateAccount, ActivateError, activate};
use chrono::Duration;
use domain::{
    accounts::{AccountStatus, MailedToken},
    environment::Clock,
    store::StoreError,
};

use crate::world::{World, email};

async fn registered() -> (World, MailedToken) {
    let world = World::new();
    world.register("ann@example.com").await;
    world.deliver_all().await;
    let token = world.mailed_token();
    (world, token)
}

fn command(address: &str, token: &MailedToken) -> ActivateAccount {
    ActivateAccount { email: email(address), token: token.clone(), password: None, client: None }
}

#[tokio::test]
async fn the_mailed_token_activates_the_account_and_notifies_the_owner() {
    let (world, token) = registered().await;
    activate(&world.accounts, command("ann@example.com", &token)).await.unwrap();
    assert_eq!(world.store.users()[0].status, AccountStatus::Active { since: world.clock.now() });
    assert_eq!(world.outbox_kinds(), ["send_activated"]);
}

#[tokio::test]
async fn a_token_works_once() {
    let (world, token) = registered().await;
    activate(&world.accounts, command("ann@example.com", &token)).await.unwrap();
    let error = activate(&world.accounts, command("ann@example.com", &token)).await.unwrap_err();
    assert_eq!(error.to_string(), "User account is already active.");
}

#[tokio::test]
async fn a_used_token_does_not_activate_an_account_that_became_pending_again() {
    let (world, token) = registered().await;
    activate(&world.accounts, command("ann@example.com", &token)).await.unwrap();
    world.store.change_user(|user| user.status = AccountStatus::Pending);
    let error = activate(&world.accounts, command("ann@example.com", &token)).await.unwrap_err();
    assert!(matches!(error, ActivateError::InvalidToken));
}

#[tokio::test]
async fn wrong_tokens_do_not_consume_the_valid_one() {
    let (world, token) = registered().await;
    for number in 0..100 {
        let wrong = MailedToken::new(format!("wrong-{number}"));
        let error = activate(&world.accounts, command("ann@example.com", &wrong)).await.unwrap_err();
        assert_eq!(error.to_string(), "Invalid or expired activation token.");
    }
    assert!(activate(&world.accounts, command("ann@example.com", &token)).await.is_ok());
}

#[tokio::test]
async fn a_token_is_valid_only_for_its_own_account() {
    let (world, token) = registered().await;
    world.register("eve@example.com").await;
    for address in ["eve@example.com", "unknown@example.com"] {
        let error = activate(&world.accounts, command(address, &token)).await.unwrap_err();
        assert!(matches!(error, ActivateError::InvalidToken), "{address}");
    }
}

#[tokio::test]
async fn a_token_expires_after_a_day() {
    let (world, token) = registered().await;
    world.later(Duration::hours(24));
    let error = activate(&world.accounts, command("ann@example.com", &token)).await.unwrap_err();
    assert!(matches!(error, ActivateError::InvalidToken));
}

#[tokio::test]
async fn a_token_is_valid_until_its_last_second() {
    let (world, token) = registered().await;
    world.later(Duration::hours(24) - Duration::seconds(1));
    assert!(activate(&world.accounts, command("ann@example.com", &token)).await.is_ok());
}

#[tokio::test]
async fn a_deactivated_account_is_not_activated() {
    let (world, token) = registered().await;
    let at = world.clock.now();
    world.store.change_user(|user| user.status = AccountStatus::Deactivated { activated_at: at });
    let error = activate(&world.accounts, command("ann@example.com", &token)).await.unwrap_err();
    assert!(matches!(error, ActivateError::InvalidToken));
}

#[tokio::test]
async fn a_failed_commit_does_not_consume_the_token() {
    let (world, token) = registered().await;
    world.store.break_commits();
    let error = activate(&world.accounts, command("ann@example.com", &token)).await.unwrap_err();
    assert!(matches!(error, ActivateError::Store(StoreError::Unavailable(_))));
    world.store.repair();
    assert!(activate(&world.accounts, command("ann@example.com", &token)).await.is_ok());
}

#[tokio::test]
async fn a_caller_without_the_token_does_not_learn_that_an_account_is_active() {
    let (world, token) = registered().await;
    activate(&world.accounts, command("ann@example.com", &token)).await.unwrap();
    let wrong = MailedToken::new("wrong".into());
    let error = activate(&world.accounts, command("ann@example.com", &wrong)).await.unwrap_err();
    assert!(matches!(error, ActivateError::InvalidToken));
}
