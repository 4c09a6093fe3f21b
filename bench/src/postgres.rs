//! A PostgreSQL server of this run alone.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, bail};

use crate::process;

/// The database of the service.
const DATABASE: &str = "theater";

/// Starts a server in a folder of its own, tells that it is ready, and removes everything when its input ends, which
/// happens however this program ends. What is written is really written (`fsync`), as it is where the service is used.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d)
trap 'pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
initdb -D "$folder/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
pg_ctl -D "$folder/data" -w -l "$folder/log" -o "-p $1 -k $folder -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c fsync=on -c max_connections=200" start >/dev/null || {
  cat "$folder/log" >&2
  exit 1
}
echo ready
read -r _ || true
"#;

/// A server that runs, and stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    script: Child,
    binaries: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server and makes the service's database in it.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let binaries = binaries()?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .context("there is no free port on 127.0.0.1")?
            .port();
        let mut command = as_postgres();
        let mut script = command
            .args(["-c", SCRIPT, "sh", &port.to_string()])
            .env("PATH", format!("{}:{}", binaries.display(), env::var("PATH").unwrap_or_default()))
            .current_dir("/")
            // Out of the reach of Ctrl+C, which would end the script before it has stopped the server.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("PostgreSQL cannot be started: neither sh nor runuser runs here")?;
        let mut line = String::new();
        if let Some(stdout) = script.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).context("PostgreSQL's start cannot be watched")?;
        }
        let mut postgres = Self { script, binaries, port };
        if line.trim() != "ready" {
            let mut told = String::new();
            if let Some(mut stderr) = postgres.script.stderr.take() {
                let _ = stderr.read_to_string(&mut told);
            }
            bail!("PostgreSQL did not start: {}", process::end_of(&told));
        }
        let create = format!("CREATE DATABASE {DATABASE}");
        postgres.psql("postgres", &["-c", &create], "making a database").await?;
        Ok(postgres)
    }

    /// How the service reaches its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{DATABASE}", self.port)
    }

    /// Runs statements and returns their rows, columns between `|`.
    pub(crate) async fn sql(&self, statements: &str) -> anyhow::Result<String> {
        let what = format!("the statement {statements}");
        Ok(self.psql(DATABASE, &["-c", statements], &what).await?.trim().to_owned())
    }

    /// Carries out commands of psql, such as `\copy`, one after the other in one process.
    pub(crate) async fn commands(&self, commands: &[String], what: &str) -> anyhow::Result<()> {
        let arguments: Vec<_> = commands.iter().flat_map(|command| ["-c", command.as_str()]).collect();
        self.psql(DATABASE, &arguments, what).await.map(|_| ())
    }

    /// One of PostgreSQL's programs, pointed at a database.
    fn program(&self, name: &str, database: &str) -> tokio::process::Command {
        let mut command = process::command(self.binaries.join(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        command.env("PGDATABASE", database).env("PGCLIENTENCODING", "UTF8").current_dir("/");
        command
    }

    /// `pgbench`, pointed at the service's database.
    pub(crate) fn pgbench(&self) -> tokio::process::Command {
        self.program("pgbench", DATABASE)
    }

    async fn psql(&self, database: &str, arguments: &[&str], what: &str) -> anyhow::Result<String> {
        let mut command = self.program("psql", database);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]).args(arguments);
        process::run(command, what).await
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its input is what the script waits for.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// A shell as somebody as whom the server runs: it refuses root, and Debian's package brings a user for it.
fn as_postgres() -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root {
        return Command::new("sh");
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", "sh"]);
    command
}

/// The folder of the newest PostgreSQL on this machine that has all that is needed.
fn binaries() -> anyhow::Result<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").ok();
    let mut folders: Vec<_> =
        debian.into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let whole = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql", "pgbench"].iter().all(|name| folder.join(name).is_file())
    };
    folders.into_iter().find(whole).context(
        "PostgreSQL is missing, with its initdb, pg_ctl, psql and pgbench: apt-get install postgresql",
    )
}

/// The number in `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}
