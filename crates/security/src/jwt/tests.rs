use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::OsRandomness;

fn ring(current: &str, fallbacks: &[&str]) -> KeyRing {
    let secret = |text: &str| text.repeat(32).into();
    KeyRing::new(&secret(current), &fallbacks.iter().map(|text| secret(text)).collect::<Vec<_>>()).unwrap()
}

fn tokens(current: &str, fallbacks: &[&str]) -> JwtSessionTokens {
    JwtSessionTokens::new(&ring(current, fallbacks), Arc::new(OsRandomness))
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn access() -> AccessClaims {
    AccessClaims {
        user_id: UserId(7),
        family: FamilyId([9; 16]),
        token_version: 3,
        issued_at: now(),
        expires_at: now() + Duration::minutes(15),
    }
}

fn refresh() -> RefreshClaims {
    RefreshClaims {
        user_id: UserId(7),
        family: FamilyId([9; 16]),
        generation: 4,
        issued_at: now(),
        expires_at: now() + Duration::days(7),
    }
}

#[test]
fn a_signed_token_is_verified() {
    let tokens = tokens("a", &[]);
    assert_eq!(tokens.read_access(&tokens.access(&access()), now()), Ok(access()));
    assert_eq!(tokens.read_refresh(&tokens.refresh(&refresh()), now()), Ok(refresh()));
}

#[test]
fn access_tokens_are_unique_and_refresh_tokens_are_reproducible() {
    let tokens = tokens("a", &[]);
    assert_ne!(tokens.access(&access()), tokens.access(&access()));
    assert_eq!(tokens.refresh(&refresh()), tokens.refresh(&refresh()));
    let next = RefreshClaims { generation: 5, ..refresh() };
    assert_ne!(tokens.refresh(&refresh()), tokens.refresh(&next));
}

#[test]
fn a_token_expires_without_leeway() {
    let tokens = tokens("a", &[]);
    let token = tokens.access(&access());
    let end = access().expires_at;
    assert!(tokens.read_access(&token, end - Duration::seconds(1)).is_ok());
    assert_eq!(tokens.read_access(&token, end), Err(TokenError::Expired));
}

#[test]
fn a_token_of_one_kind_is_rejected_as_the_other() {
    let tokens = tokens("a", &[]);
    assert_eq!(tokens.read_access(&tokens.refresh(&refresh()), now()), Err(TokenError::Invalid));
    assert_eq!(tokens.read_refresh(&tokens.access(&access()), now()), Err(TokenError::Invalid));
}

#[test]
fn after_a_rotation_old_tokens_are_accepted_until_their_key_is_removed() {
    let token = tokens("a", &[]).access(&access());
    assert!(tokens("b", &["a"]).read_access(&token, now()).is_ok());
    assert_eq!(tokens("b", &[]).read_access(&token, now()), Err(TokenError::Invalid));
}

proptest! {
    #[test]
    fn a_token_with_any_byte_changed_is_rejected(position in 0_usize..400, replacement in "[A-Za-z0-9_.-]") {
        let tokens = tokens("a", &[]);
        let token = tokens.access(&access());
        let position = position % token.len();
        let mut forged = token.clone();
        forged.replace_range(position..=position, &replacement);
        // The last character of a base64 part has unused bits; the decoder rejects all but one encoding.
        prop_assume!(forged != token);
        prop_assert_eq!(tokens.read_access(&forged, now()), Err(TokenError::Invalid));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        prop_assert_eq!(tokens("a", &[]).read_access(&text, now()), Err(TokenError::Invalid));
    }
}
