//! The service, started as people start it.

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

/// Within that time it must be ready, or something is wrong with it.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// Within that time it must have ended after it was asked to.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long lies between two questions whether it is ready.
const READY_EVERY: Duration = Duration::from_millis(2);

/// The service's executable, and what it works with.
#[derive(Debug)]
pub(crate) struct Theater {
    executable: PathBuf,
    folder: PathBuf,
    database_url: String,
}

/// Whether the service keeps answers in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cache {
    /// As it is configured by default.
    On,
    /// Every answer comes from the database.
    Off,
}

/// A service that runs, and is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// How long it took from its start until it was ready.
    pub(crate) ready_after: Duration,
    log: PathBuf,
    child: Child,
}

impl Theater {
    /// An executable that keeps its files in `folder`.
    pub(crate) fn new(executable: PathBuf, folder: PathBuf, database_url: String) -> Self {
        Self { executable, folder, database_url }
    }

    /// A command of the executable.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.executable);
        // In the folder there is no .env file.
        command.args(arguments).current_dir(&self.folder).envs([
            ("HOST", "127.0.0.1"),
            ("PORT", "0"),
            // Two services run side by side, and metrics have a port of their own.
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

    /// Runs a command of the executable to its end.
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
        match ready.unwrap_or_else(|_| bail!("it was not ready after {} s", START_TIMEOUT.as_secs())) {
            Ok(address) => Ok(Server { address, ready_after, log, child }),
            Err(error) => {
                let told = fs::read_to_string(&log).unwrap_or_default();
                Err(error.context(format!("the service did not start: {}", process::end_of(&told))))
            }
        }
    }
}

impl Server {
    /// The last that it said besides its answers.
    pub(crate) fn said(&self) -> String {
        process::end_of(&fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// How much memory it has, in MiB.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        let pid = self.child.id().context("the service has ended by itself")?;
        process::memory_mib(pid, "VmRSS")
    }

    /// Asks it to stop as an operator would, and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id() {
            let mut command = process::command("sh");
            command.args(["-c", "kill -TERM \"$0\"", &pid.to_string()]);
            process::run(command, "stopping the service").await?;
        }
        match timeout(STOP_TIMEOUT, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => bail!("the service ended badly ({status})"),
            Ok(Err(error)) => Err(error).context("the service cannot be waited for"),
            // It is killed when this returns.
            Err(_) => bail!("the service did not stop within {} s", STOP_TIMEOUT.as_secs()),
        }
    }
}

/// Waits until the service tells where it listens, and then until it says that it is ready.
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

/// Reads what else the service tells, so that it never waits for a reader.
async fn drain(mut lines: Lines<BufReader<ChildStdout>>) {
    while let Ok(Some(_)) = lines.next_line().await {}
}

/// The port in the first line of the banner that names one: `Try it   http://localhost:8000/docs`.
fn announced_port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://localhost:")?;
    rest.split('/').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_the_port() {
        assert_eq!(announced_port("  Try it         http://localhost:40123/docs"), Some(40_123));
        assert_eq!(announced_port("Movie Theater 0.1.0 is running."), None);
    }
}
