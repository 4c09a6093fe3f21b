//! Tests of the password rules with commonly used passwords.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use domain::accounts::Password;

/// The 3000 most common passwords of public leaks, in lower case, as ranked by zxcvbn (MIT).
const COMMON: &str = include_str!("common_passwords.txt");

#[test]
fn none_of_the_3000_most_common_passwords_is_accepted() {
    let all: Vec<_> = COMMON.lines().collect();
    assert_eq!((all.len(), all[0]), (3_000, "123456"));
    let accepted: Vec<_> = all.iter().filter(|password| Password::parse(password).is_ok()).collect();
    assert_eq!(accepted, [&""; 0]);
}

#[test]
fn each_of_them_is_accepted_once_it_satisfies_the_rules() {
    // The rules reject them, not a list of common passwords.
    for password in COMMON.lines() {
        assert!(Password::parse(&format!("Aa1!{password:_<8}")).is_ok(), "{password}");
    }
}
