//! Starts child processes, and measures their duration and memory.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// Poll interval of the memory of a process. The kernel records the peak, so only growth after the last poll is missed.
const SAMPLE_EVERY: Duration = Duration::from_millis(10);

/// Duration and memory of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched {
    /// Time from start to exit.
    pub(crate) took: Duration,
    /// Peak resident memory, in MiB.
    pub(crate) peak_mib: f64,
}

/// A command with a minimal environment, so that variables of this shell do not affect measurements. Its process is
/// killed when its handle is dropped.
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

/// A command for this executable.
pub(crate) fn this_program() -> anyhow::Result<Command> {
    Ok(command(env::current_exe().context("the path of this executable is unknown")?))
}

/// Runs a command to its end and returns its standard output. `what` describes the command in errors.
pub(crate) async fn run(command: Command, what: &str) -> anyhow::Result<String> {
    run_with(command, "", what).await
}

/// As [`run`], with text for standard input.
pub(crate) async fn run_with(mut command: Command, input: &str, what: &str) -> anyhow::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start a process: {what}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A process that reads no input may have exited already; only its status counts.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let output = child.wait_with_output().await.with_context(|| format!("cannot wait: {what}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{what} failed ({}): {}", output.status, end_of(&errors));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end and measures its memory. Its output goes into the file `log`.
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
            // The process may end between two polls.
            Err(_) => peak_mib = peak_mib.max(memory_mib(pid, "VmHWM").unwrap_or(0.0)),
        }
    };
    let took = started.elapsed();
    if !status.success() {
        let output = fs::read_to_string(log).unwrap_or_default();
        bail!("{what} failed ({status}): {}", end_of(&output));
    }
    Ok(Watched { took, peak_mib })
}

/// Memory of a process in MiB: `VmRSS` is the current resident memory, `VmHWM` its peak (proc(5)).
pub(crate) fn memory_mib(pid: u32, name: &str) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status =
        fs::read_to_string(&path).with_context(|| format!("{path} cannot be read: measure on Linux"))?;
    field(&status, name).with_context(|| format!("{path} has no {name}")).map(|kib| kib / 1024.0)
}

/// The value of a line such as `VmRSS:      12345 kB`.
fn field(status: &str, name: &str) -> Option<f64> {
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The last ten lines of an output, which usually contain the reason of a failure.
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
