use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// The server's URL, of a database in which databases may be created.
pub(crate) struct Server {
    pub(crate) url: String,
    /// Its end is the end of the server: the script below stops it when nobody holds its input any more.
    _script: Option<Child>,
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();

/// Starts a server in a folder of its own, tells that it is ready, and removes everything when its input ends, which
/// happens however the tests end.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d)
trap 'pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
initdb -D "$folder/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
pg_ctl -D "$folder/data" -w -l "$folder/log" -o "-p $1 -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200" start >/dev/null
echo ready
read -r _ || true
"#;

/// The PostgreSQL server of this test run: the one that `TEST_DATABASE_URL` names, else one that is started here where
/// `initdb` is found. Says which on the real standard error, once. `None` where there is neither, unless
/// `REQUIRE_POSTGRES` makes that a failure.
pub(crate) fn server() -> Option<&'static Server> {
    SERVER
        .get_or_init(|| {
            let server = named().or_else(start);
            let told = match &server {
                Some(server) if server._script.is_none() => {
                    "the server that TEST_DATABASE_URL names".to_owned()
                }
                Some(server) => format!("a server started for this run ({})", server.url),
                None => "none found (no TEST_DATABASE_URL, no initdb): its tests did nothing".to_owned(),
            };
            let _ = writeln!(std::io::stderr(), "PostgreSQL: {told}");
            assert!(
                server.is_some() || env::var_os("REQUIRE_POSTGRES").is_none(),
                "REQUIRE_POSTGRES is set and there is no PostgreSQL"
            );
            server
        })
        .as_ref()
}

fn named() -> Option<Server> {
    let url = env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
    Some(Server { url, _script: None })
}

fn start() -> Option<Server> {
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
    BufReader::new(script.stdout.take()?).read_line(&mut line).ok()?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    (line.trim() == "ready").then_some(Server { url, _script: Some(script) })
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
