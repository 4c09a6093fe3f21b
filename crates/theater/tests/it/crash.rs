//! The process is killed while people register; what was acknowledged must be there afterwards.

use std::{path::Path, process::Command, sync::Mutex, time::Duration};

use domain::ports::Mailbox;
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    app::PASSWORD,
    command_line::{Running, theater},
};

/// What a client knows of its requests.
#[derive(Debug, Default)]
struct Journal {
    acknowledged: Mutex<Vec<String>>,
}

/// Registers people until the service answers no more.
async fn register_until_the_end(base: String, round: usize, client: usize, journal: &Journal) {
    let http = reqwest::Client::new();
    for number in 0.. {
        let email = format!("user-{round}-{client}-{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        match http.post(format!("{base}/api/v1/accounts/register")).json(&body).send().await {
            Ok(reply) if reply.status().as_u16() == 201 => journal.acknowledged.lock().unwrap().push(email),
            Ok(reply) => panic!("{email}: {}", reply.status()),
            Err(_) => return,
        }
    }
}

fn start(folder: &Path) -> Running {
    let mut command: Command = theater(folder);
    Running::start(command.env("SAMPLE_DATA", "off"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_acknowledged_before_a_kill_is_there_after_it_and_gets_a_letter() {
    let folder = tempfile::tempdir().unwrap();
    let journal: &'static Journal = Box::leak(Box::default());
    for round in 0..4 {
        let running = start(folder.path());
        let mut clients = JoinSet::new();
        for client in 0..4 {
            clients.spawn(register_until_the_end(running.base(), round, client, journal));
        }
        let enough = 20 * (round + 1);
        test_support::eventually("people are registered", || async {
            journal.acknowledged.lock().unwrap().len() >= enough
        })
        .await;
        // Letting go of it kills it (SIGKILL), in the middle of whatever it does.
        drop(running);
        clients.join_all().await;
    }

    let running = start(folder.path());
    let http = reqwest::Client::new();
    let acknowledged = journal.acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() >= 80);
    for email in &acknowledged {
        let body = json!({"email": email, "password": PASSWORD});
        let reply =
            http.post(format!("{}/api/v1/accounts/login", running.base())).json(&body).send().await.unwrap();
        // Registered, with this password, and not yet active.
        assert_eq!(reply.status().as_u16(), 403, "{email} was lost");
    }
    let mailbox = mail::MailboxMailer::new(
        folder.path().join("data/mailbox"),
        "x@localhost".parse().unwrap(),
        mail::Templates::new("").unwrap(),
        std::sync::Arc::new(security::SystemClock),
    );
    let waiting = tokio::time::timeout(Duration::from_secs(90), async {
        let mut look = tokio::time::interval(Duration::from_millis(200));
        loop {
            look.tick().await;
            let addressees: std::collections::BTreeSet<_> =
                mailbox.mails().await.unwrap().into_iter().map(|mail| mail.to).collect();
            if acknowledged.iter().all(|email| addressees.contains(email)) {
                return;
            }
        }
    });
    assert!(waiting.await.is_ok(), "somebody who was acknowledged got no letter");
}
