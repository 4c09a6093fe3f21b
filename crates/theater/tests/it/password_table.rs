use serde_json::json;
use test_servers::on_every_database;

use crate::app::TestApp;

const SHORT: &str = "Password must contain at least 8 characters.";
const LONG: &str = "Password must be at most 71 bytes long.";
const NUL: &str = "Password must not contain the NUL character.";

/// Passwords with the rules that each violates.
fn table() -> Vec<(String, Vec<&'static str>)> {
    let of_bytes = |bytes: usize| format!("Aa1!{}", "x".repeat(bytes - 4));
    vec![
        (of_bytes(7), vec![SHORT]),
        (of_bytes(8), vec![]),
        (of_bytes(64), vec![]),
        (of_bytes(71), vec![]),
        (of_bytes(72), vec![LONG]),
        (of_bytes(1_000), vec![LONG]),
        ("Aa1!🎬🎬🎬".to_owned(), vec![SHORT]),
        ("Aa1!🎬🎬🎬🎬".to_owned(), vec![]),
        (format!("Aa1!{}", "🎬".repeat(16)), vec![]),
        (format!("Aa1!{}", "🎬".repeat(17)), vec![LONG]),
        ("Aa1!\0xxxx".to_owned(), vec![NUL]),
        ("Aa1!xxxx\0".to_owned(), vec![NUL]),
        ("Aa1! xx\txx".to_owned(), vec![]),
        (
            "x".to_owned(),
            vec![
                SHORT,
                "Password must contain at least one uppercase letter.",
                "Password must contain at least one digit.",
                "Password must contain at least one special character: @, $, !, %, *, ?, #, &.",
            ],
        ),
        ("AA11!!AA".to_owned(), vec!["Password must contain at least one lower letter."]),
    ]
}

on_every_database! {
    async fn registration_and_reset_apply_the_same_password_rules(url: String) {
        let app = TestApp::start(url).await;
        for (number, (password, expected)) in table().into_iter().enumerate() {
            let email = format!("user{number}@example.com");
            let registered = app.post("/accounts/register", json!({"email": email, "password": password})).await;
            let reset = json!({"email": email, "token": "no such token", "password": password});
            let reset = app.post("/accounts/reset-password/complete", reset).await;
            let errors = |pointer: &str| expected.iter().map(|text| (pointer.to_owned(), (*text).to_owned())).collect::<Vec<_>>();
            if expected.is_empty() {
                registered.expect(201);
                reset.expect_problem(400, "Invalid email or token.");
                // An accepted password logs in; one with another last character does not.
                let token = app.activation_token(&email).await;
                app.activate(&email, &token).await.expect(200);
                app.post("/accounts/login", json!({"email": email, "password": password})).await.expect(201);
                let mut other = password.clone();
                other.pop();
                let other = json!({"email": email, "password": other + "y"});
                app.post("/accounts/login", other).await.expect_problem(401, "Invalid email or password.");
            } else {
                assert_eq!(registered.expect(422).errors(), errors("/password"), "{password:?}");
                assert_eq!(reset.expect(422).errors(), errors("/password"), "{password:?}");
                // A login checks no password rule.
                let login = json!({"email": email, "password": password});
                app.post("/accounts/login", login).await.expect_problem(401, "Invalid email or password.");
            }
        }
        app.stop().await;
    }
}
