use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
};

use crate::runs::{full_tests, print_once, skip_without};

/// URL of a database whose user may create databases.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The script below, which stops the server when its input is closed.
    _script: Option<Child>,
}

/// The environment variable that makes a missing server a failure.
const REQUIRED: &str = "REQUIRE_POSTGRES";

static SERVER: OnceLock<Option<Server>> = OnceLock::new();

/// Starts a server in its own folder, reports that it is ready, and removes everything when its input is closed, which
/// happens however the tests end.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d)
trap 'pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
initdb -D "$folder/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
pg_ctl -D "$folder/data" -w -l "$folder/log" -o "-p $1 -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200" start >/dev/null
echo ready
while read -r action; do
    server=$(head -n 1 "$folder/data/postmaster.pid")
    case $action in
        restart) pg_ctl -D "$folder/data" -m fast -w -l "$folder/log" restart >/dev/null ;;
        pause) kill -STOP "$server" $(cat "/proc/$server/task/$server/children") ;;
        resume) kill -CONT "$server" $(cat "/proc/$server/task/$server/children") ;;
    esac
    echo done
done
"#;

/// A server for one test, which can be paused and restarted. It stops when dropped.
#[derive(Debug)]
pub struct OwnPostgres {
    /// URL of its only database.
    pub url: String,
    script: Child,
    answers: BufReader<ChildStdout>,
}

impl OwnPostgres {
    /// Starts a server, or returns `None` if PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If `REQUIRE_POSTGRES` is set and no server can be started.
    #[must_use]
    pub fn start() -> Option<Self> {
        let started = launch();
        if started.is_none() {
            skip_without("PostgreSQL", REQUIRED, "faults of a PostgreSQL server");
        }
        let (url, script, answers) = started?;
        Some(Self { url, script, answers })
    }

    /// Restarts the server, which closes all connections.
    pub fn restart(&mut self) {
        self.send("restart");
    }

    /// Suspends the server: connections stay open, and nothing answers.
    pub fn pause(&mut self) {
        self.send("pause");
    }

    /// Resumes the server.
    pub fn resume(&mut self) {
        self.send("resume");
    }

    fn send(&mut self, action: &str) {
        let input = self.script.stdin.as_mut().expect("its input is open");
        writeln!(input, "{action}").expect("the script reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the script answers");
        assert_eq!(answer.trim(), "done", "{action}");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // A paused server cannot stop.
        let _ = self.script.stdin.as_mut().map(|input| writeln!(input, "resume"));
        self.script.stdin = None;
        let _ = self.script.wait();
    }
}

/// The PostgreSQL server of this test run: the one of `TEST_DATABASE_URL`, else one that is started here if `initdb` is
/// found and all tests run or `REQUIRE_POSTGRES` is set. Reports which. `None` if there is neither, unless
/// `REQUIRE_POSTGRES` makes that a failure.
pub(crate) fn server() -> Option<&'static Server> {
    SERVER
        .get_or_init(|| {
            // Twice as many tests: without a URL they run only if the caller wants all.
            let starts = full_tests() || env::var_os(REQUIRED).is_some();
            let server = named().or_else(|| starts.then(start).flatten());
            match &server {
                Some(server) if server._script.is_none() => {
                    print_once("PostgreSQL: the server of TEST_DATABASE_URL");
                }
                Some(server) => print_once(&format!("PostgreSQL: a server for this run ({})", server.url)),
                None => {
                    let missing = if starts { "PostgreSQL" } else { "TEST_DATABASE_URL or FULL_TESTS=1" };
                    skip_without(missing, REQUIRED, "tests on PostgreSQL");
                }
            }
            server
        })
        .as_ref()
}

fn named() -> Option<Server> {
    let url = env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
    Some(Server { url, _script: None })
}

fn start() -> Option<Server> {
    let (url, script, _) = launch()?;
    Some(Server { url, _script: Some(script) })
}

/// The URL of a new server, its script and the output of the script.
fn launch() -> Option<(String, Child, BufReader<ChildStdout>)> {
    let binaries = binaries()?;
    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).ok()?.port();
    let path = format!("{}:{}", binaries.display(), env::var("PATH").unwrap_or_default());
    // The server refuses to run as root; Debian's package brings a user for it.
    let root = fs::metadata("/proc/self").ok().is_some_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    let mut command = if root { Command::new("runuser") } else { Command::new("sh") };
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    let mut script = command
        .args(["-c", SCRIPT, "sh", &port.to_string()])
        .env("PATH", path)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut line = String::new();
    let mut answers = BufReader::new(script.stdout.take()?);
    answers.read_line(&mut line).ok()?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    (line.trim() == "ready").then_some((url, script, answers))
}

/// The folder of the newest `initdb` on this machine.
fn binaries() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").ok();
    let mut folders: Vec<_> =
        debian.into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(env::split_paths(&env::var_os("PATH")?));
    folders.into_iter().find(|folder| folder.join("initdb").is_file())
}
