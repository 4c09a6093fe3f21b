//! Clients that send or read slowly, on purpose or not: the service closes each connection within half a minute, and other
//! clients are not delayed.

use std::time::{Duration, Instant};

use futures::future::join_all;
use test_servers::{TestDatabase, runs_in_full};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::app::TestApp;

/// The number of clients of each kind.
const CLIENTS: usize = 300;
/// The service closes slow connections within this time, even on a machine that is busy with other tests.
const CLOSED_WITHIN: Duration = Duration::from_secs(40);
/// Requests a file of more than a megabyte: [`TIMES`] replies exceed all buffers on the way.
const LARGE: &str = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";
const TIMES: usize = 40;

async fn begun(address: &str, beginning: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    stream
}

/// Reads until the connection ends.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset counts as a close.
    let _ =
        timeout(CLOSED_WITHIN, stream.read_to_end(&mut bytes)).await.expect("the connection is still open");
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_disconnected_and_other_clients_are_not_delayed() {
    if !runs_in_full("hundreds of slow clients, until they are disconnected") {
        return;
    }
    let database = TestDatabase::sqlite();
    let app = TestApp::start(database.url.clone()).await;
    let address = app.base.trim_start_matches("http://").to_owned();
    let head = "GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ";
    let body = "POST /api/v1/accounts/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{";
    let heads = join_all((0..CLIENTS).map(|_| begun(&address, head))).await;
    let bodies = join_all((0..CLIENTS).map(|_| begun(&address, body))).await;
    let reader = begun(&address, &LARGE.repeat(TIMES)).await;
    let stopped_at = Instant::now();

    let mut times = Vec::new();
    for _ in 0..200 {
        let sent_at = Instant::now();
        app.get("/health/live").await.expect(200);
        times.push(sent_at.elapsed());
    }
    times.sort_unstable();
    assert!(times[190] < Duration::from_secs(2), "other clients wait {times:?}");

    let (heads, bodies) =
        tokio::join!(join_all(heads.into_iter().map(rest)), join_all(bodies.into_iter().map(rest)));
    assert!(stopped_at.elapsed() < CLOSED_WITHIN, "{:?}", stopped_at.elapsed());
    for reply in heads {
        assert!(
            reply.is_empty() || reply.starts_with(b"HTTP/1.1 408 "),
            "{}",
            String::from_utf8_lossy(&reply)
        );
    }
    for reply in bodies {
        assert!(reply.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&reply));
    }

    // The kernel drops the connection whose client reads nothing; if the service had waited, all replies would arrive now.
    tokio::time::sleep_until((stopped_at + CLOSED_WITHIN).into()).await;
    let length = app.client.get(format!("{}/docs/swagger-ui-bundle.js", app.base)).send().await.unwrap();
    let length = length.content_length().unwrap();
    let read = rest(reader).await.len() as u64;
    assert!(length > 1_000_000 && read < length * TIMES as u64, "{read} of {TIMES} x {length} bytes");
    app.stop().await;
}
