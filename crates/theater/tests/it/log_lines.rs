//! Log lines that clients cause, at the default log level.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use serde_json::{Value, json};
use test_servers::eventually;

use crate::command_line::{Running, theater};

fn log_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The reply to these bytes, up to the end of the connection.
fn sent(service: &Running, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.base().trim_start_matches("http://")).unwrap();
    stream.write_all(bytes).unwrap();
    let mut reply = Vec::new();
    // A reset connection ends the reply like a closed one.
    let _ = stream.read_to_end(&mut reply);
    String::from_utf8_lossy(&reply).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_line_contains_no_email_address_and_no_duplicate_member() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = theater(folder.path());
    let service =
        Running::start_logging_to(command.env("LOG_FORMAT", "json"), fs::File::create(&log).unwrap());
    let client = reqwest::Client::new();
    for (path, typed) in [("password-reset/request", "canary-1"), ("activate/resend", "canary-2")] {
        let url = format!("{}/api/v1/accounts/{path}", service.base());
        let body = json!({"email": format!("{typed}@example.com")});
        assert_eq!(client.post(url).json(&body).send().await.unwrap().status().as_u16(), 200);
    }
    eventually("both messages are processed", || async {
        let log = log_of(&log);
        ["request_password_reset", "request_activation"].iter().all(|kind| log.contains(kind))
    })
    .await;
    for line in log_of(&log).lines() {
        assert!(!line.contains("canary"), "{line}");
        let members: Value = serde_json::from_str(line).unwrap();
        for name in members.as_object().unwrap().keys() {
            assert_eq!(line.matches(&format!("\"{name}\":")).count(), 1, "{name}: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_the_transport_refuses_are_not_logged_as_errors() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = theater(folder.path());
    let service = Running::start_logging_to(&mut command, fs::File::create(&log).unwrap());
    for (malformed, status) in [
        (&b"GET /docs/ HTTP/1.1\r\nhost: x\r\nx-nul: a\0b\r\n\r\n"[..], 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET /docs/ HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n", 400),
        (&[&b"GET /docs/ HTTP/1.1\r\nx-long: "[..], &vec![b'x'; 150_000]].concat(), 431),
    ] {
        let reply = sent(&service, malformed);
        // The unread part of a request that is too long may reset the connection before the reply is read.
        let reset = status == 431 && reply.is_empty();
        assert!(reset || reply.starts_with(&format!("HTTP/1.1 {status} ")), "{reply}");
    }
    let broken = b"POST /api/v1/accounts/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n";
    let reply = sent(&service, broken);
    assert!(reply.contains("application/problem+json") && reply.contains("x-request-id"), "{reply}");
    assert_eq!(service.terminate(), Some(0));
    let log = log_of(&log);
    assert!(log.contains("/api/v1/accounts/login") && !log.contains("ERROR"), "{log}");
}
