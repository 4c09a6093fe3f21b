//! Metrics, traces and logs, and that none of them contains a secret.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};
use test_servers::on_every_database;
use theater::metrics::{Kind, METRICS, Observer, start_recording};

use crate::{
    app::{PASSWORD, TestApp},
    command_line::{Running, theater},
};

const DASHBOARD: &str = include_str!("../../../../docker/observation/dashboard.json");
const ALERTS: &str = include_str!("../../../../docker/observation/alerts.yml");
const OPERATIONS: &str = include_str!("../../../../docs/operations.md");

/// The names of the metrics in a report, without the suffixes of histograms.
fn names(report: &str) -> BTreeSet<&str> {
    let types = report.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split(' ').next()).collect()
}

on_every_database! {
    async fn a_report_has_every_metric_labels_routes_by_template_and_contains_no_user_data(url: String) {
        let handle = start_recording().unwrap();
        let limits = [("RATE_LIMIT", "on"), ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "1/1h")];
        let app = TestApp::start_with(url, &limits).await;
        app.logged_in("canary@example.com").await;
        for status in [401, 429] {
            let body = json!({"email": "canary@example.com", "password": "Canary-Wrong1!"});
            app.post("/accounts/login", body).await.expect(status);
        }
        app.get("/theater/movies/4711").await.expect(404);
        app.get("/theater/movies").await.expect(200);
        app.get("/theater/movies").await.expect(200);

        let observer = Observer::new(handle, app.wired.clone(), app.wired.queue().await.unwrap());
        let report = observer.report().await;
        let known: BTreeSet<_> = METRICS.iter().map(|(name, ..)| *name).collect();
        let reported: BTreeSet<_> = names(&report).into_iter().filter(|name| name.starts_with("theater_")).collect();
        assert_eq!(reported, known, "{report}");
        assert!(names(&report).contains("process_resident_memory_bytes"), "{report}");
        for part in [
            r#"route="/api/v1/theater/movies/{movie_id}",status="404""#,
            r#"theater_dependency_up{dependency="database"} 1"#,
            r#"theater_rate_limit_refusals_total{limit="login_into"}"#,
            r#"theater_messages_total{message="send_activation",outcome="done"}"#,
            r#"theater_reply_cache_requests_total{outcome="hit"}"#,
        ] {
            assert!(report.contains(part), "{part} is missing:\n{report}");
        }
        for secret in ["canary", "Canary", "movies/4711", PASSWORD] {
            assert!(!report.contains(secret), "{secret}:\n{report}");
        }
        app.stop().await;
    }
}

/// The names of the metrics in a `PromQL` expression, without the suffixes of histograms.
fn mentioned(expression: &str) -> BTreeSet<String> {
    // Quoted parts are label values.
    let bare: Vec<_> = expression.split('"').step_by(2).collect();
    let bare = bare.join(" ");
    let words = bare.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    let ours = words.filter(|word| word.starts_with("theater_") || word.starts_with("process_"));
    let plain = |word: &str| {
        let stem = ["_bucket", "_count", "_sum"].iter().find_map(|end| word.strip_suffix(end));
        let histogram =
            |name: &&str| METRICS.iter().any(|(known, kind, ..)| known == name && *kind == Kind::Histogram);
        stem.filter(histogram).unwrap_or(word).to_owned()
    };
    ours.map(plain).collect()
}

/// Every string under this key, at any depth.
fn texts<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == key {
                    found.extend(member.as_str());
                }
                texts(member, key, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| texts(one, key, found)),
        _ => {}
    }
}

/// The metrics in these expressions that do not exist.
fn unknown(expressions: &[&str]) -> Vec<String> {
    let process =
        ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_max_fds"];
    let known =
        |name: &String| METRICS.iter().any(|(known, ..)| known == name) || process.contains(&name.as_str());
    expressions.iter().flat_map(|one| mentioned(one)).filter(|name| !known(name)).collect()
}

#[test]
fn the_dashboard_and_the_alerts_query_existing_metrics() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let alerts: Value = serde_norway::from_str(ALERTS).unwrap();
    for (document, least) in [(&dashboard, 12), (&alerts, 10)] {
        let mut expressions = Vec::new();
        texts(document, "expr", &mut expressions);
        assert!(expressions.len() >= least, "{expressions:?}");
        assert!(
            expressions.iter().all(|one| !mentioned(one).is_empty() || one.contains("up{")),
            "{expressions:?}"
        );
        assert_eq!(unknown(&expressions), Vec::<String>::new());
    }
    assert_eq!(unknown(&["rate(theater_nonsense_total[5m])"]), ["theater_nonsense_total"]);
}

