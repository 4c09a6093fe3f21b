//! Concurrent requests. Each race runs for 3 rounds, or for 50 with `FULL_TESTS=1`, and each fails when fault injection
//! disables the guarantee behind it.

use std::{collections::BTreeSet, sync::Arc};

use application::accounts::grant_admin;
use domain::{
    accounts::{Email, Group, Password, UserFilter},
    page::{PageNumber, PageSize, Position},
};
use serde_json::{Value, json};
use test_servers::{TestDatabase, eventually, on_every_database, run, size};
use tokio::{sync::Barrier, task::JoinSet};

use crate::{
    app::{PASSWORD, Reply, TestApp, pair},
    faulty::{Fault, Faults, SameBits},
};

/// `Err` describes the violated guarantee.
type Outcome = Result<(), String>;

/// Posts these bodies to one path at the same moment and returns the replies.
async fn at_once(app: &TestApp, path: &str, bodies: Vec<Value>) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(bodies.len()));
    let mut all = JoinSet::new();
    for body in bodies {
        let (barrier, request) = (barrier.clone(), app.request(reqwest::Method::POST, path).json(&body));
        all.spawn(async move {
            barrier.wait().await;
            Reply::of_patient(|| request.try_clone().unwrap()).await
        });
    }
    all.join_all().await
}

/// The number of replies with each status, as `1×201 99×409`.
fn statuses(replies: &[Reply]) -> String {
    let distinct: BTreeSet<_> = replies.iter().map(|reply| reply.status).collect();
    let count = |status: &u16| replies.iter().filter(|reply| reply.status == *status).count();
    let all: Vec<_> = distinct.iter().map(|status| format!("{}×{status}", count(status))).collect();
    all.join(" ")
}

fn expect(what: &str, found: impl AsRef<str>, expected: &str) -> Outcome {
    let found = found.as_ref();
    if found == expected { Ok(()) } else { Err(format!("{what}: {found} instead of {expected}")) }
}

/// The number of rounds of each race.
pub(crate) fn rounds() -> usize {
    size(3, 50)
}

/// A hundred registrations of one email address in different spellings.
async fn registrations(app: &TestApp, round: usize) -> Outcome {
    let spelling = |number: usize| {
        let name = if number.is_multiple_of(2) { "Ann" } else { "aNN" };
        format!("{name}{round}@Example.com")
    };
    let bodies = (0..100).map(|number| json!({"email": spelling(number), "password": PASSWORD}));
    let replies = at_once(app, "/accounts/register", bodies.collect()).await;
    expect("registrations", statuses(&replies), "1×201 99×409")
}

/// Fifty uses of one activation token.
async fn activations(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    app.register(&email).await.expect(201);
    let token = app.activation_token(&email).await;
    let bodies = (0..50).map(|_| json!({"email": email, "token": token}));
    let replies = at_once(app, "/accounts/activate", bodies.collect()).await;
    expect("activations", statuses(&replies), "1×200 49×400")
}

/// Fifty uses of one reset token, each with a different password, then a login with each password.
async fn resets(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    app.logged_in(&email).await;
    app.post("/accounts/password-reset/request", json!({"email": email})).await.expect(200);
    let token = app.mailed_token(&email, "Password Reset Request", 1).await;
    let passwords: Vec<_> = (0..50).map(|number| format!("Winner-{number}!a")).collect();
    let body = |password: &String| json!({"email": email, "token": token, "password": password});
    let replies =
        at_once(app, "/accounts/reset-password/complete", passwords.iter().map(body).collect()).await;
    expect("resets", statuses(&replies), "1×200 49×400")?;
    let login = |password: &String| json!({"email": email, "password": password});
    let replies = at_once(app, "/accounts/login", passwords.iter().map(login).collect()).await;
    expect("logins", statuses(&replies), "1×201 49×401")?;
    expect("the old password", app.login(&email).await.status.to_string(), "401")
}

