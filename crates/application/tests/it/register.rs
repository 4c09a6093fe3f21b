use application::{
    accounts::{
        ActivateAccount, ActivateError, Activated, LoginError, RegisterAccount, RegisterError, Registered,
        ResetPassword, activate, login, register, request_activation, request_password_reset, reset_password,
    },
    administration::activate_user,
    retention::clean_up,
};
use chrono::Duration;
use domain::{
    accounts::{AccountStatus, Group, HashingError, MailedToken, PasswordAttempt},
    mail::MailContent,
    store::StoreError,
};
use futures::future::join_all;

use crate::world::{PASSWORD, World, credentials, email, limit_rules, password};

fn command(address: &str) -> RegisterAccount {
    RegisterAccount { email: email(address), password: password(PASSWORD), client: None }
}

#[tokio::test]
async fn a_new_account_is_a_pending_ordinary_user_and_gets_one_email() {
    let world = World::new();
    let user = world.register("Ann@Example.com").await;
    assert_eq!(user.email.as_str(), "ann@example.com");
    assert_eq!((user.group, user.status), (Group::User, AccountStatus::Pending));
    assert_eq!(world.outbox_kinds(), ["send_activation"]);
}

#[tokio::test]
async fn the_password_is_stored_as_a_hash() {
    let world = World::new();
    world.register("ann@example.com").await;
    assert_eq!(world.store.users()[0].password_hash.expose(), format!("plain:{PASSWORD}"));
    assert_eq!(world.hasher.work(), (1, 0));
}

#[tokio::test]
async fn a_taken_address_is_refused_ignoring_case_and_no_email_is_sent() {
    let world = World::new();
    world.register("ann@example.com").await;
    let error = register(&world.accounts, command("ANN@example.com")).await.unwrap_err();
    assert_eq!(error.to_string(), "A user with this email ann@example.com already exists.");
    assert_eq!((world.store.users().len(), world.store.outbox().len()), (1, 1));
}

#[tokio::test]
async fn a_taken_address_costs_no_hash() {
    let world = World::new();
    world.register("ann@example.com").await;
    register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert_eq!(world.hasher.work(), (1, 0));
}

#[tokio::test]
async fn of_many_concurrent_registrations_of_one_address_one_succeeds() {
    let world = World::new();
    let all = (0..20).map(|_| register(&world.accounts, command("ann@example.com")));
    let outcomes = join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!((world.store.users().len(), world.store.outbox().len()), (1, 1));
}

#[tokio::test]
async fn a_failed_commit_stores_neither_account_nor_email() {
    let world = World::new();
    world.store.break_commits();
    let error = register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert!(matches!(error, RegisterError::Store(StoreError::Unavailable(_))));
    world.store.repair();
    assert!(world.store.users().is_empty() && world.store.outbox().is_empty());
}

#[tokio::test]
async fn an_overloaded_hasher_is_reported_with_a_retry_delay() {
    let world = World::new();
    world.hasher.overload();
    let error = register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert!(matches!(error, RegisterError::Hashing(HashingError::Overloaded { .. })));
}

const OTHER: &str = "OtherPass2?";

/// Registers Ann's address twice, a minute apart and with different passwords; returns the tokens of both emails.
async fn registered_twice() -> (World, [MailedToken; 2]) {
    let world = World::new();
    world.register("ann@example.com").await;
    world.deliver_all().await;
    let first = world.mailed_token();
    world.later(Duration::minutes(1));
    let again = RegisterAccount { email: email("ann@example.com"), password: password(OTHER), client: None };
    assert!(matches!(register(&world.accounts, again).await, Ok(Registered::Pending(_))));
    world.deliver_all().await;
    let second = world.mailed_token();
    (world, [first, second])
}

async fn passwords_that_log_in(world: &World) -> Vec<&'static str> {
    let mut good = Vec::new();
    for password in [PASSWORD, OTHER] {
        if login(&world.accounts, credentials("ann@example.com", password)).await.is_ok() {
            good.push(password);
        }
    }
    good
}

/// Follows a link, with a password where one is given.
async fn activate_with(
    world: &World,
    token: &MailedToken,
    password: Option<&str>,
) -> Result<Activated, ActivateError> {
    let password = password.map(PasswordAttempt::new);
    let command =
        ActivateAccount { email: email("ann@example.com"), token: token.clone(), password, client: None };
    activate(&world.accounts, command).await
}

async fn follow(world: &World, token: &MailedToken) -> bool {
    activate_with(world, token, None).await.is_ok()
}

