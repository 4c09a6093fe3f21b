use std::net::IpAddr;

use application::accounts::{
    ActivateAccount, ChangePassword, ChangePasswordError, EmailRequestError, Login, LoginError, RefreshError,
    RegisterAccount, RegisterError, ResetPassword, activate, authenticate, change_password, login, refresh,
    register, request_activation, request_password_reset, reset_password,
};
use chrono::Duration;
use domain::accounts::{PasswordAttempt, SessionOrigin};

use crate::world::{PASSWORD, World, credentials, email, limit_rules, password};

const HOME: &str = "203.0.113.7";

fn limited() -> World {
    let mut world = World::new();
    world.accounts.limits.rules = Some(limit_rules());
    world
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// IP address of one of many attackers.
fn attacker(number: usize) -> String {
    format!("198.51.{}.{}", number / 250, number % 250)
}

fn from(client: &str, address_of_mail: &str, password: &str) -> Login {
    let origin = SessionOrigin { device: None, ip: Some(address(client)) };
    Login { origin, ..credentials(address_of_mail, password) }
}

/// Tries wrong passwords for Ann's account, each from another IP address; returns how many are checked.
async fn wrong_logins(world: &World, attempts: usize) -> usize {
    let mut checked = 0;
    for number in 0..attempts {
        match login(&world.accounts, from(&attacker(number), "ann@example.com", "Wrong1!aaaa")).await {
            Err(LoginError::InvalidCredentials) => checked += 1,
            Err(LoginError::TooMany(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    checked
}

/// Ann's account, without a known network.
async fn ann() -> World {
    let world = limited();
    world.active("ann@example.com").await;
    world
}

#[tokio::test]
async fn all_unknown_networks_share_ten_login_attempts_a_minute_per_account() {
    let world = ann().await;
    let (_, before) = world.hasher.work();
    assert_eq!(wrong_logins(&world, 300).await, 10);
    assert_eq!(world.hasher.work().1 - before, 10, "a refused attempt costs no hash");
    world.limiter.forget();
    assert_eq!(wrong_logins(&world, 300).await, 10);
}

#[tokio::test]
async fn an_address_without_an_account_has_the_same_limit() {
    let world = limited();
    assert_eq!(wrong_logins(&world, 30).await, 10);
}

#[tokio::test]
async fn the_owner_can_log_in_from_a_known_network_during_an_attack() {
    let world = ann().await;
    login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();
    wrong_logins(&world, 300).await;
    for _ in 0..30 {
        login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();
    }
    let elsewhere = login(&world.accounts, from("192.0.2.1", "ann@example.com", PASSWORD)).await;
    assert!(matches!(elsewhere, Err(LoginError::TooMany(_))));
}

#[tokio::test]
async fn a_known_network_has_ten_attempts_of_its_own() {
    let world = ann().await;
    login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();
    wrong_logins(&world, 30).await;
    let mut checked = 0;
    for _ in 0..30 {
        let outcome = login(&world.accounts, from(HOME, "ann@example.com", "Wrong1!aaaa")).await;
        checked += usize::from(matches!(outcome, Err(LoginError::InvalidCredentials)));
    }
    assert_eq!(checked, 10);
}

#[tokio::test]
async fn tags_of_an_address_do_not_multiply_its_emails() {
    let world = limited();
    for tag in 0..6 {
        let email = email(&format!("ann+{tag}@example.com"));
        let command =
            RegisterAccount { email, password: password(PASSWORD), client: Some(address(&attacker(tag))) };
        let outcome = register(&world.accounts, command).await;
        assert_eq!(matches!(outcome, Err(RegisterError::TooMany(_))), tag == 5, "{tag}: {outcome:?}");
    }
}

#[tokio::test]
async fn following_a_mailed_link_makes_the_network_known() {
    let world = limited();
    world.register("ann@example.com").await;
    world.deliver_all().await;
    let (email, token) = (email("ann@example.com"), world.mailed_token());
    let command =
        ActivateAccount { email: email.clone(), token, password: None, client: Some(address(HOME)) };
    activate(&world.accounts, command).await.unwrap();
    wrong_logins(&world, 30).await;
    login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();

    request_password_reset(&world.accounts, email.clone(), Some(address("192.0.2.1"))).await.unwrap();
    world.deliver_all().await;
    let token = world.reset_token().unwrap();
    let new = password("Another1!");
    let command = ResetPassword { email, token, password: new, client: Some(address("192.0.2.1")) };
    reset_password(&world.accounts, command).await.unwrap();
    login(&world.accounts, from("192.0.2.1", "ann@example.com", "Another1!")).await.unwrap();
}

#[tokio::test]
async fn a_password_change_forgets_the_known_networks() {
    let world = ann().await;
    login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();
    let pair = world.login("ann@example.com").await;
    let caller = authenticate(&world.accounts, &pair.access_token).await.unwrap();
    let client = Some(address("192.0.2.1"));
    let change = ChangePassword { old: PasswordAttempt::new(PASSWORD), new: password("Another1!"), client };
    change_password(&world.accounts, &caller, change).await.unwrap();
    wrong_logins(&world, 30).await;
    let forgotten = login(&world.accounts, from(HOME, "ann@example.com", "Another1!")).await;
    assert!(matches!(forgotten, Err(LoginError::TooMany(_))));
    login(&world.accounts, from("192.0.2.1", "ann@example.com", "Another1!")).await.unwrap();
}

#[tokio::test]
async fn a_right_password_does_not_count_as_an_attempt() {
    let world = ann().await;
    for _ in 0..30 {
        login(&world.accounts, from(HOME, "ann@example.com", PASSWORD)).await.unwrap();
    }
    assert_eq!(wrong_logins(&world, 30).await, 10);
}

#[tokio::test]
async fn one_network_gets_a_hundred_logins_a_minute_across_all_accounts() {
    let world = limited();
    let mut checked = 0;
    for number in 0..300_u16 {
        let client = format!("2001:db8::{number:x}");
        let attempt = from(&client, &format!("user{number}@example.com"), "Wrong1!aaaa");
        let outcome = login(&world.accounts, attempt).await;
        checked += usize::from(matches!(outcome, Err(LoginError::InvalidCredentials)));
    }
    assert_eq!(checked, 100);
}

#[tokio::test]
async fn one_recipient_gets_five_emails_of_a_kind_an_hour() {
    let world = limited();
    let ann = || email("ann@example.com");
    for number in 0..5 {
        let client = Some(address(&attacker(number)));
        request_password_reset(&world.accounts, ann(), client).await.unwrap();
        request_activation(&world.accounts, ann(), client).await.unwrap();
    }
    let refused = request_password_reset(&world.accounts, ann(), None).await;
    assert!(matches!(refused, Err(EmailRequestError::TooMany(_))));
    let refused = request_activation(&world.accounts, ann(), None).await;
    assert!(matches!(refused, Err(EmailRequestError::TooMany(_))));
    request_activation(&world.accounts, email("bob@example.com"), None).await.unwrap();
}

#[tokio::test]
async fn one_address_is_registered_at_most_five_times_an_hour_and_one_network_registers_sixty() {
    let world = limited();
    let command = |name: &str, client: &str| RegisterAccount {
        email: email(name),
        password: password(PASSWORD),
        client: Some(address(client)),
    };
    for _ in 0..5 {
        register(&world.accounts, command("ann@example.com", HOME)).await.unwrap();
        world.later(Duration::minutes(1));
    }
    let refused = register(&world.accounts, command("ann@example.com", "192.0.2.1")).await;
    assert!(matches!(refused, Err(RegisterError::TooMany(_))));
    for number in 5..60 {
        register(&world.accounts, command(&format!("user{number}@example.com"), HOME)).await.unwrap();
    }
    let refused = register(&world.accounts, command("bob@example.com", HOME)).await;
    assert!(matches!(refused, Err(RegisterError::TooMany(_))));
    register(&world.accounts, command("bob@example.com", "192.0.2.1")).await.unwrap();
}

#[tokio::test]
async fn a_session_is_refreshed_sixty_times_a_minute() {
    let world = ann().await;
    let mut pair = world.login("ann@example.com").await;
    for _ in 0..60 {
        pair = refresh(&world.accounts, &pair.refresh_token).await.unwrap();
    }
    let refused = refresh(&world.accounts, &pair.refresh_token).await;
    assert!(matches!(refused, Err(RefreshError::TooMany(_))));
    world.limiter.forget();
    refresh(&world.accounts, &pair.refresh_token).await.unwrap();
}

#[tokio::test]
async fn a_session_allows_ten_attempts_at_the_password() {
    let world = ann().await;
    let pair = world.login("ann@example.com").await;
    let caller = authenticate(&world.accounts, &pair.access_token).await.unwrap();
    let change = |old: &str| ChangePassword {
        old: PasswordAttempt::new(old),
        new: password("Another1!"),
        client: None,
    };
    for _ in 0..10 {
        let error = change_password(&world.accounts, &caller, change("Wrong1!aaaa")).await.unwrap_err();
        assert!(matches!(error, ChangePasswordError::WrongPassword));
    }
    let refused = change_password(&world.accounts, &caller, change(PASSWORD)).await;
    assert!(matches!(refused, Err(ChangePasswordError::TooMany(_))));
    world.limiter.forget();
    change_password(&world.accounts, &caller, change(PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn without_rules_nothing_is_limited() {
    let world = World::new();
    assert_eq!(wrong_logins(&world, 300).await, 300);
}
