use chrono::Duration;
use proptest::prelude::*;
use serde_json::json;

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

/// A token with these claims, rightly signed with the key of access tokens.
fn forge(algorithm: Algorithm, claims: &serde_json::Value) -> String {
    let key = ring("a", &[]).derive("access token")[0];
    jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(&key)).unwrap()
}

fn good_claims() -> serde_json::Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "7", "jti": "x", "typ": "access", "iat": now().timestamp(),
        "exp": now().timestamp() + 60, "sid": URL_SAFE_NO_PAD.encode([9; 16]), "ver": 0,
    })
}

#[test]
fn what_was_signed_is_read_back() {
    let tokens = tokens("a", &[]);
    assert_eq!(tokens.read_access(&tokens.access(&access()), now()), Ok(access()));
    assert_eq!(tokens.read_refresh(&tokens.refresh(&refresh()), now()), Ok(refresh()));
}

#[test]
fn no_two_access_tokens_are_alike_and_a_refresh_token_is_always_the_same() {
    let tokens = tokens("a", &[]);
    assert_ne!(tokens.access(&access()), tokens.access(&access()));
    assert_eq!(tokens.refresh(&refresh()), tokens.refresh(&refresh()));
    let next = RefreshClaims { generation: 5, ..refresh() };
    assert_ne!(tokens.refresh(&refresh()), tokens.refresh(&next));
}

#[test]
fn a_token_dies_at_its_second_without_leeway() {
    let tokens = tokens("a", &[]);
    let token = tokens.access(&access());
    let end = access().expires_at;
    assert!(tokens.read_access(&token, end - Duration::seconds(1)).is_ok());
    assert_eq!(tokens.read_access(&token, end), Err(TokenError::Expired));
}

#[test]
fn one_kind_never_passes_for_the_other() {
    let tokens = tokens("a", &[]);
    assert_eq!(tokens.read_access(&tokens.refresh(&refresh()), now()), Err(TokenError::Invalid));
    assert_eq!(tokens.read_refresh(&tokens.access(&access()), now()), Err(TokenError::Invalid));
}

#[test]
fn after_a_rotation_old_tokens_are_read_until_their_key_is_dropped() {
    let token = tokens("a", &[]).access(&access());
    assert!(tokens("b", &["a"]).read_access(&token, now()).is_ok());
    assert_eq!(tokens("b", &[]).read_access(&token, now()), Err(TokenError::Invalid));
}

#[test]
fn the_forged_token_of_these_tests_would_pass_if_nothing_were_changed() {
    assert!(tokens("a", &[]).read_access(&forge(Algorithm::HS256, &good_claims()), now()).is_ok());
}

#[test]
fn other_algorithms_are_refused_even_with_the_right_key() {
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        assert_eq!(
            tokens("a", &[]).read_access(&forge(algorithm, &good_claims()), now()),
            Err(TokenError::Invalid)
        );
    }
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for alg in ["none", "None", "NONE", ""] {
        let unsigned = format!("{}.{}.", part(json!({"alg": alg, "typ": "JWT"})), part(good_claims()));
        assert_eq!(tokens("a", &[]).read_access(&unsigned, now()), Err(TokenError::Invalid), "{alg:?}");
    }
}

#[test]
fn every_claim_is_required() {
    for claim in ["iss", "aud", "sub", "jti", "typ", "iat", "exp", "sid", "ver"] {
        let mut claims = good_claims();
        claims.as_object_mut().unwrap().remove(claim);
        let token = forge(Algorithm::HS256, &claims);
        assert_eq!(tokens("a", &[]).read_access(&token, now()), Err(TokenError::Invalid), "{claim}");
    }
}

#[test]
fn wrong_claims_are_refused() {
    let wrong = [
        ("iss", json!("somebody")),
        ("aud", json!("something")),
        ("sub", json!("seven")),
        ("sub", json!(7)),
        ("typ", json!("refresh")),
        ("exp", json!(i64::MAX)),
        ("exp", json!("tomorrow")),
        ("sid", json!("short")),
        ("sid", json!("not base64 !")),
    ];
    for (claim, value) in wrong {
        let mut claims = good_claims();
        claims[claim] = value.clone();
        let token = forge(Algorithm::HS256, &claims);
        assert_eq!(tokens("a", &[]).read_access(&token, now()), Err(TokenError::Invalid), "{claim}: {value}");
    }
}

proptest! {
    #[test]
    fn a_token_with_any_byte_changed_is_refused(position in 0_usize..400, replacement in "[A-Za-z0-9_.-]") {
        let tokens = tokens("a", &[]);
        let token = tokens.access(&access());
        let position = position % token.len();
        let mut forged = token.clone();
        forged.replace_range(position..=position, &replacement);
        // The last character of a base64 part has bits that carry nothing; the decoder refuses all but one spelling.
        prop_assume!(forged != token);
        prop_assert_eq!(tokens.read_access(&forged, now()), Err(TokenError::Invalid));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}") {
        prop_assert_eq!(tokens("a", &[]).read_access(&text, now()), Err(TokenError::Invalid));
    }
}
