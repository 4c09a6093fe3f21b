use application::accounts::{AuthenticateError, authenticate};
use chrono::Duration;
use domain::accounts::{AccountStatus, Group, TokenError};

use crate::world::World;

async fn logged_in() -> (World, String) {
    let world = World::new();
    world.active("ann@example.com").await;
    let token = world.login("ann@example.com").await.access_token;
    (world, token)
}

#[tokio::test]
async fn a_token_identifies_its_user_and_session() {
    let (world, token) = logged_in().await;
    let caller = authenticate(&world.accounts, &token).await.unwrap();
    assert_eq!(caller.user.email.as_str(), "ann@example.com");
    assert_eq!(caller.session.id, world.store.sessions()[0].id);
}

#[tokio::test]
async fn the_current_group_applies_not_the_group_at_the_time_of_the_token() {
    let (world, token) = logged_in().await;
    world.store.change_user(|user| user.group = Group::Admin);
    assert_eq!(authenticate(&world.accounts, &token).await.unwrap().user.group, Group::Admin);
}

#[tokio::test]
async fn a_token_expires_after_fifteen_minutes() {
    let (world, token) = logged_in().await;
    world.later(Duration::minutes(15) - Duration::seconds(1));
    assert!(authenticate(&world.accounts, &token).await.is_ok());
    world.later(Duration::seconds(1));
    assert!(matches!(
        authenticate(&world.accounts, &token).await,
        Err(AuthenticateError::Token(TokenError::Expired))
    ));
}

#[tokio::test]
async fn a_higher_token_version_invalidates_every_earlier_token() {
    let (world, token) = logged_in().await;
    world.store.change_user(|user| user.token_version += 1);
    assert!(matches!(
        authenticate(&world.accounts, &token).await,
        Err(AuthenticateError::Token(TokenError::Invalid))
    ));
    let fresh = world.login("ann@example.com").await.access_token;
    assert!(authenticate(&world.accounts, &fresh).await.is_ok());
}

#[tokio::test]
async fn an_account_that_is_no_longer_active_is_refused_immediately() {
    let (world, token) = logged_in().await;
    world.store.change_user(|user| user.status = AccountStatus::Pending);
    let error = authenticate(&world.accounts, &token).await.unwrap_err();
    assert_eq!(error.to_string(), "User not found or not active.");
}

#[tokio::test]
async fn anything_but_an_access_token_is_invalid() {
    let (world, _) = logged_in().await;
    let refresh = world.login("ann@example.com").await.refresh_token;
    for token in ["", "nonsense", &refresh] {
        assert!(matches!(
            authenticate(&world.accounts, token).await,
            Err(AuthenticateError::Token(TokenError::Invalid))
        ));
    }
}

#[tokio::test]
async fn a_session_of_another_user_is_refused() {
    let (world, token) = logged_in().await;
    world.active("eve@example.com").await;
    let [ann, eve] = [0, 1].map(|index| world.store.users()[index].id.0);
    let forged = token.replacen(&format!("access.{ann}."), &format!("access.{eve}."), 1);
    assert_ne!(forged, token);
    assert!(matches!(
        authenticate(&world.accounts, &forged).await,
        Err(AuthenticateError::Token(TokenError::Invalid))
    ));
}

#[tokio::test]
async fn an_unavailable_store_fails_the_authentication() {
    let (world, token) = logged_in().await;
    world.store.break_down();
    assert!(matches!(authenticate(&world.accounts, &token).await, Err(AuthenticateError::Store(_))));
}
