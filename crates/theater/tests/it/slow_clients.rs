//! Callers that take their time, to send or to read, on purpose or not: each is let go within half a minute, and nobody else
//! notices.

use std::time::{Duration, Instant};

use futures::future::join_all;
use test_support::TestDatabase;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::app::TestApp;

/// How many of each kind.
const CALLERS: usize = 300;
/// By then the service has let go of them, on a machine that is busy with other tests.
const LET_GO: Duration = Duration::from_secs(40);
/// A file of more than a megabyte, so that a few of them are more than any buffer on the way holds.
const LARGE: &str = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";
const TIMES: usize = 40;

async fn begun(address: &str, beginning: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    stream
}

/// Everything that still comes, up to the end of the connection.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A connection that is torn down ends like one that is closed.
    let _ = timeout(LET_GO, stream.read_to_end(&mut bytes)).await.expect("the connection is still open");
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_take_their_time_are_let_go_and_nobody_else_waits() {
    let database = TestDatabase::sqlite();
    let app = TestApp::start(database.url.clone()).await;
    let address = app.base.trim_start_matches("http://").to_owned();
    let head = "GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ";
    let body = "POST /api/v1/accounts/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{";
    let heads = join_all((0..CALLERS).map(|_| begun(&address, head))).await;
    let bodies = join_all((0..CALLERS).map(|_| begun(&address, body))).await;
    let reader = begun(&address, &LARGE.repeat(TIMES)).await;
    let stopped_at = Instant::now();

    let mut slowest = Duration::ZERO;
    for _ in 0..200 {
        let asked_at = Instant::now();
        app.get("/health/live").await.expect(200);
        slowest = slowest.max(asked_at.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "others wait {slowest:?}");

    let (heads, bodies) =
        tokio::join!(join_all(heads.into_iter().map(rest)), join_all(bodies.into_iter().map(rest)));
    assert!(stopped_at.elapsed() < LET_GO, "{:?}", stopped_at.elapsed());
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

    // The one that reads nothing is given up by the kernel; had it been waited for, all would come now.
    tokio::time::sleep_until((stopped_at + LET_GO).into()).await;
    let length = app.client.get(format!("{}/docs/swagger-ui-bundle.js", app.base)).send().await.unwrap();
    let length = length.content_length().unwrap();
    let read = rest(reader).await.len() as u64;
    assert!(length > 1_000_000 && read < length * TIMES as u64, "{read} of {TIMES} x {length} bytes");
    app.stop().await;
}
