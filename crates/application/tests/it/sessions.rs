use application::accounts::{EndSessionError, authenticate, end_session, list_sessions, logout_all, refresh};
use chrono::Duration;
use domain::{
    accounts::{SessionId, User},
    page::{PageNumber, PageSize, Position},
};

use crate::world::World;

async fn ids(world: &World, user: &User) -> Vec<SessionId> {
    let position = Position::Page(PageNumber::FIRST);
    let page = list_sessions(&world.accounts, user, position, PageSize::DEFAULT).await.unwrap();
    page.items.iter().map(|session| session.id).collect()
}

fn current(world: &World, user: &User) -> User {
    world.store.users().into_iter().find(|known| known.id == user.id).unwrap()
}

#[tokio::test]
async fn active_sessions_are_listed_newest_first() {
    let world = World::new();
    let ann = world.active("ann@example.com").await;
    world.active("eve@example.com").await;
    world.login("ann@example.com").await;
    world.login("eve@example.com").await;
    world.later(Duration::days(6));
    world.login("ann@example.com").await;
    let all: Vec<_> = world.store.sessions().iter().filter(|s| s.user_id == ann.id).map(|s| s.id).collect();
    assert_eq!(ids(&world, &ann).await, [all[1], all[0]]);
    world.later(Duration::days(1));
    assert_eq!(ids(&world, &ann).await, [all[1]]);
}

#[tokio::test]
async fn one_session_is_ended_and_the_others_stay_active() {
    let world = World::new();
    let ann = world.active("ann@example.com").await;
    let (one, other) = (world.login("ann@example.com").await, world.login("ann@example.com").await);
    let first = *ids(&world, &ann).await.last().unwrap();
    end_session(&world.accounts, &ann, first).await.unwrap();
    assert!(authenticate(&world.accounts, &one.access_token).await.is_err());
    assert!(refresh(&world.accounts, &one.refresh_token).await.is_err());
    assert!(authenticate(&world.accounts, &other.access_token).await.is_ok());
    assert!(matches!(end_session(&world.accounts, &ann, first).await, Err(EndSessionError::NotFound)));
}

#[tokio::test]
async fn a_session_of_another_user_is_not_found() {
    let world = World::new();
    let ann = world.active("ann@example.com").await;
    let eve = world.active("eve@example.com").await;
    let token = world.login("ann@example.com").await.access_token;
    let of_ann = ids(&world, &ann).await[0];
    for id in [of_ann, SessionId(999)] {
        assert!(matches!(end_session(&world.accounts, &eve, id).await, Err(EndSessionError::NotFound)));
    }
    assert!(authenticate(&world.accounts, &token).await.is_ok());
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_of_this_user_only() {
    let world = World::new();
    let ann = world.active("ann@example.com").await;
    world.active("eve@example.com").await;
    let all = [world.login("ann@example.com").await, world.login("ann@example.com").await];
    let eve = world.login("eve@example.com").await;
    logout_all(&world.accounts, &ann).await.unwrap();
    for pair in all {
        assert!(authenticate(&world.accounts, &pair.access_token).await.is_err());
        assert!(refresh(&world.accounts, &pair.refresh_token).await.is_err());
    }
    assert!(authenticate(&world.accounts, &eve.access_token).await.is_ok());
    assert!(ids(&world, &current(&world, &ann)).await.is_empty());
    world.login("ann@example.com").await;
}
