use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use test_servers::on_every_database;

use crate::app::TestApp;

const SECRET: &str = "Zk3Jr8vQ1nX5tB7cLw9sYd2fGh4mKp6u";

/// The key that is derived from this secret for a purpose (HKDF, RFC 5869).
fn key(secret: &str, purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(purpose.as_bytes(), &mut key).unwrap();
    key
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn parts(token: &str) -> [Value; 2] {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default());
    [(); 2].map(|()| serde_json::from_slice(&parts.next().unwrap()).unwrap())
}

/// A token with this header and these claims, signed with its algorithm.
fn signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let body = format!("{}.{}", part(header), part(claims));
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).unwrap();
            mac.update(body.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }};
    }
    let signature = match header["alg"].as_str() {
        Some("HS384") => mac!(Sha384),
        Some("HS512") => mac!(Sha512),
        _ => mac!(Sha256),
    };
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Forgeries of this access token, each with a description; many are signed with the real key.
fn forgeries(access: &str, refresh: &str) -> Vec<(String, String)> {
    let [header, claims] = parts(access);
    let right = key(SECRET, "access token");
    let mut all = Vec::new();
    let mut add = |what: String, token: String| all.push((what, token));
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let body = format!("{}.{}", part(&json!({"alg": algorithm, "typ": "JWT"})), part(&claims));
        add(format!("unsigned {algorithm:?}"), format!("{body}."));
        add(
            format!("{algorithm:?} with a signature"),
            format!("{body}.{}", access.rsplit('.').next().unwrap()),
        );
    }
    for algorithm in ["HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256"] {
        let header = json!({"alg": algorithm, "typ": "JWT"});
        add(algorithm.to_owned(), signed(&header, &claims, &right));
    }
    let no_algorithm = json!({"typ": "JWT"});
    add("no algorithm".to_owned(), signed(&no_algorithm, &claims, &right));
    for name in ["iss", "aud", "sub", "jti", "typ", "iat", "exp", "sid", "ver"] {
        let mut fewer = claims.clone();
        fewer.as_object_mut().unwrap().remove(name);
        add(format!("no {name}"), signed(&header, &fewer, &right));
    }
    let wrong = [
        ("iss", json!("other-issuer")),
        ("iss", json!(["movie-theater"])),
        ("aud", json!("something")),
        ("sub", json!("999999")),
        ("sub", json!("-1")),
        ("sub", json!(1)),
        ("sub", json!("seven")),
        ("typ", json!("refresh")),
        ("exp", json!(1)),
        ("exp", json!("9999999999")),
        ("exp", json!("tomorrow")),
        ("exp", json!(i64::MAX)),
        ("sid", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sid", json!("")),
        ("sid", json!("short")),
        ("sid", json!("not base64 !")),
        ("ver", json!(-1)),
        ("ver", json!(1_000_000)),
    ];
    for (name, value) in wrong {
        let mut other = claims.clone();
        other[name] = value.clone();
        add(format!("{name}: {value}"), signed(&header, &other, &right));
    }
    for purpose in ["refresh token", "activation", "access tokens", ""] {
        add(format!("signed for {purpose:?}"), signed(&header, &claims, &key(SECRET, purpose)));
    }
    add("signed with the secret itself".to_owned(), signed(&header, &claims, SECRET.as_bytes()));
    add("signed with nothing".to_owned(), signed(&header, &claims, b""));
    for position in 0..access.len() {
        // One flipped bit, where the character stays within the token's alphabet.
        let mut bytes = access.as_bytes().to_vec();
        bytes[position] ^= 1;
        if position % 40 == 5
            && let Ok(token) = String::from_utf8(bytes)
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            add(format!("bit at {position}"), token);
        }
    }
    add("a refresh token".to_owned(), refresh.to_owned());
    add("cut short".to_owned(), access[..access.len() - 1].to_owned());
    add("without its last part".to_owned(), access.rsplit_once('.').unwrap().0.to_owned());
    add("twice".to_owned(), format!("{access}{access}"));
    all
}

on_every_database! {
    async fn every_forged_token_is_refused(url: String) {
        let app = TestApp::start_with(url, &[("SECRET_KEY", SECRET)]).await;
        let (access, refresh) = app.logged_in("ann@example.com").await;
        let [header, claims] = parts(&access);
        let same = signed(&header, &claims, &key(SECRET, "access token"));
        app.get_as(&same, "/accounts/me").await.expect(200);
        let forgeries = forgeries(&access, &refresh);
        assert!(forgeries.len() >= 40, "{}", forgeries.len());
        for (what, token) in &forgeries {
            let reply = app.get_as(token, "/accounts/me").await;
            assert_eq!(reply.status, 401, "{what}");
            assert_eq!(reply.header("www-authenticate"), "Bearer error=\"invalid_token\"", "{what}");
        }
        // An access token is not accepted as a refresh token either.
        app.post("/accounts/refresh", json!({"refresh_token": access})).await.expect_problem(400, "Invalid token.");
        app.get_as(&access, "/accounts/me").await.expect(200);
        app.stop().await;
    }
}
