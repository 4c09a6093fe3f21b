//! Load generator: connections that each send the next request as soon as the previous response has arrived. It runs in a
//! separate process, so that client and server share nothing but the machine.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, ensure};
use serde::{Deserialize, Serialize};

use crate::{
    http::{self, Connection},
    latency::{Latencies, Summary, per_second},
    process,
};

/// Delay before a failed connection is opened again.
const AFTER_FAILURE: Duration = Duration::from_millis(10);

/// Options of the load generator.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Load {
    /// Address of the server
    #[arg(long)]
    address: SocketAddr,
    /// A file with one path on each line; each connection starts at a different line
    #[arg(long)]
    paths: PathBuf,
    /// Number of connections
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Number of threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Duration of the measurement, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Duration of the warm-up before it, in seconds
    #[arg(long, default_value_t = 1)]
    warm_up: u64,
}

/// The result.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Outcome {
    /// Successful responses in a second.
    pub(crate) per_second: f64,
    /// Requests without a successful response.
    pub(crate) errors: usize,
    /// The reason of the first failure.
    pub(crate) first_error: Option<String>,
    /// Response times of successful requests.
    pub(crate) latency: Summary,
}

struct Plan {
    server: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    counts_from: Instant,
    until: Instant,
}

#[derive(Default)]
struct Tally {
    good: Latencies,
    errors: usize,
    first_error: Option<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.good.add(other.good);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }
}

/// The subcommand: generates load, and prints the outcome as JSON.
pub(crate) fn generate(load: &Load) -> anyhow::Result<()> {
    let requests = requests(load.address, &load.paths)?;
    let counts_from = Instant::now() + Duration::from_secs(load.warm_up);
    let span = Duration::from_secs(load.seconds);
    let plan = Arc::new(Plan {
        server: load.address,
        requests,
        connections: load.connections,
        counts_from,
        until: counts_from + span,
    });
    let threads = load.threads.clamp(1, load.connections.max(1));
    let start = |number| {
        let plan = plan.clone();
        thread::spawn(move || on_one_thread(&plan, number, threads))
    };
    let handles: Vec<_> = (0..threads).map(start).collect();
    let mut tally = Tally::default();
    for handle in handles {
        tally.add(handle.join().map_err(|_| anyhow!("a thread of the load generator panicked"))??);
    }
    let outcome = Outcome {
        per_second: per_second(tally.good.count(), span),
        errors: tally.errors,
        first_error: tally.first_error,
        latency: tally.good.summary(),
    };
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

/// A GET request for each path in a file.
pub(crate) fn requests(server: SocketAddr, paths: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(paths).with_context(|| format!("{} cannot be read", paths.display()))?;
    let requests: Vec<_> =
        text.lines().filter(|line| !line.is_empty()).map(|path| http::get(server, path)).collect();
    ensure!(!requests.is_empty(), "{} contains no path", paths.display());
    Ok(requests)
}

/// Runs every `threads`-th connection on a single-threaded runtime: connections never move between threads.
fn on_one_thread(plan: &Arc<Plan>, number: usize, threads: usize) -> anyhow::Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let numbers = (number..plan.connections).step_by(threads);
        let clients: Vec<_> = numbers.map(|number| tokio::spawn(client(plan.clone(), number))).collect();
        let mut tally = Tally::default();
        for client in clients {
            tally.add(client.await.context("a connection's task panicked")?);
        }
        Ok(tally)
    })
}

async fn client(plan: Arc<Plan>, number: usize) -> Tally {
    let mut tally = Tally::default();
    let mut connection = None;
    let mut next = number * plan.requests.len() / plan.connections;
    let mut begun = Instant::now();
    while begun < plan.until {
        let request = &plan.requests[next % plan.requests.len()];
        next += 1;
        let answered = ask(plan.server, &mut connection, request).await;
        let ended = Instant::now();
        if begun >= plan.counts_from && ended <= plan.until {
            match &answered {
                Ok(()) => tally.good.record(ended - begun),
                Err(reason) => {
                    tally.errors += 1;
                    tally.first_error.get_or_insert_with(|| reason.clone());
                }
            }
        }
        begun = ended;
        if connection.is_none() {
            tokio::time::sleep(AFTER_FAILURE).await;
            begun = Instant::now();
        }
    }
    tally
}

/// Sends a request over the connection, which is opened if needed and reused after a response. An error is the reason of
/// the failure.
pub(crate) async fn ask(
    server: SocketAddr,
    connection: &mut Option<Connection>,
    request: &[u8],
) -> Result<(), String> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Connection::open(server).await.map_err(|error| error.to_string())?,
    };
    let status = open.exchange(request).await.map_err(|error| error.to_string())?.status;
    *connection = Some(open);
    if (200..300).contains(&status) || status == 304 { Ok(()) } else { Err(format!("status {status}")) }
}

/// The amount of load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Number of connections.
    pub(crate) connections: u16,
    /// Duration of the measurement, in seconds.
    pub(crate) seconds: u64,
}

/// Runs the load generator in another process. Any failed request is an error, since the rate would be meaningless.
pub(crate) async fn measure(server: SocketAddr, paths: &Path, effort: Effort) -> anyhow::Result<Outcome> {
    let mut command = process::this_program()?;
    command.arg("load").arg("--address").arg(server.to_string()).arg("--paths").arg(paths);
    command.args(["--connections", &effort.connections.to_string()]);
    command.args(["--seconds", &effort.seconds.to_string()]);
    let printed = process::run(command, "the load generator").await?;
    let outcome: Outcome = serde_json::from_str(&printed).context("the outcome cannot be read")?;
    ensure!(
        outcome.errors == 0,
        "{} requests failed; the first one: {}",
        outcome.errors,
        outcome.first_error.as_deref().unwrap_or("unknown")
    );
    ensure!(outcome.per_second > 0.0, "no request was answered");
    Ok(outcome)
}
