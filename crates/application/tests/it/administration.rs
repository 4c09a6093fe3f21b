use application::{
    ListError,
    accounts::{AccountMessage, ActivateAccount, ActivateError, activate, authenticate, request_activation},
    administration::{
        Activation, AdministrationError, activate_user, change_group, deactivate_user, end_sessions,
        get_user, list_users,
    },
};
use domain::{
    accounts::{AccountStatus, Group, UserFilter, UserId},
    page::{PageNumber, PageSize, Position},
};
use futures::future::join;

use crate::world::{World, email};

async fn admin(world: &World, address: &str) -> UserId {
    let id = world.active(address).await.id;
    change_group(&world.accounts, id, Group::Admin).await.unwrap();
    id
}

#[tokio::test]
async fn a_group_change_takes_effect_immediately_and_ends_the_sessions() {
    let world = World::new();
    let ann = world.active("ann@example.com").await.id;
    let token = world.login("ann@example.com").await.access_token;
    change_group(&world.accounts, ann, Group::Moderator).await.unwrap();
    assert!(authenticate(&world.accounts, &token).await.is_err());
    assert_eq!(get_user(&world.accounts, ann).await.unwrap().group, Group::Moderator);
}

#[tokio::test]
async fn setting_the_same_group_ends_no_session() {
    let world = World::new();
    let ann = world.active("ann@example.com").await.id;
    let token = world.login("ann@example.com").await.access_token;
    change_group(&world.accounts, ann, Group::User).await.unwrap();
    assert!(authenticate(&world.accounts, &token).await.is_ok());
}

#[tokio::test]
async fn the_last_active_administrator_can_be_neither_demoted_nor_deactivated() {
    let world = World::new();
    let ann = admin(&world, "ann@example.com").await;
    let deactivated = admin(&world, "deactivated@example.com").await;
    deactivate_user(&world.accounts, deactivated).await.unwrap();
    let demoted = change_group(&world.accounts, ann, Group::User).await;
    assert!(matches!(demoted, Err(AdministrationError::LastAdmin)));
    assert!(matches!(deactivate_user(&world.accounts, ann).await, Err(AdministrationError::LastAdmin)));
    change_group(&world.accounts, ann, Group::Admin).await.unwrap();
    activate_user(&world.accounts, deactivated).await.unwrap();
    change_group(&world.accounts, ann, Group::User).await.unwrap();
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_leave_one() {
    let world = World::new();
    let (ann, bob) = (admin(&world, "ann@example.com").await, admin(&world, "bob@example.com").await);
    let (one, other) = join(
        change_group(&world.accounts, ann, Group::User),
        change_group(&world.accounts, bob, Group::User),
    )
    .await;
    assert!(one.is_ok() != other.is_ok());
}

#[tokio::test]
async fn deactivating_an_account_ends_its_sessions_and_activating_it_notifies_the_owner() {
    let world = World::new();
    let ann = world.active("ann@example.com").await.id;
    let token = world.login("ann@example.com").await.access_token;
    deactivate_user(&world.accounts, ann).await.unwrap();
    assert!(authenticate(&world.accounts, &token).await.is_err());
    assert_eq!(activate_user(&world.accounts, ann).await.unwrap(), Activation::Activated);
    assert_eq!(activate_user(&world.accounts, ann).await.unwrap(), Activation::AlreadyActive);
    assert_eq!(world.store.outbox(), [AccountMessage::SendActivated(ann).into()]);
    world.login("ann@example.com").await;
}

#[tokio::test]
async fn an_administrator_activates_a_pending_account() {
    let world = World::new();
    let ann = world.register("ann@example.com").await.id;
    activate_user(&world.accounts, ann).await.unwrap();
    assert!(matches!(world.store.users()[0].status, AccountStatus::Active { .. }));
}

#[tokio::test]
async fn the_owner_cannot_confirm_an_account_that_was_deactivated_while_pending() {
    let world = World::new();
    let ann = world.register("ann@example.com").await.id;
    world.deliver_all().await;
    let token = world.mailed_token();
    deactivate_user(&world.accounts, ann).await.unwrap();
    let confirm = ActivateAccount { email: email("ann@example.com"), token, password: None, client: None };
    assert!(matches!(activate(&world.accounts, confirm).await, Err(ActivateError::InvalidToken)));
    let sent = world.mailer.sent().len();
    request_activation(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    assert_eq!(world.mailer.sent().len(), sent);
}

#[tokio::test]
async fn ending_the_sessions_takes_effect_immediately() {
    let world = World::new();
    let ann = world.active("ann@example.com").await.id;
    let token = world.login("ann@example.com").await.access_token;
    end_sessions(&world.accounts, ann, None).await.unwrap();
    assert!(authenticate(&world.accounts, &token).await.is_err());
    world.login("ann@example.com").await;
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let world = World::new();
    let unknown = UserId(99);
    assert!(matches!(get_user(&world.accounts, unknown).await, Err(AdministrationError::NotFound)));
    assert!(matches!(activate_user(&world.accounts, unknown).await, Err(AdministrationError::NotFound)));
    assert!(matches!(deactivate_user(&world.accounts, unknown).await, Err(AdministrationError::NotFound)));
    assert!(matches!(
        change_group(&world.accounts, unknown, Group::User).await,
        Err(AdministrationError::NotFound)
    ));
    assert!(matches!(end_sessions(&world.accounts, unknown, None).await, Err(AdministrationError::NotFound)));
}

#[tokio::test]
async fn a_page_past_the_end_of_the_accounts_is_an_error() {
    let world = World::new();
    world.register("ann@example.com").await;
    let page = |number| Position::Page(PageNumber::new(number).unwrap());
    let filter = UserFilter::default();
    let first = list_users(&world.accounts, &filter, page(1), PageSize::DEFAULT).await.unwrap();
    assert_eq!((first.items.len(), first.total), (1, Some(1)));
    let past = list_users(&world.accounts, &filter, page(2), PageSize::DEFAULT).await;
    assert!(matches!(past, Err(ListError::PastTheEnd("users"))));
}
