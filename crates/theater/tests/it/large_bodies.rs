//! Bodies that are too large, too deep or have too many parts are refused and never held in memory.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::command_line::{Running, theater};

/// The permitted growth of the service's memory, in KiB.
const MAX_GROWTH: u64 = 32 * 1_024;

/// A value of `/proc/{pid}/status`, in KiB.
fn memory(service: &Running, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.child.id())).unwrap();
    let line = status.lines().find_map(|known| known.strip_prefix(line)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Sends chunks while the service reads them, up to 128 MiB, and returns the first 12 bytes of the reply. Chunks after the
/// refusal are discarded.
async fn chunks_without_end(service: &Running, path: &str, token: &str, kind: &str) -> String {
    let address = service.base().trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&address).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    write.write_all(head.as_bytes()).await.unwrap();
    let sending = tokio::spawn(async move {
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(4_096));
        let mut sent = 0;
        while sent < 128 << 20 && write.write_all(chunk.as_bytes()).await.is_ok() {
            sent += 4_096;
        }
    });
    let mut answer = vec![0; 12];
    read.read_exact(&mut answer).await.unwrap();
    sending.await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_do_not_occupy_memory() {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(theater(folder.path()).env("RATE_LIMIT", "off"));
    let client = reqwest::Client::new();
    let path = |path: &str| format!("{}/api/v1{path}", service.base());
    let admin = json!({"email": service.printed("Administrator"), "password": service.printed("Password")});
    let login = client.post(path("/accounts/login")).json(&admin).send().await.unwrap();
    let token = login.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    let before = memory(&service, "VmRSS:");

    let post = async |path: String, kind: &str, body: String| {
        let request = client.post(path).bearer_auth(&token).header("content-type", kind).body(body);
        // A client that is refused before it has sent everything may see the connection close instead.
        request.send().await.map_or(413, |reply| reply.status().as_u16())
    };
    let deep = 100_000;
    let json = "application/json";
    for body in ["[".repeat(deep), "{\"a\":".repeat(deep), "[".repeat(30_000), "{\"email\":".repeat(7_000)] {
        let status = post(path("/accounts/login"), json, body).await;
        assert!((400..500).contains(&status), "{status}");
    }
    assert_eq!(post(path("/accounts/login"), json, "x".repeat(65 * 1_024)).await, 413);
    let part = "--b\r\ncontent-disposition: form-data; name=\"info\"\r\n\r\nx\r\n";
    let form = "multipart/form-data; boundary=b";
    let status = post(path("/profiles/users/1/profile"), form, part.repeat(100_000) + "--b--\r\n").await;
    assert!((400..500).contains(&status), "{status}");
    for (path, kind) in [("/api/v1/accounts/login", json), ("/api/v1/profiles/users/1/profile", form)] {
        let answer = chunks_without_end(&service, path, &token, kind).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
    }

    let peak = memory(&service, "VmHWM:");
    assert!(peak < before + MAX_GROWTH, "{before} KiB before, {peak} KiB at most");
    assert_eq!(
        client.get(format!("{}/health/live", service.base())).send().await.unwrap().status().as_u16(),
        200
    );
}
