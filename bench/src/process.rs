//! Other processes: how they are started, how long they take, and how much memory they use.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// How often the memory of a process is looked at. The kernel keeps the peak itself; what may be missed is only what is
/// added in the last moment.
const SAMPLE_EVERY: Duration = Duration::from_millis(10);

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched {
    /// How long it ran.
    pub(crate) took: Duration,
    /// The most memory that it had at once, in MiB.
    pub(crate) peak_mib: f64,
}

/// A command with an environment of its own, so that whatever is set on this desk measures nothing. Its process is
/// killed when nobody holds it any more.
pub(crate) fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.env_clear().stdin(Stdio::null()).kill_on_drop(true);
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// This very program, in another role.
pub(crate) fn this_program() -> anyhow::Result<Command> {
    Ok(command(env::current_exe().context("this program cannot be found")?))
}

/// Runs a command to its end and returns what it printed. `what` says what is done, for an error.
pub(crate) async fn run(command: Command, what: &str) -> anyhow::Result<String> {
    run_with(command, "", what).await
}

/// The same, with something to read from standard input.
pub(crate) async fn run_with(mut command: Command, input: &str, what: &str) -> anyhow::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start a process: {what}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A process that reads nothing may be gone already; its status tells what counts.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let output = child.wait_with_output().await.with_context(|| format!("cannot wait: {what}"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        bail!("{what} failed ({}): {}", output.status, end_of(&told));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end with an eye on its memory. What it prints goes into `log`.
pub(crate) async fn watch(mut command: Command, log: &Path, what: &str) -> anyhow::Result<Watched> {
    let file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
    command.stdout(file.try_clone().context("the log cannot be shared")?).stderr(file);
    let started = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start a process: {what}"))?;
    let pid = child.id().with_context(|| format!("it ended at once: {what}"))?;
    let mut peak_mib = 0.0_f64;
    let status = loop {
        match timeout(SAMPLE_EVERY, child.wait()).await {
            Ok(status) => break status.with_context(|| format!("cannot wait: {what}"))?,
            // It may end between two looks.
            Err(_) => peak_mib = peak_mib.max(memory_mib(pid, "VmHWM").unwrap_or(0.0)),
        }
    };
    let took = started.elapsed();
    if !status.success() {
        let told = fs::read_to_string(log).unwrap_or_default();
        bail!("{what} failed ({status}): {}", end_of(&told));
    }
    Ok(Watched { took, peak_mib })
}

/// A figure of a process' memory in MiB: `VmRSS` for what it has, `VmHWM` for the most that it had.
pub(crate) fn memory_mib(pid: u32, name: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status =
        fs::read_to_string(&path).with_context(|| format!("{path} cannot be read: measure on Linux"))?;
    field(&status, name).with_context(|| format!("{path} has no {name}")).map(|kib| kib / 1024.0)
}

/// The number of a line such as `VmRSS:      12345 kB`.
fn field(status: &str, name: &str) -> Option<f64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The last lines of what a process has told: where it says why.
pub(crate) fn end_of(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().rev().take(10).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_status_of_a_process() {
        let status = "Name:\ttheater\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        assert_eq!(field(status, "VmRSS"), Some(10_240.0));
        assert_eq!(field(status, "VmSwap"), None);
    }

    #[test]
    fn the_end_of_a_log_is_its_last_ten_lines() {
        let log: String = (1..=12).map(|line| format!("{line}\n")).collect();
        assert_eq!(end_of(&log), "3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
    }
}
