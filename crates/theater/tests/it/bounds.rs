//! Bounds on what a client can occupy: memory, connections and write time.

use std::{fs, time::Duration};

use api::Behaviour;
use futures::future::join_all;
use reqwest::{Client, header::ACCEPT_ENCODING};
use test_servers::TestDatabase;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use crate::{
    app::TestApp,
    command_line::{Running, theater},
};

/// The largest file of the documentation, more than a megabyte.
const FILE: &str = "swagger-ui-bundle.js";
/// Tolerated growth, in KiB: connections and the allocator need it.
const FLAT_KIB: u64 = 24 * 1_024;
const LONG: Duration = Duration::from_secs(40);

/// The resident memory of a service, in KiB.
fn resident_kib(service: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The same name, each time with other characters percent-escaped (RFC 3986, 2.4).
fn spelling(name: &str, number: usize) -> String {
    let escaped = |(index, character): (usize, char)| {
        if number >> index & 1 == 1 { format!("%{:02x}", character as u32) } else { character.to_string() }
    };
    name.chars().enumerate().map(escaped).collect()
}

/// A service whose documentation was fetched once per encoding, and its resident memory afterwards, in KiB.
async fn warmed_up(folder: &std::path::Path) -> (Running, u64) {
    let service = Running::start(&mut theater(folder));
    let client = Client::new();
    for encoding in ["gzip", "identity"] {
        let file = client.get(format!("{}/docs/{FILE}", service.base())).header(ACCEPT_ENCODING, encoding);
        assert!(file.send().await.unwrap().bytes().await.unwrap().len() > 100_000);
    }
    let memory = resident_kib(&service);
    (service, memory)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_spellings_of_a_path_leave_memory_flat() {
    let folder = tempfile::tempdir().unwrap();
    let (service, before) = warmed_up(folder.path()).await;
    let client = Client::new();
    for number in 1..=1_000 {
        let path = format!("{}/docs/{}", service.base(), spelling(FILE, number));
        let reply = client.head(path).header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
        assert_eq!(
            (reply.status().as_u16(), reply.headers()["content-encoding"].as_bytes()),
            (200, &b"gzip"[..])
        );
    }
    let unknown = client.get(format!("{}/docs/{FILE}x", service.base())).send().await.unwrap();
    assert_eq!(unknown.status().as_u16(), 404);
    let after = resident_kib(&service);
    assert!(after < before + FLAT_KIB, "{before} KiB became {after} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_read_nothing_share_the_bytes_of_a_response() {
    let folder = tempfile::tempdir().unwrap();
    let (service, before) = warmed_up(folder.path()).await;
    let address = service.base().trim_start_matches("http://").to_owned();
    let reader = async || {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request = format!("GET /docs/{FILE} HTTP/1.1\r\nhost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        // The server has created its response once the first bytes arrive.
        stream.readable().await.unwrap();
        stream
    };
    let readers = join_all((0..100).map(|_| reader())).await;
    let after = resident_kib(&service);
    assert!(after < before + FLAT_KIB, "{before} KiB became {after} KiB");
    drop(readers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_a_response_too_slowly_is_cut_off() {
    let database = TestDatabase::sqlite();
    let hasty = Behaviour { response_timeout: Duration::from_millis(300), ..Behaviour::default() };
    let app = TestApp::start_behaving(database.url.clone(), &[], |_| {}, hasty).await;
    let length = app.client.head(format!("{}/docs/{FILE}", app.base)).send().await.unwrap();
    let length: usize = length.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    let request = format!("GET /docs/{FILE} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // Not slow enough for the kernel to consider the client gone.
    let (mut pace, mut buffer, mut read) = (interval(Duration::from_millis(50)), vec![0; 20_000], 0);
    while let Ok(count @ 1..) = timeout(LONG, stream.read(&mut buffer)).await.unwrap() {
        read += count;
        assert!(read < length, "the whole response was sent");
        pace.tick().await;
    }
    assert!(read > 0);
    app.stop().await;
}

/// Sends a request and reads its whole reply.
async fn exchange(stream: &mut TcpStream) {
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut reply = Vec::new();
    while !reply.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut reply).await.unwrap(), 0);
    }
    assert!(reply.starts_with(b"HTTP/1.1 200 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_over_the_limit_wait_until_one_is_closed() {
    let database = TestDatabase::sqlite();
    let app = TestApp::start_with(database.url.clone(), &[("MAX_CONNECTIONS", "2")]).await;
    let connect = async || TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    let (mut one, mut other) = (connect().await, connect().await);
    exchange(&mut one).await;
    exchange(&mut other).await;
    let (mut third, mut byte) = (connect().await, [0]);
    third.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let rounds = async {
        for _ in 0..100 {
            exchange(&mut one).await;
            exchange(&mut other).await;
        }
    };
    tokio::select! {
        biased;
        _ = third.peek(&mut byte) => panic!("a third connection was served"),
        () = rounds => {}
    }
    drop(one);
    assert_eq!(timeout(LONG, third.peek(&mut byte)).await.unwrap().unwrap(), 1);
    app.stop().await;
}
