//! How the service goes, and how several come up together.

use std::{
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use serde_json::json;
use test_support::{SmtpBehaviour, SmtpServer, TestDatabase};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::command_line::{Running, theater};

const BODY: &str = r#"{"email":"nobody@example.com","password":"Wrong-Pass1!"}"#;

/// A login of which the second half is still to come.
async fn half_a_request(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/accounts/login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&BODY.as_bytes()[..20]).await.unwrap();
    stream
}

async fn second_half(mut stream: TcpStream) -> String {
    stream.write_all(&BODY.as_bytes()[20..]).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

fn terminate(child: &Child) {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

/// Waits for the end without holding up whoever else runs here.
async fn ended(child: &mut Child) -> ExitStatus {
    let mut look = tokio::time::interval(Duration::from_millis(20));
    loop {
        look.tick().await;
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_let_in_before_the_end_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = theater(folder.path());
    let command = command.env("SHUTDOWN_DELAY", "2s").env("SAMPLE_DATA", "off").env("RATE_LIMIT", "off");
    let mut service = Running::start(command);
    let address = service.base().trim_start_matches("http://").to_owned();
    let mut waiting = Vec::new();
    for _ in 0..200 {
        waiting.push(half_a_request(&address).await);
    }
    let ready = format!("{}/health/ready", service.base());
    assert_eq!(reqwest::get(&ready).await.unwrap().status().as_u16(), 200);

    terminate(&service.child);
    let asked_at = Instant::now();
    test_support::eventually("it is not ready any more", || async {
        reqwest::get(&ready).await.is_ok_and(|reply| reply.status().as_u16() == 503)
    })
    .await;
    assert!(service.child.try_wait().unwrap().is_none(), "it is gone already");
    let replies = futures::future::join_all(waiting.into_iter().map(second_half)).await;
    for reply in replies {
        assert!(reply.starts_with("HTTP/1.1 401 ") && reply.contains("connection: close"), "{reply}");
        assert!(reply.ends_with('}'), "it was cut: {reply}");
    }
    assert_eq!(ended(&mut service.child).await.code(), Some(0));
    assert!(asked_at.elapsed() < Duration::from_secs(15), "{:?}", asked_at.elapsed());
    assert!(TcpStream::connect(&address).await.is_err(), "somebody still listens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_ends_a_request_does_not_keep_the_service_from_ending() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Running::start(theater(folder.path()).env("SAMPLE_DATA", "off"));
    let address = service.base().trim_start_matches("http://").to_owned();
    let _stuck = half_a_request(&address).await;
    let asked_at = Instant::now();
    terminate(&service.child);
    assert_eq!(ended(&mut service.child).await.code(), Some(0));
    assert!(asked_at.elapsed() < Duration::from_secs(15), "{:?}", asked_at.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_start_at_once_on_an_empty_database_set_it_up_once() {
    test_support::run(TestDatabase::postgres().await, start_two).await;
}

async fn start_two(url: String) {
    let start = || {
        let url = url.clone();
        tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().unwrap();
            let mut command = theater(folder.path());
            let key = "b7e1c0f94a3d5862e9d7c1b0a4f38652";
            let service = Running::start(command.env("DATABASE_URL", url).env("SECRET_KEY", key));
            (service, folder)
        })
    };
    let (first, second) = tokio::join!(start(), start());
    let ((first, _one), (second, _two)) = (first.unwrap(), second.unwrap());
    let administrators = [&first, &second].into_iter().filter(|one| one.printed("Administrator").is_some());
    assert_eq!(administrators.count(), 1, "{}{}", first.banner, second.banner);
    let mut totals = Vec::new();
    for service in [&first, &second] {
        let list = format!("{}/api/v1/theater/movies", service.base());
        let list: serde_json::Value = reqwest::get(list).await.unwrap().json().await.unwrap();
        totals.push(list["total_items"].as_u64().unwrap());
    }
    assert!(totals[0] >= 250 && totals[0] == totals[1], "{totals:?}");
    assert_eq!((first.terminate(), second.terminate()), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_that_dies_was_doing_another_takes_over() {
    test_support::run(TestDatabase::postgres().await, die_in_the_middle).await;
}

async fn die_in_the_middle(url: String) {
    let smtp = SmtpServer::start(SmtpBehaviour::Silent).await;
    let folder = tempfile::tempdir().unwrap();
    let command = || {
        let mut command = theater(folder.path());
        command.env("DATABASE_URL", &url).env("SMTP_URL", smtp.url()).env("SAMPLE_DATA", "off");
        command
    };
    let dying = Running::start(&mut command());
    let register = format!("{}/api/v1/accounts/register", dying.base());
    let body = json!({"email": "ann@example.com", "password": "StrongPass1!"});
    let reply = reqwest::Client::new().post(register).json(&body).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 201);
    test_support::eventually("the letter is on its way", || async { smtp.connections() > 0 }).await;
    // Letting go of it kills it (SIGKILL).
    drop(dying);
    smtp.behave(SmtpBehaviour::Accept);
    let died_at = Instant::now();
    let _heir = Running::start(&mut command());
    let arrived =
        || async { smtp.mails().iter().any(|mail| mail.to.iter().any(|to| to == "ann@example.com")) };
    test_support::within(Duration::from_mins(1), "the letter arrives", arrived).await;
    assert!(died_at.elapsed() < Duration::from_mins(1));
}
