//! Starts and stops the service as an operator does.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

use crate::{http, process};

/// Timeout until the service is ready.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// Timeout until the service has ended after SIGTERM.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// Poll interval of the readiness check.
const READY_EVERY: Duration = Duration::from_millis(2);

/// The service's executable, with its folder and database.
#[derive(Debug)]
pub(crate) struct Theater {
    executable: PathBuf,
    folder: PathBuf,
    database_url: String,
}

/// Whether the service caches responses in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// The default configuration.
    On,
    /// Every response is read from the database.
    Off,
}

/// A running service, which is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Time from its start until it was ready.
    pub(crate) ready_after: Duration,
    log: PathBuf,
    child: Child,
}

impl Theater {
    /// An executable that stores its files in `folder`.
    pub(crate) fn new(executable: PathBuf, folder: PathBuf, database_url: String) -> Self {
        Self { executable, folder, database_url }
    }

    /// A command of the executable, with the benchmark's configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.executable);
        // The folder contains no .env file.
        command.args(arguments).current_dir(&self.folder).envs([
            ("HOST", "127.0.0.1"),
            ("PORT", "0"),
            // Two services run at the same time, so each needs a free port for metrics.
            ("METRICS_ADDR", "127.0.0.1:0"),
            ("DATABASE_URL", self.database_url.as_str()),
            ("SECRET_KEY", "only-measured-with-0123456789-abcdefghijklmnop"),
            ("RATE_LIMIT", "off"),
            ("BCRYPT_COST", "12"),
            ("SAMPLE_DATA", "off"),
            ("RUST_LOG", "warn"),
        ]);
        command.env("DATA_DIR", self.folder.join("data"));
        command
    }

    /// Runs a command of the executable to its end, and returns its standard output.
    pub(crate) async fn run(&self, arguments: &[&str], input: &str) -> anyhow::Result<String> {
        let what = format!("theater {}", arguments.join(" "));
        process::run_with(self.command(arguments), input, &what).await
    }

    /// Starts the service and waits until it is ready.
    pub(crate) async fn serve(&self, cache: Cache) -> anyhow::Result<Server> {
        let mut command = self.command(&["serve"]);
        let log = self.folder.join(if cache == Cache::On { "cached.log" } else { "uncached.log" });
        if cache == Cache::Off {
            command.env("CATALOGUE_CACHE_SIZE", "0");
        }
        let errors = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        command.stdout(Stdio::piped()).stderr(errors);
        let started = Instant::now();
        let mut child = command.spawn().context("the service cannot be started")?;
        let stdout = child.stdout.take().context("the service has no output")?;
        let ready = timeout(START_TIMEOUT, wait_until_ready(stdout)).await;
        let ready_after = started.elapsed();
        match ready.unwrap_or_else(|_| bail!("not ready after {} s", START_TIMEOUT.as_secs())) {
            Ok(address) => Ok(Server { address, ready_after, log, child }),
            Err(error) => {
                let output = fs::read_to_string(&log).unwrap_or_default();
                Err(error.context(format!("the service did not start: {}", process::end_of(&output))))
            }
        }
    }
}

impl Server {
    /// The last ten lines of its log.
    pub(crate) fn said(&self) -> String {
        process::end_of(&fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// Its resident memory, in MiB.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        let pid = self.child.id().context("the service has ended by itself")?;
        process::memory_mib(pid, "VmRSS")
    }

    /// Sends SIGTERM and waits until it has ended.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id() {
            let mut command = process::command("sh");
            command.args(["-c", "kill -TERM \"$0\"", &pid.to_string()]);
            process::run(command, "stopping the service").await?;
        }
        match timeout(STOP_TIMEOUT, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => bail!("the service ended with an error ({status})"),
            Ok(Err(error)) => Err(error).context("the service cannot be waited for"),
            // It is killed when `self` is dropped.
            Err(_) => bail!("the service did not stop within {} s", STOP_TIMEOUT.as_secs()),
        }
    }
}

/// Waits until the service prints its port and then until it is ready. Returns its address.
async fn wait_until_ready(stdout: ChildStdout) -> anyhow::Result<SocketAddr> {
    let mut lines = BufReader::new(stdout).lines();
    let address = loop {
        let line = lines.next_line().await.context("its output cannot be read")?;
        let Some(line) = line else { bail!("it ended before it listened") };
        if let Some(port) = announced_port(&line) {
            break SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        }
    };
    tokio::spawn(drain(lines));
    while !matches!(http::fetch(address, "/health/ready").await, Ok((200, _))) {
        sleep(READY_EVERY).await;
    }
    Ok(address)
}

/// Reads the remaining output, so that the service never blocks on a full pipe.
async fn drain(mut lines: Lines<BufReader<ChildStdout>>) {
    while let Ok(Some(_)) = lines.next_line().await {}
}

/// The port in a line of the banner such as `Try it   http://localhost:8000/docs`.
fn announced_port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://localhost:")?;
    rest.split('/').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_parsed_from_the_banner() {
        assert_eq!(announced_port("  Try it         http://localhost:40123/docs"), Some(40_123));
        assert_eq!(announced_port("Movie Theater 0.1.0 is running."), None);
    }
}
