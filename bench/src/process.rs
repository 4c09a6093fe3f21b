//! Starts child processes, and measures their duration and memory.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

/// A process that is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Memory in MiB: `VmRSS` is the current resident memory, `VmHWM` its peak (proc(5)).
    pub(crate) fn memory_mib(&self, name: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        // For example `VmRSS:      12345 kB`.
        let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        value.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command with a minimal environment, so that variables of this shell do not affect measurements. The kernel kills its
/// process when this program ends, even by a signal.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).env_clear().stdin(Stdio::null());
    command.envs(["PATH", "HOME", "TMPDIR"].iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command
}

/// Fails with the command that installs a program, if the program is not on the `PATH`.
pub(crate) fn require(program: &str, install: &str) -> anyhow::Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).any(|folder| folder.join(program).is_file());
    ensure!(found, "{program} is missing: {install}");
    Ok(())
}

/// Runs a command to its end with text for its standard input, and returns its trimmed standard output.
pub(crate) fn run(command: &mut Command, input: &str) -> anyhow::Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A process that reads no input may have exited already; only its status counts.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed ({}): {}", output.status, errors.trim());
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command to its end. Returns its duration in seconds, and its peak resident memory in MiB.
pub(crate) fn watch(command: &mut Command, log: &Path) -> anyhow::Result<(f64, f64)> {
    let started = Instant::now();
    let mut process = Running(command.stdout(Stdio::null()).stderr(File::create(log)?).spawn()?);
    let mut peak_mib = 0.0_f64;
    loop {
        // The kernel records the peak, so only growth after the last poll is missed.
        peak_mib = peak_mib.max(process.memory_mib("VmHWM").unwrap_or(0.0));
        if let Some(status) = process.0.try_wait()? {
            ensure!(status.success(), "{command:?} failed ({status}): {}", end_of(log));
            return Ok((started.elapsed().as_secs_f64(), peak_mib));
        }
        sleep(Duration::from_millis(10));
    }
}

/// The last lines of a log, which usually contain the reason of a failure.
pub(crate) fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
