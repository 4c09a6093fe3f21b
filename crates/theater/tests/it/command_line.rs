//! The executable as its users start it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// A command that runs the executable in this working directory and inherits only `PATH`.
pub(crate) fn theater(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_theater"));
    command.current_dir(folder).env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
    command
        .env("BCRYPT_COST", "4")
        .env("HASHING_MAX_WAIT", "60s")
        .env("HOST", "127.0.0.1")
        .env("PORT", "0")
        .env("METRICS_ADDR", "127.0.0.1:0");
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    theater(folder).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A started service that has printed its banner. Dropping it kills the process.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) banner: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_logging_to(command, Stdio::null())
    }

    pub(crate) fn start_logging_to(command: &mut Command, log: impl Into<Stdio>) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut banner = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            banner.push_str(&line);
            banner.push('\n');
            if line.contains("Ctrl+C") {
                break;
            }
        }
        Self { child, banner }
    }

    /// The value that the banner prints after this word.
    pub(crate) fn printed(&self, word: &str) -> Option<String> {
        let line = self.banner.lines().find(|line| line.trim_start().starts_with(word))?;
        line.trim_start().strip_prefix(word)?.split_whitespace().next().map(str::to_owned)
    }

    pub(crate) fn base(&self) -> String {
        self.printed("API").unwrap().trim_end_matches("/api/v1").to_owned()
    }

    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_first_start_initialises_everything_and_the_second_reuses_it() {
    let folder = tempfile::tempdir().unwrap();
    let first = Running::start(&mut theater(folder.path()));
    let (email, password) = (first.printed("Administrator").unwrap(), first.printed("Password").unwrap());
    let list = format!("{}/api/v1/theater/movies", first.base());
    let movies: serde_json::Value = reqwest::get(list).await.unwrap().json().await.unwrap();
    assert!(movies["total_items"].as_i64().unwrap() >= 250, "{movies}");
    let login = serde_json::json!({"email": email, "password": password});
    let client = reqwest::Client::new();
    let reply =
        client.post(format!("{}/api/v1/accounts/login", first.base())).json(&login).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 201);
    let secret = fs::read_to_string(folder.path().join("data/secret.key")).unwrap();
    assert_eq!(first.terminate(), Some(0));

    let second = Running::start(&mut theater(folder.path()));
    assert_eq!(
        (second.printed("Administrator"), second.printed("Password")),
        (None, None),
        "{}",
        second.banner
    );
    assert!(second.banner.contains("theater create-admin"), "{}", second.banner);
    let reply =
        client.post(format!("{}/api/v1/accounts/login", second.base())).json(&login).send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 201);
    assert_eq!(fs::read_to_string(folder.path().join("data/secret.key")).unwrap(), secret);
}

#[test]
fn a_worker_is_checked_by_its_metrics() {
    let folder = tempfile::tempdir().unwrap();
    let check = |address: &str| run(folder.path(), &["health", "--worker"], &[("METRICS_ADDR", address)]);
    // No worker listens on a port below 1024.
    assert_eq!(check("127.0.0.1:1").status.code(), Some(1));
    let worker = Running::start(theater(folder.path()).arg("worker"));
    let metrics = worker.printed("Metrics:").unwrap();
    let output = check(metrics.trim_start_matches("http://").trim_end_matches("/metrics"));
    assert_eq!(
        (output.status.code(), text(&output.stdout).trim()),
        (Some(0), "the worker runs"),
        "{output:?}"
    );
    assert!(text(&check("off").stderr).contains("METRICS_ADDR is off"));
    assert_eq!(worker.terminate(), Some(0));
}

#[test]
fn a_failed_start_prints_one_error_line_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fs::write(folder.path().join("file"), "").unwrap();
    let table: [(&[(&str, &str)], &str); 4] = [
        (&[("PORT", &port)], "choose another PORT"),
        (&[("DATA_DIR", "file/data")], "choose another folder with DATA_DIR"),
        (
            &[
                ("DATABASE_URL", "postgres://user:hidden@127.0.0.1:1/theater"),
                ("DATABASE_START_TIMEOUT", "0s"),
            ],
            "correct DATABASE_URL",
        ),
        (&[("DATABASE_URL", "sqlite:///no/such/folder/x.sqlite")], "correct DATABASE_URL"),
    ];
    for (variables, advice) in table {
        let output = run(folder.path(), &[], variables);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        let errors: Vec<_> = stderr.lines().filter(|line| !line.contains(" WARN ")).collect();
        assert!(stderr.contains(advice) && errors.len() == 1, "{stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("hidden"), "{stderr}");
    }
}

