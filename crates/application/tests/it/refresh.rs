use application::accounts::{RefreshError, refresh};
use chrono::Duration;
use domain::accounts::AccountStatus;

use crate::world::World;

async fn logged_in() -> (World, String) {
    let world = World::new();
    world.active("ann@example.com").await;
    let token = world.login("ann@example.com").await.refresh_token;
    (world, token)
}

fn text(error: &RefreshError) -> String {
    error.to_string()
}

#[tokio::test]
async fn a_refresh_token_returns_the_next_pair() {
    let (world, first) = logged_in().await;
    let pair = refresh(&world.accounts, &first).await.unwrap();
    assert_ne!(pair.refresh_token, first);
    assert!(refresh(&world.accounts, &pair.refresh_token).await.is_ok());
}

#[tokio::test]
async fn the_previous_token_returns_the_same_successor_for_thirty_seconds() {
    let (world, first) = logged_in().await;
    let next = refresh(&world.accounts, &first).await.unwrap().refresh_token;
    for _ in 0..20 {
        assert_eq!(refresh(&world.accounts, &first).await.unwrap().refresh_token, next);
    }
    world.later(Duration::seconds(30));
    assert_eq!(refresh(&world.accounts, &first).await.unwrap().refresh_token, next);
}

#[tokio::test]
async fn after_the_grace_period_the_previous_token_ends_its_session_and_no_other() {
    let (world, first) = logged_in().await;
    let other = world.login("ann@example.com").await.refresh_token;
    let next = refresh(&world.accounts, &first).await.unwrap().refresh_token;
    world.later(Duration::seconds(31));
    assert_eq!(text(&refresh(&world.accounts, &first).await.unwrap_err()), "Refresh token not found.");
    assert_eq!(text(&refresh(&world.accounts, &next).await.unwrap_err()), "Refresh token not found.");
    assert!(refresh(&world.accounts, &other).await.is_ok());
}

#[tokio::test]
async fn a_token_two_generations_old_ends_the_session_at_once() {
    let (world, first) = logged_in().await;
    let second = refresh(&world.accounts, &first).await.unwrap().refresh_token;
    let third = refresh(&world.accounts, &second).await.unwrap().refresh_token;
    assert!(matches!(refresh(&world.accounts, &first).await, Err(RefreshError::NotFound)));
    assert!(matches!(refresh(&world.accounts, &third).await, Err(RefreshError::NotFound)));
}

#[tokio::test]
async fn an_idle_session_expires_and_a_busy_one_ends_after_thirty_days() {
    let (world, mut token) = logged_in().await;
    let idle = world.login("ann@example.com").await.refresh_token;
    for _ in 0..5 {
        world.later(Duration::days(6));
        match refresh(&world.accounts, &token).await {
            Ok(pair) => token = pair.refresh_token,
            Err(error) => assert_eq!(text(&error), "Token has expired."),
        }
    }
    assert_eq!(text(&refresh(&world.accounts, &idle).await.unwrap_err()), "Token has expired.");
    assert_eq!(text(&refresh(&world.accounts, &token).await.unwrap_err()), "Token has expired.");
}

#[tokio::test]
async fn anything_but_a_refresh_token_is_invalid() {
    let (world, _) = logged_in().await;
    let access = world.login("ann@example.com").await.access_token;
    for token in ["", "nonsense", &access] {
        assert_eq!(text(&refresh(&world.accounts, token).await.unwrap_err()), "Invalid token.");
    }
}

#[tokio::test]
async fn a_generation_that_was_never_issued_is_not_found_and_does_not_end_the_session() {
    let (world, first) = logged_in().await;
    let forged = first.replacen(".0.", ".7.", 1);
    assert_ne!(forged, first);
    assert!(matches!(refresh(&world.accounts, &forged).await, Err(RefreshError::NotFound)));
    assert!(refresh(&world.accounts, &first).await.is_ok());
}

#[tokio::test]
async fn a_session_is_over_when_the_token_version_changed_or_the_account_is_not_active() {
    let (world, first) = logged_in().await;
    world.store.change_user(|user| user.token_version += 1);
    assert!(matches!(refresh(&world.accounts, &first).await, Err(RefreshError::NotFound)));
    let fresh = world.login("ann@example.com").await.refresh_token;
    world.store.change_user(|user| user.status = AccountStatus::Pending);
    assert!(matches!(refresh(&world.accounts, &fresh).await, Err(RefreshError::NotFound)));
}

#[tokio::test]
async fn a_failed_commit_leaves_the_token_valid() {
    let (world, first) = logged_in().await;
    world.store.break_commits();
    assert!(matches!(refresh(&world.accounts, &first).await, Err(RefreshError::Store(_))));
    world.store.repair();
    assert!(refresh(&world.accounts, &first).await.is_ok());
}
