//! The process is killed during registrations; every acknowledged registration must survive.

use std::{path::Path, process::Command, sync::Mutex, time::Duration};

use domain::mail::Mailbox;
use serde_json::json;
use test_servers::size;
use tokio::task::JoinSet;

use crate::{
    app::PASSWORD,
    command_line::{Running, theater},
};

/// The email addresses of acknowledged registrations.
#[derive(Debug, Default)]
struct Journal {
    acknowledged: Mutex<Vec<String>>,
}

/// Registers users until the service stops responding.
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
async fn an_acknowledged_registration_survives_a_kill_and_its_email_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let journal: &'static Journal = Box::leak(Box::default());
    let rounds = size(2, 4);
    for round in 0..rounds {
        let running = start(folder.path());
        let mut clients = JoinSet::new();
        for client in 0..4 {
            clients.spawn(register_until_the_end(running.base(), round, client, journal));
        }
        let enough = 20 * (round + 1);
        test_servers::eventually("users are registered", || async {
            journal.acknowledged.lock().unwrap().len() >= enough
        })
        .await;
        // Dropping it kills the process (SIGKILL) in the middle of its work.
        drop(running);
        clients.join_all().await;
    }

    let running = start(folder.path());
    let http = reqwest::Client::new();
    let acknowledged = journal.acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() >= 20 * rounds);
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
        let mut poll = tokio::time::interval(Duration::from_millis(200));
        loop {
            poll.tick().await;
            let recipients: std::collections::BTreeSet<_> =
                mailbox.emails().await.unwrap().into_iter().map(|mail| mail.to).collect();
            if acknowledged.iter().all(|email| recipients.contains(email)) {
                return;
            }
        }
    });
    assert!(waiting.await.is_ok(), "an acknowledged user got no email");
}