/// A valid production configuration, to which each case adds one error.
const PRODUCTION: [(&str, &str); 6] = [
    ("APP_ENV", "production"),
    ("BCRYPT_COST", "12"),
    ("SECRET_KEY", "b7e1c0f94a3d5862e9d7c1b0a4f38652"),
    ("DATABASE_URL", "postgres://theater:hidden-1@127.0.0.1:1/theater"),
    ("SMTP_URL", "smtps://user:hidden-2@mail.example.com"),
    ("PUBLIC_URL", "https://cinema.example.com"),
];

#[test]
fn production_refuses_an_insecure_configuration_and_names_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let table: [(&str, &[(&str, &str)]); 12] = [
        ("SECRET_KEY", &[("SECRET_KEY", "")]),
        ("SECRET_KEY", &[("SECRET_KEY", "hidden-short")]),
        ("SECRET_KEY", &[("SECRET_KEY", "example-hidden-example-hidden-example")]),
        ("SECRET_KEY", &[("SECRET_KEY", "hidhidhidhidhidhidhidhidhidhidhidhidhidh")]),
        ("SECRET_KEY_FALLBACKS", &[("SECRET_KEY_FALLBACKS", PRODUCTION[2].1)]),
        ("SECRET_KEY_FILE", &[("SECRET_KEY", ""), ("SECRET_KEY_FILE", "/hidden/nowhere")]),
        ("DATABASE_URL", &[("DATABASE_URL", "")]),
        ("SMTP_URL", &[("SMTP_URL", "")]),
        ("SMTP_URL", &[("SMTP_URL", "smtp://user:hidden-3@mail.example.com")]),
        ("PUBLIC_URL", &[("PUBLIC_URL", "")]),
        ("CORS_ALLOWED_ORIGINS", &[("CORS_ALLOWED_ORIGINS", "*")]),
        ("ADMIN_PASSWORD", &[("ADMIN_EMAIL", "a@example.com"), ("ADMIN_PASSWORD", "hidden")]),
    ];
    for (name, changes) in table {
        let output = run(folder.path(), &[], &[PRODUCTION.as_slice(), changes].concat());
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
        assert!(stderr.contains(&format!("\n  {name} ")), "{name}: {stderr}");
        assert!(!stderr.contains("hid") && !stderr.contains(PRODUCTION[2].1), "{stderr}");
        assert!(!folder.path().join("data").exists(), "{name}: something was written before the error");
    }
    // A valid configuration gets as far as the database.
    let good = [PRODUCTION.as_slice(), &[("DATABASE_START_TIMEOUT", "0s")]].concat();
    assert!(text(&run(folder.path(), &[], &good).stderr).contains("no database"));
}

#[test]
fn every_configuration_error_is_reported_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["config", "check"], &[("PORT", "value-1"), ("SECRET_KEY", "value-2")]);
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("PORT") && stderr.contains("SECRET_KEY") && !stderr.contains("value-"),
        "{stderr}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_env_file_is_read_and_a_misspelled_name_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "DATABSE_URL=x\nBCRYPT_COST=5\n").unwrap();
    let output = run(folder.path(), &["config", "check"], &[]);
    assert!(text(&output.stdout).contains("The configuration is valid"), "{output:?}");
    assert!(text(&output.stderr).contains("did you mean DATABASE_URL?"), "{output:?}");
    fs::write(folder.path().join(".env"), "# settings\nBCRYPT_COST=5\nPORT\n").unwrap();
    let output = run(folder.path(), &["config", "check"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("line 3"), "{output:?}");
    fs::write(folder.path().join(".env"), "").unwrap();
    let output = run(folder.path(), &["config", "check"], &[("SMTP_URI", "smtp://mail")]);
    assert!(text(&output.stderr).contains("did you mean SMTP_URL?"), "{output:?}");
}

const HEADER: &str =
    "names,date_x,score,genre,overview,crew,orig_title,status,orig_lang,budget_x,revenue,country\n";

fn raw_row(number: usize) -> String {
    format!(
        "Movie {number},03/02/2023 ,73.0,\"Drama,\u{a0}Action\",\"About, \"\"it\"\".\",\"Ann Lee, Herself, Bob Ray, Bob\",\
         Movie {number}, Released,\" Spanish, Castilian\",75000000.0,271616668.4000001,AU\n"
    )
}

#[test]
fn a_raw_file_is_imported_once_and_its_invalid_rows_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (1..=1_000).map(raw_row).collect();
    let bad = "Bad,99/99/2023,73.0,,,,Bad, Released, English,0,0,AU\nshort,row\n";
    fs::write(folder.path().join("movies.csv"), format!("{HEADER}{rows}{bad}{}", raw_row(1))).unwrap();
    let first = run(folder.path(), &["import", "movies.csv"], &[]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(
        text(&first.stdout).contains("Read 1003, added 1000, already there 1, refused 2"),
        "{}",
        text(&first.stdout)
    );
    let stderr = text(&first.stderr);
    assert!(stderr.contains("line 1002: date_x: ") && stderr.contains("line 1003: row: "), "{stderr}");
    let second = run(folder.path(), &["import", "movies.csv"], &[]);
    assert!(
        text(&second.stdout).contains("added 0, already there 1001, refused 2"),
        "{}",
        text(&second.stdout)
    );
}