/// A hundred wrong reset tokens, or a thousand with `FULL_TESTS=1`, before the right one.
async fn wrong_tokens(app: &TestApp, _: usize) -> Outcome {
    let email = "ann@example.com";
    app.logged_in(email).await;
    app.post("/accounts/password-reset/request", json!({"email": email})).await.expect(200);
    let token = app.mailed_token(email, "Password Reset Request", 1).await;
    let body = |token: String| json!({"email": email, "token": token, "password": "Another-Pass2!"});
    for _ in 0..size(1, 10) {
        let wrong = (0..100).map(|number| body(format!("{}{number}", &token[2..]))).collect();
        let replies = at_once(app, "/accounts/reset-password/complete", wrong).await;
        expect("wrong tokens", statuses(&replies), "100×400")?;
    }
    let right = app.post("/accounts/reset-password/complete", body(token)).await;
    expect("the right token", right.status.to_string(), "200")
}

/// Twenty refreshes with one token, and one more after its grace period.
async fn refreshes(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    let (_, refresh) = app.logged_in(&email).await;
    let (_, other) = pair(&app.login(&email).await.expect(201));
    let body = json!({"refresh_token": refresh});
    let replies = at_once(app, "/accounts/refresh", vec![body.clone(); 20]).await;
    expect("refreshes", statuses(&replies), "20×200")?;
    let successors: BTreeSet<_> = replies.iter().map(|reply| pair(reply).1).collect();
    expect("successors", successors.len().to_string(), "1")?;
    app.later(chrono::Duration::seconds(31));
    let late = app.post("/accounts/refresh", body).await;
    expect("after the grace period", late.status.to_string(), "401")?;
    let successor = json!({"refresh_token": successors.first()});
    expect("the successor", app.post("/accounts/refresh", successor).await.status.to_string(), "401")?;
    let other = app.post("/accounts/refresh", json!({"refresh_token": other})).await;
    expect("the other session", other.status.to_string(), "200")
}

/// A refresh and a logout with the same token.
async fn logouts(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    let (access, refresh) = app.logged_in(&email).await;
    let body = json!({"refresh_token": refresh});
    let (refreshed, ended) =
        tokio::join!(app.post("/accounts/refresh", body.clone()), app.post("/accounts/logout", body));
    ended.expect(200);
    tokens_are_rejected(app, &access, &refresh, &refreshed).await
}

/// A refresh of one session and a change of the password in another.
async fn password_changes(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    let (own, _) = app.logged_in(&email).await;
    let (access, refresh) = pair(&app.login(&email).await.expect(201));
    let change = json!({"old_password": PASSWORD, "new_password": "Another-Pass2!"});
    let (refreshed, changed) = tokio::join!(
        app.post("/accounts/refresh", json!({"refresh_token": refresh})),
        app.send_as(&own, reqwest::Method::POST, "/accounts/change-password", change)
    );
    changed.expect(200);
    tokens_are_rejected(app, &access, &refresh, &refreshed).await
}

/// Checks that this pair of tokens is rejected, and so is the pair that the refresh may have returned.
async fn tokens_are_rejected(app: &TestApp, access: &str, refresh: &str, refreshed: &Reply) -> Outcome {
    let mut pairs = vec![(access.to_owned(), refresh.to_owned())];
    match refreshed.status {
        200 => pairs.push(pair(refreshed)),
        status => expect("the refresh", status.to_string(), "401")?,
    }
    for (access, refresh) in pairs {
        let me = app.get_as(&access, "/accounts/me").await;
        expect("an access token", me.status.to_string(), "401")?;
        let again = app.post("/accounts/refresh", json!({"refresh_token": refresh})).await;
        expect("a refresh token", again.status.to_string(), "401")?;
    }
    Ok(())
}

