use application::accounts::{RegisterAccount, RegisterError, register};
use domain::{
    accounts::{AccountStatus, Group},
    outbox::Message,
    ports::{HashingError, StoreError},
};
use futures::future::join_all;

use crate::world::{PASSWORD, World, email, password};

fn command(address: &str) -> RegisterAccount {
    RegisterAccount { email: email(address), password: password(PASSWORD) }
}

#[tokio::test]
async fn a_new_account_is_pending_an_ordinary_user_and_gets_one_letter() {
    let world = World::new();
    let user = register(&world.accounts, command("Ann@Example.com")).await.unwrap();
    assert_eq!(user.email.as_str(), "ann@example.com");
    assert_eq!((user.group, user.status), (Group::User, AccountStatus::Pending));
    assert!(matches!(world.store.outbox()[..], [Message::SendActivation(_)]));
}

#[tokio::test]
async fn the_password_is_stored_as_a_hash() {
    let world = World::new();
    world.register("ann@example.com").await;
    assert_eq!(world.store.users()[0].password_hash.expose(), format!("plain:{PASSWORD}"));
    assert_eq!(world.hasher.work(), (1, 0));
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_in_any_case_and_nothing_is_mailed() {
    let world = World::new();
    world.register("ann@example.com").await;
    let error = register(&world.accounts, command("ANN@example.com")).await.unwrap_err();
    assert_eq!(error.to_string(), "A user with this email ann@example.com already exists.");
    assert_eq!((world.store.users().len(), world.store.outbox().len()), (1, 1));
}

#[tokio::test]
async fn an_address_that_is_taken_costs_no_hash() {
    let world = World::new();
    world.register("ann@example.com").await;
    register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert_eq!(world.hasher.work(), (1, 0));
}

#[tokio::test]
async fn of_many_who_register_one_address_at_once_one_succeeds() {
    let world = World::new();
    let all = (0..20).map(|_| register(&world.accounts, command("ann@example.com")));
    let outcomes = join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!((world.store.users().len(), world.store.outbox().len()), (1, 1));
}

#[tokio::test]
async fn a_commit_that_fails_keeps_neither_account_nor_letter() {
    let world = World::new();
    world.store.break_commits();
    let error = register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert!(matches!(error, RegisterError::Store(StoreError::Unavailable(_))));
    world.store.repair();
    assert!(world.store.users().is_empty() && world.store.outbox().is_empty());
}

#[tokio::test]
async fn an_overloaded_hasher_is_told_with_a_time_to_come_back() {
    let world = World::new();
    world.hasher.overload();
    let error = register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert!(matches!(error, RegisterError::Hashing(HashingError::Overloaded { .. })));
}
