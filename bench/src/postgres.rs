//! A private PostgreSQL server for the benchmark.

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

/// Name of the service's database.
const DATABASE: &str = "theater";

/// Starts a server in a temporary folder, prints `ready`, and removes everything when its standard input is closed, which
/// happens even if this program is killed. `fsync` is on, as in production.
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

/// A running server, which is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    script: Child,
    binaries: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server and creates the service's database.
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
            // A process group of its own: Ctrl+C would end the script before it has stopped the server.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("PostgreSQL cannot be started: sh or runuser cannot be run")?;
        let mut line = String::new();
        if let Some(stdout) = script.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .context("the output of PostgreSQL's start script cannot be read")?;
        }
        let mut postgres = Self { script, binaries, port };
        if line.trim() != "ready" {
            let mut errors = String::new();
            if let Some(mut stderr) = postgres.script.stderr.take() {
                let _ = stderr.read_to_string(&mut errors);
            }
            bail!("PostgreSQL did not start: {}", process::end_of(&errors));
        }
        let create = format!("CREATE DATABASE {DATABASE}");
        postgres.psql("postgres", &["-c", &create], "creating a database").await?;
        Ok(postgres)
    }

    /// The `DATABASE_URL` of the service.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{DATABASE}", self.port)
    }

    /// Runs statements and returns their rows, with columns separated by `|`.
    pub(crate) async fn sql(&self, statements: &str) -> anyhow::Result<String> {
        let what = format!("the statement {statements}");
        Ok(self.psql(DATABASE, &["-c", statements], &what).await?.trim().to_owned())
    }

    /// Runs psql commands, such as `\copy`, in sequence in one process.
    pub(crate) async fn commands(&self, commands: &[String], what: &str) -> anyhow::Result<()> {
        let arguments: Vec<_> = commands.iter().flat_map(|command| ["-c", command.as_str()]).collect();
        self.psql(DATABASE, &arguments, what).await.map(|_| ())
    }

    /// A PostgreSQL client program that connects to a database of this server.
    fn program(&self, name: &str, database: &str) -> tokio::process::Command {
        let mut command = process::command(self.binaries.join(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres"]);
        command.env("PGDATABASE", database).env("PGCLIENTENCODING", "UTF8").current_dir("/");
        command
    }

    /// `pgbench`, connected to the service's database.
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
        // The script ends when its standard input is closed.
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// A shell as a user that may run the server, which refuses root: Debian's package creates the user `postgres`.
fn as_postgres() -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root {
        return Command::new("sh");
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", "sh"]);
    command
}

/// The folder of the newest PostgreSQL on this machine that has all required programs.
fn binaries() -> anyhow::Result<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").ok();
    let mut folders: Vec<_> =
        debian.into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let whole = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql", "pgbench"].iter().all(|name| folder.join(name).is_file())
    };
    folders
        .into_iter()
        .find(whole)
        .context("PostgreSQL with initdb, pg_ctl, psql and pgbench is missing: apt-get install postgresql")
}

/// The version in a path such as `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}
