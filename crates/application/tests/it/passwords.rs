use application::{
    accounts::{
        ActivateAccount, ChangePassword, ChangePasswordError, LoginError, ResetPassword, ResetPasswordError,
        activate, authenticate, change_password, login, logout, logout_all, refresh, request_activation,
        request_password_reset, reset_password,
    },
    administration::{activate_user, deactivate_user},
    jobs::Outcome,
};
use chrono::Duration;
use domain::{
    accounts::{MailedToken, PasswordAttempt},
    mail::MailContent,
    outbox::OutboxReader,
};

use crate::world::{PASSWORD, World, credentials, email, password};

const NEW: &str = "Another-1!";

async fn requested() -> (World, MailedToken) {
    let world = World::new();
    world.active("ann@example.com").await;
    request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    let token = world.reset_token().unwrap();
    (world, token)
}

fn reset(address: &str, token: &MailedToken, to: &str) -> ResetPassword {
    ResetPassword { email: email(address), token: token.clone(), password: password(to), client: None }
}

async fn logs_in(world: &World, with: &str) -> bool {
    match login(&world.accounts, credentials("ann@example.com", with)).await {
        Ok(_) => true,
        Err(LoginError::InvalidCredentials) => false,
        Err(error) => panic!("{error}"),
    }
}

fn emails_to(world: &World, address: &str) -> usize {
    world.mailer.sent().iter().filter(|mail| mail.to.as_str() == address).count()
}

#[tokio::test]
async fn a_reset_sets_the_new_password_and_notifies_the_owner() {
    let (world, token) = requested().await;
    reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.unwrap();
    assert!(logs_in(&world, NEW).await && !logs_in(&world, PASSWORD).await);
    world.deliver_all().await;
    assert!(matches!(world.mailer.sent().last().unwrap().content, MailContent::PasswordResetDone));
}

#[tokio::test]
async fn a_reset_ends_every_session() {
    let (world, token) = requested().await;
    let pair = world.login("ann@example.com").await;
    reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.unwrap();
    assert!(authenticate(&world.accounts, &pair.access_token).await.is_err());
    assert!(refresh(&world.accounts, &pair.refresh_token).await.is_err());
}

#[tokio::test]
async fn a_reset_token_works_once() {
    let (world, token) = requested().await;
    reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.unwrap();
    let again = reset_password(&world.accounts, reset("ann@example.com", &token, "Third-One-1!")).await;
    assert_eq!(again.unwrap_err().to_string(), "Invalid email or token.");
    assert!(logs_in(&world, NEW).await);
}

#[tokio::test]
async fn a_thousand_wrong_tokens_cost_no_hash_and_do_not_consume_the_valid_one() {
    let (world, token) = requested().await;
    let before = world.hasher.work();
    for number in 0..1_000 {
        let wrong = MailedToken::new(format!("wrong-{number}"));
        let outcome = reset_password(&world.accounts, reset("ann@example.com", &wrong, NEW)).await;
        assert!(matches!(outcome, Err(ResetPasswordError::InvalidToken)));
    }
    assert_eq!(world.hasher.work(), before);
    reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.unwrap();
}

#[tokio::test]
async fn a_reset_token_is_valid_only_for_its_account_and_until_it_expires() {
    let (world, token) = requested().await;
    world.active("eve@example.com").await;
    for address in ["eve@example.com", "unknown@example.com"] {
        let outcome = reset_password(&world.accounts, reset(address, &token, NEW)).await;
        assert!(matches!(outcome, Err(ResetPasswordError::InvalidToken)), "{address}");
    }
    world.later(Duration::hours(24));
    let late = reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await;
    assert!(matches!(late, Err(ResetPasswordError::InvalidToken)));
}

#[tokio::test]
async fn an_activation_token_resets_no_password() {
    let (world, _) = requested().await;
    let activation = world.mailed_token();
    let outcome = reset_password(&world.accounts, reset("ann@example.com", &activation, NEW)).await;
    assert!(matches!(outcome, Err(ResetPasswordError::InvalidToken)));
}

#[tokio::test]
async fn a_reset_request_does_the_same_for_every_address_and_emails_only_active_accounts() {
    let world = World::new();
    world.active("ann@example.com").await;
    world.register("pending@example.com").await;
    world.deliver_all().await;
    let before = world.mailer.sent().len();
    for address in ["unknown@example.com", "pending@example.com", "ann@example.com"] {
        request_password_reset(&world.accounts, email(address), None).await.unwrap();
        assert_eq!(world.outbox_kinds(), ["request_password_reset"], "{address}");
        world.deliver_all().await;
    }
    assert_eq!(world.mailer.sent().len(), before + 1);
    assert_eq!(emails_to(&world, "unknown@example.com"), 0);
}

#[tokio::test]
async fn requests_within_the_cooldown_send_no_email_and_a_later_one_sends_another_link() {
    let (world, first) = requested().await;
    let before = emails_to(&world, "ann@example.com");
    for _ in 0..5 {
        request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    }
    world.deliver_all().await;
    assert_eq!(emails_to(&world, "ann@example.com"), before);
    world.later(Duration::minutes(1));
    request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    let second = world.reset_token().unwrap();
    let old = reset_password(&world.accounts, reset("ann@example.com", &first, NEW)).await;
    assert!(matches!(old, Err(ResetPasswordError::InvalidToken)));
    reset_password(&world.accounts, reset("ann@example.com", &second, NEW)).await.unwrap();
}