#[test]
fn every_alert_is_complete_and_documented() {
    let alerts: Value = serde_norway::from_str(ALERTS).unwrap();
    let mut names = Vec::new();
    texts(&alerts, "alert", &mut names);
    for name in &names {
        assert!(OPERATIONS.contains(&format!("**{name}**")), "{name} is not explained in docs/operations.md");
    }
    let rules =
        alerts["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
    for rule in rules {
        for part in [&rule["for"], &rule["labels"]["severity"], &rule["annotations"]["summary"]] {
            assert!(part.is_string(), "{rule}");
        }
    }
}

#[test]
fn every_metric_is_documented() {
    for (name, ..) in METRICS {
        assert!(OPERATIONS.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
    }
}

/// Reads one request and returns its body.
fn body_of_request(connection: &TcpStream) -> Vec<u8> {
    let mut connection = BufReader::new(connection);
    let mut length = 0;
    for line in connection.by_ref().lines() {
        let line = line.unwrap().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    body
}

/// Starts a trace collector; returns its URL and a receiver of the body of each request.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (mut connection, sender) = (connection.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let _ = sender.send(body_of_request(&connection));
                let _ = connection
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
    });
    (address, received)
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Registers an account and reads a movie, the latter in [`TRACE`], with a service that ends afterwards.
async fn traced(collector: &str) {
    let folder = tempfile::tempdir().unwrap();
    let service = Running::start(theater(folder.path()).env("OTEL_EXPORTER_OTLP_ENDPOINT", collector));
    let client = reqwest::Client::new();
    let body = json!({"email": "canary@example.com", "password": PASSWORD});
    let register = format!("{}/api/v1/accounts/register", service.base());
    assert_eq!(client.post(register).json(&body).send().await.unwrap().status().as_u16(), 201);
    let movie = client.get(format!("{}/api/v1/theater/movies/7", service.base()));
    let movie = movie.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    assert_eq!(movie.send().await.unwrap().status().as_u16(), 200);
    assert_eq!(service.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_jobs_are_traced_where_a_collector_is_configured() {
    let names = [
        "movie-theater",
        "POST /api/v1/accounts/register",
        "GET /api/v1/theater/movies/{movie_id}",
        "read movie",
        "hash password",
        "commit",
        "http.response.status_code",
    ];
    let (address, received) = collector();
    let is_complete = |sent: &[u8]| names.iter().all(|name| contains(sent, name));
    let mut sent = Vec::new();
    // A service that ends gives its last export a second, which may be too short on a busy machine.
    for _ in 0..3 {
        traced(&address).await;
        while !is_complete(&sent)
            && let Ok(bytes) = received.recv_timeout(Duration::from_secs(5))
        {
            sent.extend(bytes);
        }
        if is_complete(&sent) {
            break;
        }
    }
    for name in names {
        assert!(contains(&sent, name), "{name} was not sent");
    }
    let trace: Vec<u8> =
        (0..16).map(|byte| u8::from_str_radix(&TRACE[2 * byte..][..2], 16).unwrap()).collect();
    assert!(sent.windows(16).any(|window| window == trace), "the caller's trace is not continued");
    for secret in ["canary", PASSWORD] {
        assert!(!contains(&sent, secret), "{secret} was sent");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_line_of_a_json_log_is_an_object_and_none_contains_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = theater(folder.path());
    command
        .env("LOG_FORMAT", "json")
        .env("RUST_LOG", "trace")
        .env("SMTP_URL", "smtp://user:Canary-Smtp@127.0.0.1:1");
    let service = Running::start_logging_to(&mut command, fs::File::create(&log).unwrap());
    let (email, admin) = (service.printed("Administrator").unwrap(), service.printed("Password").unwrap());
    let login = format!("{}/api/v1/accounts/login", service.base());
    let client = reqwest::Client::new();
    let reply = client.post(login).json(&json!({"email": email, "password": admin})).send().await.unwrap();
    let tokens: Value = reply.json().await.unwrap();
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let me = format!("{}/api/v1/accounts/me?", service.base());
    let reply = client.get(me).bearer_auth(access).header("x-request-id", "mine").send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 200);
    assert_eq!(service.terminate(), Some(0));

    let log = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mine = lines.iter().find(|line| line["request_id"] == "mine" && line["level"] == "INFO").unwrap();
    assert_eq!(
        (&mine["method"], &mine["route"], &mine["status"]),
        (&json!("GET"), &json!("/api/v1/accounts/me"), &json!(200))
    );
    assert!(mine["user"].is_i64() && mine["duration_ms"].is_f64() && mine["timestamp"].is_string(), "{mine}");
    for secret in [admin.as_str(), access, refresh, "Canary-Smtp"] {
        let leak = log.lines().find(|line| line.contains(secret));
        assert_eq!(leak, None, "a secret was logged");
    }
}
