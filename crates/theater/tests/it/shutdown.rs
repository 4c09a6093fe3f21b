//! Shutdown, concurrent starts on one database, and the recovery of jobs after a crash.

use std::{
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use serde_json::json;
use test_servers::{SmtpBehaviour, SmtpServer, TestDatabase};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::command_line::{Running, theater};

const BODY: &str = r#"{"email":"unknown@example.com","password":"Wrong-Pass1!"}"#;

/// Sends the first half of a login request.
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

/// Waits for the process to exit, without blocking the runtime.
async fn exited(child: &mut Child) -> ExitStatus {
    let mut interval = tokio::time::interval(Duration::from_millis(20));
    loop {
        interval.tick().await;
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_accepted_before_the_shutdown_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = theater(folder.path());
    let command = command.env("SHUTDOWN_DELAY", "5s").env("SAMPLE_DATA", "off").env("RATE_LIMIT", "off");
    let mut service = Running::start(command);
    let address = service.base().trim_start_matches("http://").to_owned();
    let mut waiting = Vec::new();
    for _ in 0..200 {
        waiting.push(half_a_request(&address).await);
    }
    let ready = format!("{}/health/ready", service.base());
    assert_eq!(reqwest::get(&ready).await.unwrap().status().as_u16(), 200);

    terminate(&service.child);
    let terminated_at = Instant::now();
    test_servers::eventually("it is no longer ready", || async {
        reqwest::get(&ready).await.is_ok_and(|reply| reply.status().as_u16() == 503)
    })
    .await;
    assert!(service.child.try_wait().unwrap().is_none(), "it exited before the shutdown delay");
    let replies = futures::future::join_all(waiting.into_iter().map(second_half)).await;
    for reply in replies {
        assert!(reply.starts_with("HTTP/1.1 401 ") && reply.contains("connection: close"), "{reply}");
        assert!(reply.ends_with('}'), "truncated: {reply}");
    }
    assert_eq!(exited(&mut service.child).await.code(), Some(0));
    assert!(terminated_at.elapsed() < Duration::from_secs(15), "{:?}", terminated_at.elapsed());
    assert!(TcpStream::connect(&address).await.is_err(), "the port is still open");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfinished_request_does_not_prevent_the_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Running::start(theater(folder.path()).env("SAMPLE_DATA", "off"));
    let address = service.base().trim_start_matches("http://").to_owned();
    let _stuck = half_a_request(&address).await;
    let terminated_at = Instant::now();
    terminate(&service.child);
    assert_eq!(exited(&mut service.child).await.code(), Some(0));
    assert!(terminated_at.elapsed() < Duration::from_secs(15), "{:?}", terminated_at.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_start_at_once_on_an_empty_database_initialise_it_once() {
    test_servers::run(TestDatabase::postgres().await, start_two).await;
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
async fn another_process_takes_over_the_jobs_of_a_killed_one() {
    test_servers::run(TestDatabase::postgres().await, kill_while_sending).await;
}

async fn kill_while_sending(url: String) {
    let smtp = SmtpServer::start(SmtpBehaviour::Silent).await;
    let folder = tempfile::tempdir().unwrap();
    let command = || {
        let mut command = theater(folder.path());
        command.env("DATABASE_URL", &url).env("SMTP_URL", smtp.url()).env("SAMPLE_DATA", "off");
        command
    };
    let killed = Running::start(&mut command());
    let register = format!("{}/api/v1/accounts/register", killed.base());
    let body = json!({"email": "ann@example.com", "password": "StrongPass1!"});
    let reply = reqwest::Client::new().post(register).json(&body).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 201);
    test_servers::eventually("the email is being sent", || async { smtp.connections() > 0 }).await;
    // Dropping it kills the process (SIGKILL).
    drop(killed);
    smtp.behave(SmtpBehaviour::Accept);
    let killed_at = Instant::now();
    let _successor = Running::start(&mut command());
    let arrived =
        || async { smtp.emails().iter().any(|mail| mail.to.iter().any(|to| to == "ann@example.com")) };
    test_servers::within(Duration::from_mins(1), "the email arrives", arrived).await;
    assert!(killed_at.elapsed() < Duration::from_mins(1));
}
