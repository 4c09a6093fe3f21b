//! A full disk: writes are refused and reads continue; writes succeed again once there is space.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;
use test_servers::{size, skip_without};

use crate::{
    app::PASSWORD,
    command_line::{Running, theater},
};

/// Runs a command in its own mount namespace with a disk of 12 MiB at `place`.
fn on_a_small_disk(place: &Path, theater: &Command) -> Command {
    let mount = r#"mount -t tmpfs -o size=12m tmpfs "$1" && cd "$1" && exec "$2""#;
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", mount, "sh"])
        .arg(place)
        .arg(theater.get_program());
    command.env_clear();
    command.envs(theater.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// Whether this machine lets the test mount its own disk.
fn can_mount_a_disk() -> bool {
    let mut tried = Command::new("unshare");
    tried.args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    tried.output().is_ok_and(|output| output.status.success())
}

/// The path under which this process reaches `place` as the service sees it.
fn seen_by(service: &Running, place: &Path) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", service.child.id(), place.display()))
}

async fn register(base: &str, name: &str) -> u16 {
    let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
    let request = reqwest::Client::new().post(format!("{base}/api/v1/accounts/register")).json(&body);
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    if status == 503 {
        assert!(reply.headers().contains_key("retry-after"));
    }
    status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_serves_reads() {
    if !can_mount_a_disk() {
        return skip_without("permission to mount", "REQUIRE_DISK", "a full disk");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = theater(folder.path());
    command.env("RATE_LIMIT", "off").env("SAMPLE_DATA", "on");
    let service = Running::start(&mut on_a_small_disk(folder.path(), &command));
    let base = service.base();
    assert_eq!(register(&base, "before").await, 201);

    let filling = seen_by(&service, folder.path()).join("filling");
    let full = fs::write(&filling, vec![0; 16 << 20]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    // Writes that fit into the pages that SQLite has already allocated still succeed.
    let (mut refused, mut accepted) = (0, vec!["before".to_owned()]);
    let attempts = size(50, 200);
    for number in 0..attempts {
        let name = format!("meanwhile-{number}");
        match register(&base, &name).await {
            503 => refused += 1,
            201 => accepted.push(name),
            status => panic!("{status}"),
        }
    }
    assert!(refused > attempts / 2, "{refused} of {attempts}");
    let list = format!("{base}/api/v1/theater/movies?sort_by=name");
    let reply = reqwest::Client::new().get(list).header("cache-control", "no-cache").send().await.unwrap();
    assert_eq!(reply.status().as_u16(), 200);

    fs::remove_file(&filling).unwrap();
    test_servers::eventually("writes are accepted again", || async { register(&base, "after").await != 503 })
        .await;
    assert_eq!(register(&base, "after").await, 409);
    accepted.push("after".to_owned());
    // Acknowledged registrations are there; logins read on other connections than those that write.
    for name in accepted {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        let request = reqwest::Client::new().post(format!("{base}/api/v1/accounts/login")).json(&body);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 403, "{name} was lost");
    }
}