/// Two administrators who demote each other.
async fn demotions(app: &TestApp, _: usize) -> Outcome {
    let accounts = &app.wired.services.accounts;
    let mut two = Vec::new();
    for email in ["one@example.com", "other@example.com"] {
        let (email, password) = (Email::parse(email).unwrap(), Password::parse(PASSWORD).unwrap());
        grant_admin(accounts, email.clone(), &password).await.unwrap();
        let token = pair(&app.login(email.as_str()).await.expect(201)).0;
        let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
        two.push((token, id));
    }
    let demote = |token: &str, id: &Value| {
        let path = format!("/admin/users/{id}/change-group");
        let request = app.request(reqwest::Method::POST, &path).bearer_auth(token);
        Reply::of(request.json(&json!({"group": "user"})))
    };
    let (one, other) = tokio::join!(demote(&two[0].0, &two[1].1), demote(&two[1].0, &two[0].1));
    // The second request is refused: as the demotion of the last administrator, or because its caller no longer is one.
    let refused = [&one, &other].iter().filter(|reply| [401, 403, 409].contains(&reply.status)).count();
    let done = [&one, &other].iter().filter(|reply| reply.status == 200).count();
    expect("demotions", format!("{done} done, {refused} refused"), "1 done, 1 refused")?;
    let filter = UserFilter { group: Some(Group::Admin), is_active: Some(true), email: None };
    let position = Position::Page(PageNumber::FIRST);
    let left = accounts.queries.users(&filter, position, PageSize::DEFAULT).await.unwrap();
    expect("administrators", left.items.len().to_string(), "1")
}

/// A hundred logins of one user.
async fn logins(app: &TestApp, round: usize) -> Outcome {
    let email = format!("ann{round}@example.com");
    app.register(&email).await.expect(201);
    let token = app.activation_token(&email).await;
    app.activate(&email, &token).await.expect(200);
    let body = json!({"email": email, "password": PASSWORD});
    let replies = at_once(app, "/accounts/login", vec![body; 100]).await;
    expect("logins", statuses(&replies), "100×201")?;
    let ids: BTreeSet<_> = replies.iter().map(|reply| token_id(&pair(reply).0)).collect();
    expect("token ids", ids.len().to_string(), "100")
}

/// The `jti` of a token.
fn token_id(token: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["jti"].as_str().unwrap().to_owned()
}

macro_rules! won {
    ($app:expr, $round:ident) => {
        won!($app, $round, rounds())
    };
    ($app:expr, $round:ident, $rounds:expr) => {{
        let app = $app;
        for round in 0..$rounds {
            $round(&app, round).await.unwrap_or_else(|problem| panic!("round {round}: {problem}"));
        }
        app.stop().await;
    }};
}

/// Requires at least one of 20 rounds to fail.
macro_rules! lost {
    ($app:expr, $round:ident) => {{
        let app = $app;
        let mut lost = false;
        for round in 0..20 {
            lost = lost || $round(&app, round).await.is_err();
        }
        app.stop().await;
        assert!(lost, "no round failed");
    }};
}

async fn faulty(url: String, faults: Faults) -> TestApp {
    TestApp::start_changed(url, &[], |services| faults.apply_to(services)).await
}

