use application::accounts::{LoginError, authenticate, login};
use domain::{
    accounts::{AccountStatus, PasswordHash, SessionOrigin},
    environment::Clock,
};
use futures::future::join;

use crate::world::{PASSWORD, World, credentials};

#[tokio::test]
async fn the_right_password_starts_a_session() {
    let world = World::new();
    let ann = world.active("ann@example.com").await;
    let pair = login(&world.accounts, credentials("ann@example.com", PASSWORD)).await.unwrap();
    assert_eq!(pair.expires_in, 900);
    let session = &world.store.sessions()[0];
    assert_eq!((session.user_id, session.generation, session.created_at), (ann.id, 0, world.clock.now()));
}

#[tokio::test]
async fn the_session_stores_its_device_and_ip_address() {
    let world = World::new();
    world.active("ann@example.com").await;
    let origin = SessionOrigin { device: Some("curl".into()), ip: Some([127, 0, 0, 1].into()) };
    let mut command = credentials("ann@example.com", PASSWORD);
    command.origin = origin.clone();
    login(&world.accounts, command).await.unwrap();
    assert_eq!(world.store.sessions()[0].origin, origin);
}

#[tokio::test]
async fn wrong_password_unknown_address_and_invalid_address_fail_alike_after_the_same_work() {
    let world = World::new();
    world.active("ann@example.com").await;
    let before = world.hasher.work().1;
    for (number, (address, password)) in
        [("ann@example.com", "wrong"), ("unknown@example.com", PASSWORD), ("no address", PASSWORD)]
            .into_iter()
            .enumerate()
    {
        let error = login(&world.accounts, credentials(address, password)).await.unwrap_err();
        assert_eq!(error.to_string(), "Invalid email or password.", "{address}");
        assert_eq!(world.hasher.work().1, before + number + 1, "{address}");
    }
    assert!(world.store.sessions().is_empty());
}

#[tokio::test]
async fn only_the_right_password_reveals_that_an_account_is_not_active() {
    let world = World::new();
    world.register("ann@example.com").await;
    let owner = login(&world.accounts, credentials("ann@example.com", PASSWORD)).await.unwrap_err();
    assert_eq!(owner.to_string(), "User account is not activated.");
    let stranger = login(&world.accounts, credentials("ann@example.com", "wrong")).await.unwrap_err();
    assert!(matches!(stranger, LoginError::InvalidCredentials));
}

#[tokio::test]
async fn a_deactivated_account_cannot_log_in() {
    let world = World::new();
    world.active("ann@example.com").await;
    let at = world.clock.now();
    world.store.change_user(|user| user.status = AccountStatus::Deactivated { activated_at: at });
    let error = login(&world.accounts, credentials("ann@example.com", PASSWORD)).await.unwrap_err();
    assert!(matches!(error, LoginError::NotActivated));
}

#[tokio::test]
async fn a_login_renews_an_outdated_hash() {
    let world = World::new();
    world.active("ann@example.com").await;
    world.store.change_user(|user| user.password_hash = PasswordHash::new(format!("old:{PASSWORD}")));
    world.login("ann@example.com").await;
    assert_eq!(world.store.users()[0].password_hash.expose(), format!("plain:{PASSWORD}"));
}

#[tokio::test]
async fn a_concurrent_renewal_of_the_hash_does_not_fail_the_login() {
    let world = World::new();
    world.active("ann@example.com").await;
    let hashes = ["old", "plain"].map(|kind| PasswordHash::new(format!("{kind}:{PASSWORD}")));
    world.store.change_user(|user| user.password_hash = hashes[0].clone());
    let unit = world.accounts.store.begin().await.unwrap();
    // The login has checked the password when a concurrent one, which locked the account first, stores a renewed hash.
    let renewing = async {
        let mut user = unit.users().lock(world.store.users()[0].id).await.unwrap().unwrap();
        user.password_hash = hashes[1].clone();
        unit.users().save(&user).await.unwrap();
        unit.commit().await.unwrap();
    };
    let (logged_in, ()) =
        join(login(&world.accounts, credentials("ann@example.com", PASSWORD)), renewing).await;
    assert!(logged_in.is_ok(), "{logged_in:?}");
}

#[tokio::test]
async fn ending_all_sessions_concurrently_does_not_fail_the_login() {
    let world = World::new();
    let ann = world.active("ann@example.com").await.id;
    let unit = world.accounts.store.begin().await.unwrap();
    let ending = async {
        let mut user = unit.users().lock(ann).await.unwrap().unwrap();
        user.end_sessions();
        unit.users().save(&user).await.unwrap();
        unit.commit().await.unwrap();
    };
    let (logged_in, ()) =
        join(login(&world.accounts, credentials("ann@example.com", PASSWORD)), ending).await;
    assert!(authenticate(&world.accounts, &logged_in.unwrap().access_token).await.is_ok());
}

#[tokio::test]
async fn every_login_has_its_own_tokens_and_session() {
    let world = World::new();
    world.active("ann@example.com").await;
    let (one, other) = (world.login("ann@example.com").await, world.login("ann@example.com").await);
    assert_ne!(one.access_token, other.access_token);
    assert_ne!(one.refresh_token, other.refresh_token);
    assert_ne!(world.store.sessions()[0].family, world.store.sessions()[1].family);
}

#[tokio::test]
async fn an_unavailable_store_fails_the_login() {
    let world = World::new();
    world.store.break_down();
    let error = login(&world.accounts, credentials("ann@example.com", PASSWORD)).await.unwrap_err();
    assert!(matches!(error, LoginError::Store(_)));
}
