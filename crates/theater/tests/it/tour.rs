//! Runs the tour in the README unchanged.

use std::process::Command;

use test_servers::skip_without;

use crate::command_line::{Running, theater};

/// The block of the README marked `sh tour`.
fn script() -> String {
    let readme = include_str!("../../../../README.md");
    let (_, rest) = readme.split_once("```sh tour\n").expect("the README has a tour");
    let (script, _) = rest.split_once("\n```").expect("the tour ends");
    script.to_owned()
}

#[test]
fn the_tour_of_the_readme_works_twice() {
    if Command::new("curl").arg("--version").output().is_err()
        || Command::new("bash").arg("--version").output().is_err()
    {
        return skip_without("bash and curl", "REQUIRE_TOUR", "tour of the README");
    }
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(&mut theater(folder.path()));
    for _ in 0..2 {
        let tour = Command::new("bash")
            .args(["-c", &script()])
            .env("BASE", running.base())
            .env("ADMIN_EMAIL", running.printed("Administrator").unwrap())
            .env("ADMIN_PASSWORD", running.printed("Password").unwrap())
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&tour.stdout), String::from_utf8_lossy(&tour.stderr));
        assert!(tour.status.success(), "{out}\n{err}");
    }
}