on_every_database! {
    async fn of_a_hundred_registrations_of_one_email_address_one_succeeds(url: String) {
        won!(TestApp::start(url).await, registrations);
    }

    async fn a_hundred_registrations_of_one_email_address_create_one_account_and_one_email(url: String) {
        let app = TestApp::start(url).await;
        registrations(&app, 0).await.unwrap();
        app.activation_token("ann0@example.com").await;
        app.register("bob@example.com").await.expect(201);
        app.activation_token("bob@example.com").await;
        assert_eq!(app.emails("ann0@example.com", "Account Activation").await.len(), 1);
        let admin = app.admin().await;
        let list = app.get_as(&admin, "/admin/users?email=ann0").await.expect(200).json();
        assert_eq!(list["total_items"], 1);
        app.stop().await;
    }

    async fn duplicate_email_addresses_are_detected(url: String) {
        lost!(faulty(url, Faults(&[Fault::DuplicateEmails])).await, registrations);
    }

    async fn a_hundred_concurrent_logins_with_the_right_password_use_up_no_login_attempts(url: String) {
        let limits = [("RATE_LIMIT", "on"), ("RATE_LIMIT_LOGIN_PER_ADDRESS", "1000/1m")];
        won!(TestApp::start_with(url, &limits).await, logins, 1);
    }

    async fn of_fifty_uses_of_one_activation_token_one_succeeds(url: String) {
        won!(TestApp::start(url).await, activations);
    }

    async fn an_activation_sends_one_email(url: String) {
        let app = TestApp::start(url).await;
        activations(&app, 0).await.unwrap();
        eventually("the email is sent", || async {
            app.emails("ann0@example.com", "Account Activated Successfully").await.len() == 1
        })
        .await;
        app.stop().await;
    }

    async fn of_fifty_uses_of_one_reset_token_one_succeeds_and_only_its_password_logs_in(url: String) {
        won!(TestApp::start(url).await, resets);
    }

    async fn reset_tokens_that_are_not_consumed_are_detected(url: String) {
        let faults = Faults(&[Fault::ReusableLinkTokens]);
        lost!(faulty(url, faults).await, resets);
    }

    async fn many_wrong_reset_tokens_do_not_consume_the_valid_one(url: String) {
        won!(TestApp::start(url).await, wrong_tokens, 1);
    }

    async fn wrong_reset_tokens_that_consume_the_valid_one_are_detected(url: String) {
        let faults = Faults(&[Fault::WrongTokenRevokes]);
        let app = faulty(url, faults).await;
        assert!(wrong_tokens(&app, 0).await.is_err());
        app.stop().await;
    }

    async fn twenty_refreshes_with_one_token_get_one_successor_and_a_late_one_ends_the_session(url: String) {
        won!(TestApp::start(url).await, refreshes);
    }

    async fn no_token_outlives_a_logout_during_a_refresh(url: String) {
        won!(TestApp::start(url).await, logouts);
    }

    async fn no_token_outlives_a_password_change_during_a_refresh(url: String) {
        won!(TestApp::start(url).await, password_changes);
    }

    async fn sessions_that_outlive_a_logout_are_detected(url: String) {
        let faults = Faults(&[Fault::EndedSessionsAccepted]);
        lost!(faulty(url, faults).await, logouts);
    }

    async fn sessions_that_outlive_a_password_change_are_detected(url: String) {
        let faults = Faults(&[Fault::EndedSessionsAccepted]);
        lost!(faulty(url, faults).await, password_changes);
    }

    async fn a_late_refresh_that_does_not_end_the_session_is_detected(url: String) {
        lost!(faulty(url, Faults(&[Fault::EndedSessionsAccepted])).await, refreshes);
    }

    async fn two_administrators_who_demote_each_other_leave_one(url: String) {
        won!(TestApp::start(url).await, demotions);
    }

    async fn a_hundred_logins_of_one_user_get_distinct_tokens(url: String) {
        won!(TestApp::start(url).await, logins);
    }

    async fn identical_token_ids_are_detected(url: String) {
        let same = |services: &mut api::Services| services.accounts.randomness = Arc::new(SameBits);
        let app = TestApp::start_changed(url, &[], same).await;
        assert!(logins(&app, 0).await.is_err());
        app.stop().await;
    }
}

/// SQLite serialises writers even without row locks, so these races fail on PostgreSQL only.
mod without_locks {
    use super::*;

    const FAULTS: Faults = Faults(&[Fault::NoRowLocks, Fault::ReusableLinkTokens]);

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn repeated_use_of_an_activation_token_is_detected() {
        run(TestDatabase::postgres().await, |url| async {
            lost!(faulty(url, FAULTS).await, activations);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_demotion_of_both_administrators_is_detected() {
        run(TestDatabase::postgres().await, |url| async {
            lost!(faulty(url, FAULTS).await, demotions);
        })
        .await;
    }
}
