use application::accounts::{AuthenticateError, LogoutError, RefreshError, authenticate, logout, refresh};
use chrono::Duration;
use domain::accounts::TokenError;

use crate::world::World;

#[tokio::test]
async fn logging_out_ends_the_session_and_no_other() {
    let world = World::new();
    world.active("ann@example.com").await;
    let (one, other) = (world.login("ann@example.com").await, world.login("ann@example.com").await);
    logout(&world.accounts, &one.refresh_token).await.unwrap();
    assert!(matches!(refresh(&world.accounts, &one.refresh_token).await, Err(RefreshError::NotFound)));
    assert!(matches!(
        authenticate(&world.accounts, &one.access_token).await,
        Err(AuthenticateError::Token(TokenError::Invalid))
    ));
    assert!(authenticate(&world.accounts, &other.access_token).await.is_ok());
}

#[tokio::test]
async fn logging_out_twice_succeeds() {
    let world = World::new();
    world.active("ann@example.com").await;
    let pair = world.login("ann@example.com").await;
    logout(&world.accounts, &pair.refresh_token).await.unwrap();
    logout(&world.accounts, &pair.refresh_token).await.unwrap();
}

#[tokio::test]
async fn logging_out_with_the_previous_token_ends_the_session_too() {
    let world = World::new();
    world.active("ann@example.com").await;
    let first = world.login("ann@example.com").await.refresh_token;
    let next = refresh(&world.accounts, &first).await.unwrap().refresh_token;
    logout(&world.accounts, &first).await.unwrap();
    assert!(matches!(refresh(&world.accounts, &next).await, Err(RefreshError::NotFound)));
}

#[tokio::test]
async fn an_invalid_or_expired_token_is_refused() {
    let world = World::new();
    world.active("ann@example.com").await;
    let pair = world.login("ann@example.com").await;
    for token in ["", "nonsense", &pair.access_token] {
        assert!(matches!(logout(&world.accounts, token).await, Err(LogoutError::InvalidToken)));
    }
    world.later(Duration::days(8));
    assert!(matches!(logout(&world.accounts, &pair.refresh_token).await, Err(LogoutError::InvalidToken)));
}