#[tokio::test]
async fn of_two_registrations_of_one_address_the_link_and_its_password_decide() {
    for used in [0, 1] {
        let (world, tokens) = registered_twice().await;
        assert_eq!(world.store.users().len(), 1);
        let own = [PASSWORD, OTHER][used];
        assert!(activate_with(&world, &tokens[used], Some(own)).await.is_ok());
        assert_eq!(passwords_that_log_in(&world).await, [[PASSWORD, OTHER][used]]);
        assert!(!follow(&world, &tokens[1 - used]).await);
        assert_eq!(passwords_that_log_in(&world).await, [[PASSWORD, OTHER][used]]);
    }
}

#[tokio::test]
async fn the_link_of_a_rival_registration_does_not_activate_the_account_for_its_owner() {
    let (mut world, [own, rivals]) = registered_twice().await;
    world.accounts.limits.rules = Some(limit_rules());
    for password in [None, Some(PASSWORD), Some("Wrong1!aaaa")] {
        let outcome = activate_with(&world, &rivals, password).await;
        assert!(matches!(outcome, Err(ActivateError::ConfirmPassword)), "{password:?}: {outcome:?}");
    }
    for _ in 0..8 {
        assert!(activate_with(&world, &rivals, Some("Wrong1!aaaa")).await.is_err());
    }
    let outcome = activate_with(&world, &rivals, Some(OTHER)).await;
    assert!(matches!(outcome, Err(ActivateError::TooMany(_))), "attempts are counted: {outcome:?}");
    world.limiter.forget();
    assert!(activate_with(&world, &own, Some(PASSWORD)).await.is_ok(), "no attempt consumed a link");
    assert_eq!(passwords_that_log_in(&world).await, [PASSWORD]);
}

#[tokio::test]
async fn another_registration_does_not_change_the_password_while_an_earlier_link_is_valid() {
    let (world, _) = registered_twice().await;
    assert_eq!(world.store.users()[0].password_hash.expose(), format!("plain:{PASSWORD}"));
}

#[tokio::test]
async fn a_registration_with_expired_links_is_replaced() {
    let world = World::new();
    world.register("ann@example.com").await;
    world.later(Duration::hours(24));
    let again = RegisterAccount { email: email("ann@example.com"), password: password(OTHER), client: None };
    register(&world.accounts, again).await.unwrap();
    assert_eq!(world.store.users()[0].password_hash.expose(), format!("plain:{OTHER}"));
}

