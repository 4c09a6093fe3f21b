//! Many simultaneous logins, with reads at a fixed rate meanwhile.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until, timeout};

use crate::{
    http::{self, Connection},
    latency::{Latencies, Summary, per_second},
    load, process,
};

const PATH: &str = "/api/v1/accounts/login";
/// Number of connections that read: enough that a scheduled read finds an idle one unless reads are slow.
const READERS: u32 = 16;
/// Timeout of a login.
const LOGIN_TIMEOUT: Duration = Duration::from_mins(2);

/// Options of the login benchmark.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Logins {
    /// Address of the server
    #[arg(long)]
    address: SocketAddr,
    /// Email address of the account
    #[arg(long)]
    email: String,
    /// Its password
    #[arg(long)]
    password: String,
    /// Number of logins that begin at once
    #[arg(long = "logins", default_value_t = 150)]
    at_once: usize,
    /// Number of reads that begin in a second
    #[arg(long, default_value_t = 50)]
    reads_per_second: u32,
    /// A file with one path to read on each line
    #[arg(long)]
    paths: PathBuf,
}

/// The result.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Outcome {
    /// Successful logins.
    pub(crate) logged_in: usize,
    /// Logins that were refused, failed or timed out.
    pub(crate) refused: usize,
    /// Logins in a second, from the first one's start to the last one's end.
    pub(crate) logins_per_second: f64,
    /// Reads without a successful response.
    pub(crate) read_errors: usize,
    /// Response times of reads, from their scheduled start.
    pub(crate) reads: Summary,
}

/// The subcommand: logs in and reads, and prints the outcome as JSON.
pub(crate) fn generate(logins: &Logins) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(log_in_and_read(logins))?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

async fn log_in_and_read(options: &Logins) -> anyhow::Result<Outcome> {
    let server = options.address;
    let body = serde_json::json!({"email": options.email, "password": options.password}).to_string();
    let request: Arc<[u8]> = http::post(server, PATH, &body).into();
    let reads: Arc<[Vec<u8>]> = load::requests(server, &options.paths)?.into();
    // Connections are opened before the measurement, so that all logins begin at once.
    let mut connections = Vec::with_capacity(options.at_once);
    for _ in 0..options.at_once {
        connections.push(Connection::open(server).await.context("the server accepts no more connections")?);
    }

    let begun = Instant::now();
    let over = Arc::new(AtomicBool::new(false));
    let reader = |number| {
        let schedule =
            Schedule { begun, number, every: Duration::from_secs(1) / options.reads_per_second.max(1) };
        tokio::spawn(read(server, reads.clone(), schedule, over.clone()))
    };
    let readers: Vec<_> = (0..READERS).map(reader).collect();
    let log_in = |connection| tokio::spawn(log_in(connection, request.clone()));
    let logins: Vec<_> = connections.into_iter().map(log_in).collect();

    let mut logged_in = 0;
    for login in logins {
        logged_in += usize::from(login.await.context("a login's task panicked")?);
    }
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    let (mut latencies, mut read_errors) = (Latencies::default(), 0);
    for reader in readers {
        let (good, bad) = reader.await.context("a reader's task panicked")?;
        latencies.add(good);
        read_errors += bad;
    }
    Ok(Outcome {
        logged_in,
        refused: options.at_once - logged_in,
        logins_per_second: per_second(logged_in, took),
        read_errors,
        reads: latencies.summary(),
    })
}

/// Whether the login succeeded.
async fn log_in(mut connection: Connection, request: Arc<[u8]>) -> bool {
    let answered = timeout(LOGIN_TIMEOUT, connection.exchange(&request)).await;
    matches!(answered, Ok(Ok(answer)) if answer.status == 201)
}

/// The times at which a reader reads: every [`READERS`]-th of all reads.
#[derive(Clone, Copy)]
struct Schedule {
    begun: Instant,
    number: u32,
    every: Duration,
}

/// Reads on schedule until `over` is set. A read that begins late, because the one before it was slow, is timed from its
/// scheduled start.
async fn read(
    server: SocketAddr,
    requests: Arc<[Vec<u8>]>,
    schedule: Schedule,
    over: Arc<AtomicBool>,
) -> (Latencies, usize) {
    let (mut good, mut bad) = (Latencies::default(), 0);
    let mut connection = None;
    for (turn, request) in (schedule.number..).step_by(READERS as usize).zip(requests.iter().cycle()) {
        let due = schedule.begun + schedule.every * turn;
        sleep_until(due).await;
        if over.load(Ordering::Relaxed) {
            break;
        }
        match load::ask(server, &mut connection, request).await {
            Ok(()) => good.record(due.elapsed()),
            Err(_) => bad += 1,
        }
    }
    (good, bad)
}

/// Credentials of the account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account<'a> {
    /// The email address.
    pub(crate) email: &'a str,
    /// The password.
    pub(crate) password: &'a str,
}

/// Runs the login benchmark in another process.
pub(crate) async fn measure(
    server: SocketAddr,
    account: Account<'_>,
    paths: &Path,
) -> anyhow::Result<Outcome> {
    let mut command = process::this_program()?;
    command.arg("logins").arg("--address").arg(server.to_string()).arg("--paths").arg(paths);
    command.args(["--email", account.email, "--password", account.password]);
    let printed = process::run(command, "logging in").await?;
    let outcome: Outcome = serde_json::from_str(&printed).context("the outcome cannot be read")?;
    ensure!(outcome.logged_in > 0, "no login succeeded");
    ensure!(outcome.read_errors == 0, "{} reads failed during the logins", outcome.read_errors);
    Ok(outcome)
}