#[test]
fn a_strict_import_loads_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.csv"), format!("{HEADER}{}short,row\n", raw_row(1))).unwrap();
    let refused = run(folder.path(), &["import", "--strict", "bad.csv"], &[]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("nothing was loaded"));
    fs::write(folder.path().join("good.csv"), format!("{HEADER}{}", raw_row(1))).unwrap();
    let loaded = run(folder.path(), &["import", "--strict", "good.csv"], &[]);
    assert!(text(&loaded.stdout).contains("added 1, already there 0"), "{loaded:?}");
}

#[test]
fn an_unreadable_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["import", "nothing.csv"], &[]);
    assert!(!output.status.success() && text(&output.stderr).contains("nothing.csv cannot be read"));
    fs::write(folder.path().join("other.csv"), "a,b\n1,2\n").unwrap();
    let output = run(folder.path(), &["import", "other.csv"], &[]);
    assert!(text(&output.stderr).contains("no column names"), "{}", text(&output.stderr));
}

#[test]
fn migrations_are_applied_and_reverted_and_their_status_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |arguments: &[&str], word: &str| {
        let output = run(folder.path(), arguments, &[]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).lines().filter(|line| line.starts_with(word)).count()
    };
    let all = lines(&["migrate", "status"], "pending");
    assert!(all >= 3);
    assert_eq!(lines(&["migrate", "up"], "applied"), all);
    let again = run(folder.path(), &["migrate", "up"], &[]);
    assert_eq!(text(&again.stdout).trim(), "Nothing to apply: the database is up to date.");
    assert!(!text(&again.stderr).contains("skipping"), "{}", text(&again.stderr));
    let unconfirmed = run(folder.path(), &["migrate", "down"], &[]);
    assert_eq!(unconfirmed.status.code(), Some(1));
    assert!(text(&unconfirmed.stderr).contains("--yes"), "{}", text(&unconfirmed.stderr));
    assert_eq!(lines(&["migrate", "down", "--yes"], "reverted"), 1);
    assert_eq!(lines(&["migrate", "down", "--steps", "99", "--yes"], "reverted"), all - 1);
    assert_eq!(lines(&["migrate", "status"], "pending"), all);
}

#[tokio::test]
async fn an_administrator_is_created_from_the_command_line_and_logs_in() {
    let folder = tempfile::tempdir().unwrap();
    let created = run(folder.path(), &["create-admin", "boss@example.com"], &[]);
    let password =
        text(&created.stdout).lines().find_map(|line| line.strip_prefix("Password: ").map(str::to_owned));
    assert!(created.status.success() && password.is_some(), "{created:?}");
    let mut child = theater(folder.path())
        .args(["create-admin", "boss@example.com", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"Another-1!\n").unwrap();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert!(child.wait().unwrap().success() && !stdout.contains("Another-1!"), "{stdout}");

    let running = Running::start(&mut theater(folder.path()));
    let login = |password: String| {
        let body = serde_json::json!({"email": "boss@example.com", "password": password});
        reqwest::Client::new().post(format!("{}/api/v1/accounts/login", running.base())).json(&body).send()
    };
    assert_eq!(login(password.unwrap()).await.unwrap().status().as_u16(), 401);
    assert_eq!(login("Another-1!".into()).await.unwrap().status().as_u16(), 201);
}

#[test]
fn a_cleanup_reports_what_it_removed() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["cleanup"], &[]);
    let stdout = text(&output.stdout);
    assert!(
        stdout.starts_with("Removed 0 activation tokens, 0 password reset tokens, 0 sessions, 0 networks"),
        "{stdout}"
    );
}

#[test]
fn jobs_that_were_given_up_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    for (action, expected) in
        [("list", "0 jobs were given up."), ("retry", "0 jobs will be"), ("purge", "0 jobs were removed.")]
    {
        let output = run(folder.path(), &["jobs", action], &[]);
        assert!(output.status.success() && text(&output.stdout).starts_with(expected), "{output:?}");
    }
    let unknown = run(folder.path(), &["jobs", "retry", "5"], &[]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("no job with the id 5"), "{unknown:?}");
}

#[test]
fn help_lists_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let help = text(&run(folder.path(), &["--help"], &[]).stdout);
    let commands =
        "serve worker migrate import export generate create-admin config openapi cleanup jobs health";
    for command in commands.split(' ') {
        assert!(help.contains(command), "{help}");
    }
}