/// Sets the password of Ann with a password reset email.
async fn choose_password(world: &World, chosen: &str) {
    request_password_reset(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    let token = world.reset_token().unwrap();
    let command =
        ResetPassword { email: email("ann@example.com"), token, password: password(chosen), client: None };
    reset_password(&world.accounts, command).await.unwrap();
}

#[tokio::test]
async fn a_requested_activation_email_does_not_choose_between_registrations() {
    for after in [Duration::minutes(1), Duration::hours(25)] {
        let (world, [first, second]) = registered_twice().await;
        world.later(after);
        clean_up(&world.retention).await.unwrap();
        request_activation(&world.accounts, email("ann@example.com"), None).await.unwrap();
        world.deliver_all().await;
        let renewed = world.mailed_token();
        assert!(follow(&world, &renewed).await);
        assert_eq!(passwords_that_log_in(&world).await, [""; 0]);
        assert!(!follow(&world, &first).await && !follow(&world, &second).await);
        choose_password(&world, OTHER).await;
        assert_eq!(passwords_that_log_in(&world).await, [OTHER]);
    }
}

#[tokio::test]
async fn the_owner_of_an_account_without_a_password_is_asked_to_set_one() {
    let (world, _) = registered_twice().await;
    world.later(Duration::minutes(1));
    request_activation(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    assert!(follow(&world, &world.mailed_token()).await);
    world.deliver_all().await;
    let mail = world.mailer.sent().pop().unwrap();
    assert!(matches!(mail.content, MailContent::Activated { has_password: false }), "{mail:?}");
}

#[tokio::test]
async fn an_administrator_does_not_choose_between_registrations() {
    let (world, [first, _]) = registered_twice().await;
    activate_user(&world.accounts, world.store.users()[0].id).await.unwrap();
    world.deliver_all().await;
    assert_eq!(passwords_that_log_in(&world).await, [""; 0]);
    let command =
        ActivateAccount { email: email("ann@example.com"), token: first, password: None, client: None };
    assert!(matches!(activate(&world.accounts, command).await, Err(ActivateError::AlreadyActive)));
    choose_password(&world, PASSWORD).await;
    assert_eq!(passwords_that_log_in(&world).await, [PASSWORD]);
}

#[tokio::test]
async fn a_requested_activation_email_for_the_only_registration_retains_its_password() {
    let world = World::new();
    world.register("ann@example.com").await;
    world.later(Duration::hours(25));
    clean_up(&world.retention).await.unwrap();
    request_activation(&world.accounts, email("ann@example.com"), None).await.unwrap();
    world.deliver_all().await;
    assert!(follow(&world, &world.mailed_token()).await);
    assert_eq!(passwords_that_log_in(&world).await, [PASSWORD]);
}

#[tokio::test]
async fn with_hidden_accounts_a_login_does_not_reveal_whether_an_address_is_taken() {
    let mut world = World::new();
    world.active("taken@example.com").await;
    world.accounts.settings.hide_accounts = true;
    world.accounts.limits.rules = Some(limit_rules());
    let mut outcomes = Vec::new();
    for address in ["taken@example.com", "free@example.com"] {
        let command = RegisterAccount { email: email(address), password: password(OTHER), client: None };
        register(&world.accounts, command).await.unwrap();
        let mut attempts = Vec::new();
        for _ in 0..12 {
            attempts.push(match login(&world.accounts, credentials(address, OTHER)).await {
                Err(LoginError::InvalidCredentials) => "wrong",
                Err(LoginError::TooMany(_)) => "too many",
                other => panic!("{other:?}"),
            });
        }
        outcomes.push(attempts);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0][9..], ["wrong", "too many", "too many"]);
}

#[tokio::test]
async fn with_hidden_accounts_every_registration_gets_its_email() {
    let mut world = World::new();
    world.accounts.settings.hide_accounts = true;
    for chosen in [PASSWORD, OTHER] {
        let command =
            RegisterAccount { email: email("ann@example.com"), password: password(chosen), client: None };
        register(&world.accounts, command).await.unwrap();
    }
    world.deliver_all().await;
    assert_eq!(world.mailer.sent().len(), 2);
    let second = world.mailed_token();
    assert!(activate_with(&world, &second, Some(OTHER)).await.is_ok());
    assert_eq!(passwords_that_log_in(&world).await, [OTHER]);
}

#[tokio::test]
async fn an_activated_address_cannot_be_registered_again() {
    let world = World::new();
    world.active("ann@example.com").await;
    world.later(Duration::days(1));
    let error = register(&world.accounts, command("ann@example.com")).await.unwrap_err();
    assert!(matches!(error, RegisterError::EmailTaken(_)));
    assert!(world.store.outbox().is_empty());
}

#[tokio::test]
async fn with_hidden_accounts_every_address_gets_the_same_result_for_the_same_work() {
    let mut world = World::new();
    world.active("active@example.com").await;
    world.register("pending@example.com").await;
    world.deliver_all().await;
    world.later(Duration::minutes(1));
    world.accounts.settings.hide_accounts = true;
    let hashes_before = world.hasher.work().0;
    for address in ["active@example.com", "pending@example.com", "new@example.com", "new@example.com"] {
        let outcome = register(&world.accounts, command(address)).await;
        assert!(matches!(outcome, Ok(Registered::Hidden)), "{address}");
    }
    assert_eq!(world.hasher.work().0 - hashes_before, 4);
    let emails_before = world.mailer.sent().len();
    world.deliver_all().await;
    let sent = world.mailer.sent().split_off(emails_before);
    let emails: Vec<_> = sent.iter().map(|mail| (mail.to.as_str(), activates(&mail.content))).collect();
    assert_eq!(
        emails,
        [("active@example.com", false), ("pending@example.com", true), ("new@example.com", true)]
    );
}

fn activates(content: &MailContent) -> bool {
    match content {
        MailContent::Activation { .. } => true,
        MailContent::AlreadyRegistered => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_owner_of_a_hidden_account_is_notified_at_most_once_a_minute() {
    let mut world = World::new();
    world.active("ann@example.com").await;
    world.accounts.settings.hide_accounts = true;
    world.later(Duration::minutes(1));
    for _ in 0..3 {
        register(&world.accounts, command("ann@example.com")).await.unwrap();
    }
    assert_eq!(world.store.outbox().len(), 1);
    let hash = world.store.users()[0].password_hash.clone();
    assert_eq!(hash.expose(), format!("plain:{PASSWORD}"));
}
