//! Starts the measured servers, and the service's other commands, as an operator does.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::{
    oha::{self, Effort, Report},
    process::{self, Running},
};

/// Timeout of a start, and of a single request.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A running server, which is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its URL, without a slash at the end.
    pub(crate) url: String,
    /// Time from its start until it was ready, in seconds.
    pub(crate) ready_seconds: f64,
    /// Its process.
    pub(crate) process: Running,
    log: PathBuf,
}

impl Server {
    /// Starts a server by the command for a free port, and waits until the path `ready` returns status 200.
    pub(crate) fn start(
        log: PathBuf,
        ready: &str,
        command: impl FnOnce(u16) -> Command,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let file = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        let mut command = command(port);
        command.stdout(file.try_clone()?).stderr(file);
        let started = Instant::now();
        let process = Running(command.spawn().with_context(|| format!("cannot start {command:?}"))?);
        let url = format!("http://127.0.0.1:{port}");
        let mut server = Self { url, ready_seconds: 0.0, process, log };
        while server.body(ready).is_err() {
            let failed = server.process.0.try_wait()?.is_some() || started.elapsed() > TIMEOUT;
            ensure!(!failed, "{command:?} did not start: {}", process::end_of(&server.log));
            sleep(Duration::from_millis(2));
        }
        server.ready_seconds = started.elapsed().as_secs_f64();
        Ok(server)
    }

    /// The body of a successful response.
    pub(crate) fn body(&self, path: &str) -> anyhow::Result<String> {
        let agent =
            ureq::Agent::config_builder().proxy(None).timeout_global(Some(TIMEOUT)).build().new_agent();
        let mut response =
            agent.get(format!("{}{path}", self.url)).call().with_context(|| path.to_owned())?;
        Ok(response.body_mut().read_to_string()?)
    }

    /// A file with the URLs of these paths.
    pub(crate) fn url_file(&self, paths: &[String]) -> anyhow::Result<String> {
        let file = self.log.with_extension("urls");
        let lines: Vec<_> = paths.iter().map(|path| format!("{}{path}\n", self.url)).collect();
        fs::write(&file, lines.concat())?;
        Ok(file.display().to_string())
    }

    /// Requests random paths of a list over connections that each send the next request as soon as the previous response
    /// has arrived. Every response must be successful; those to a warm-up of one second do not count.
    pub(crate) fn load(&self, paths: &[String], effort: Effort) -> anyhow::Result<Report> {
        let (file, connections) = (self.url_file(paths)?, effort.connections.to_string());
        let once = |seconds: u64| {
            let duration = format!("{seconds}s");
            let oha = oha::start(&["-c", &connections, "-z", &duration, "--urls-from-file", &file])?;
            oha::report(oha)?
                .expect(&["200"])
                .with_context(|| format!("{}: {}", paths[0], process::end_of(&self.log)))
        };
        once(1)?;
        once(effort.seconds)
    }
}

/// A port of 127.0.0.1 that no server uses.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The service's executable, with its folder and database.
#[derive(Debug)]
pub(crate) struct Theater {
    /// The folder of all its files.
    pub(crate) folder: PathBuf,
    executable: PathBuf,
    /// The URL of a PostgreSQL database; without one the service uses SQLite.
    database_url: Option<String>,
}

impl Theater {
    /// An executable that stores its files in a new folder.
    pub(crate) fn new(
        executable: &Path,
        folder: PathBuf,
        database_url: Option<&str>,
    ) -> anyhow::Result<Self> {
        let executable = fs::canonicalize(executable).with_context(|| {
            format!(
                "{} is missing: cargo build --release -p theater --features jemalloc",
                executable.display()
            )
        })?;
        fs::create_dir(&folder)?;
        Ok(Self { folder, executable, database_url: database_url.map(str::to_owned) })
    }

    /// A command of the executable, with the benchmark's configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.executable);
        // The folder contains no .env file.
        command.args(arguments).current_dir(&self.folder).envs([
            ("HOST", "127.0.0.1"),
            // Two services run at the same time, so each needs a free port for metrics.
            ("METRICS_ADDR", "127.0.0.1:0"),
            ("SECRET_KEY", "only-measured-with-0123456789-abcdefghijklmnop"),
            ("RATE_LIMIT", "off"),
            ("BCRYPT_COST", "12"),
            ("SAMPLE_DATA", "off"),
            ("RUST_LOG", "warn"),
        ]);
        command.env("DATA_DIR", self.folder.join("data"));
        // As in the image of the service.
        command.env("MALLOC_CONF", "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0");
        command.envs(self.database_url.iter().map(|url| ("DATABASE_URL", url)));
        command
    }

    /// Writes a CSV file with this number of movies; the same number generates the same movies.
    pub(crate) fn generate(&self, movies: u64) -> anyhow::Result<PathBuf> {
        eprintln!("generating {movies} movies");
        let file = self.folder.join("movies.csv");
        let mut command = self.command(&["generate", &movies.to_string(), "--seed", "1", "--output"]);
        process::run(command.arg(&file), "")?;
        Ok(file)
    }

    /// Starts the service in its default configuration, or without its cache of responses.
    pub(crate) fn serve(&self, cached: bool) -> anyhow::Result<Server> {
        let log = self.folder.join(if cached { "cached.log" } else { "uncached.log" });
        Server::start(log, "/health/ready", |port| {
            let mut command = self.command(&["serve"]);
            command.env("PORT", port.to_string());
            if !cached {
                command.env("CATALOGUE_CACHE_SIZE", "0");
            }
            command
        })
    }
}