#[tokio::test]
async fn an_activation_email_is_sent_again_only_to_a_pending_account() {
    let world = World::new();
    world.active("ann@example.com").await;
    world.register("pending@example.com").await;
    world.deliver_all().await;
    world.later(Duration::hours(30));
    let before = world.mailer.sent().len();
    for address in ["unknown@example.com", "ann@example.com", "pending@example.com"] {
        request_activation(&world.accounts, email(address), None).await.unwrap();
        world.deliver_all().await;
    }
    assert_eq!(world.mailer.sent().len(), before + 1);
    let command = ActivateAccount {
        email: email("pending@example.com"),
        token: world.mailed_token(),
        password: None,
        client: None,
    };
    activate(&world.accounts, command).await.unwrap();
}

#[tokio::test]
async fn a_request_that_is_processed_twice_sends_one_email() {
    let world = World::new();
    world.active("ann@example.com").await;
    request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    let entry = world.store.oldest(1).await.unwrap().remove(0);
    for _ in 0..2 {
        assert_eq!(world.jobs.process(&entry).await.unwrap(), Outcome::Done);
    }
    assert_eq!(world.outbox_kinds().iter().filter(|kind| **kind == "send_password_reset").count(), 1);
}

#[tokio::test]
async fn a_change_requires_the_old_password_and_ends_all_other_sessions() {
    let world = World::new();
    world.active("ann@example.com").await;
    let (own, other) = (world.login("ann@example.com").await, world.login("ann@example.com").await);
    let caller = authenticate(&world.accounts, &own.access_token).await.unwrap();
    let change =
        |old: &str| ChangePassword { old: PasswordAttempt::new(old), new: password(NEW), client: None };
    let wrong = change_password(&world.accounts, &caller, change("wrong")).await;
    assert!(matches!(wrong, Err(ChangePasswordError::WrongPassword)));
    assert!(logs_in(&world, PASSWORD).await);
    change_password(&world.accounts, &caller, change(PASSWORD)).await.unwrap();
    assert!(logs_in(&world, NEW).await && !logs_in(&world, PASSWORD).await);
    for token in [&own.access_token, &other.access_token] {
        assert!(authenticate(&world.accounts, token).await.is_err());
    }
    assert!(refresh(&world.accounts, &other.refresh_token).await.is_err());
    let next = refresh(&world.accounts, &own.refresh_token).await.unwrap();
    assert!(authenticate(&world.accounts, &next.access_token).await.is_ok());
    world.deliver_all().await;
    assert!(matches!(world.mailer.sent().last().unwrap().content, MailContent::PasswordChanged));
}

#[tokio::test]
async fn a_password_change_revokes_earlier_reset_tokens() {
    let (world, token) = requested().await;
    let access = world.login("ann@example.com").await.access_token;
    let caller = authenticate(&world.accounts, &access).await.unwrap();
    let change = ChangePassword { old: PasswordAttempt::new(PASSWORD), new: password(NEW), client: None };
    change_password(&world.accounts, &caller, change).await.unwrap();
    let late = reset_password(&world.accounts, reset("ann@example.com", &token, "Stolen-1!")).await;
    assert!(matches!(late, Err(ResetPasswordError::InvalidToken)));
    assert!(logs_in(&world, NEW).await);
}

#[tokio::test]
async fn a_deactivation_revokes_earlier_reset_tokens() {
    let (world, token) = requested().await;
    let ann = world.store.users()[0].id;
    deactivate_user(&world.accounts, ann).await.unwrap();
    activate_user(&world.accounts, ann).await.unwrap();
    let late = reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await;
    assert!(matches!(late, Err(ResetPasswordError::InvalidToken)));
    assert!(logs_in(&world, PASSWORD).await);
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_does_not_change_the_password() {
    let world = World::new();
    world.active("ann@example.com").await;
    for everywhere in [false, true] {
        let pair = world.login("ann@example.com").await;
        let caller = authenticate(&world.accounts, &pair.access_token).await.unwrap();
        if everywhere {
            logout_all(&world.accounts, &caller.user).await.unwrap();
        } else {
            logout(&world.accounts, &pair.refresh_token).await.unwrap();
        }
        let command =
            ChangePassword { old: PasswordAttempt::new(PASSWORD), new: password("Another1!"), client: None };
        let outcome = change_password(&world.accounts, &caller, command).await;
        assert!(matches!(outcome, Err(ChangePasswordError::SessionEnded)), "{outcome:?}");
        world.login("ann@example.com").await;
    }
}

#[tokio::test]
async fn of_two_changes_with_one_old_password_the_second_is_refused() {
    let world = World::new();
    world.active("ann@example.com").await;
    let token = world.login("ann@example.com").await.access_token;
    let caller = authenticate(&world.accounts, &token).await.unwrap();
    let change = || ChangePassword { old: PasswordAttempt::new(PASSWORD), new: password(NEW), client: None };
    change_password(&world.accounts, &caller, change()).await.unwrap();
    let second = change_password(&world.accounts, &caller, change()).await;
    assert!(matches!(second, Err(ChangePasswordError::WrongPassword)));
}

#[tokio::test]
async fn a_failed_commit_leaves_the_reset_token_valid() {
    let (world, token) = requested().await;
    world.store.break_commits();
    assert!(reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.is_err());
    world.store.repair();
    reset_password(&world.accounts, reset("ann@example.com", &token, NEW)).await.unwrap();
}
