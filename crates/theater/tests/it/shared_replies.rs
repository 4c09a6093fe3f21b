//! The cache of replies gives no caller the reply of another: a read is answered as if nothing were cached, whoever reads first.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::json;
use test_servers::on_every_database;

use crate::{
    app::{Reply, TestApp},
    profiles::{form, person, send},
};

/// The status and body of a reply.
type Read = (u16, String);

struct Theater {
    app: TestApp,
    tokens: [Option<String>; 3],
    paths: Vec<String>,
}

impl Theater {
    /// A catalogue with an entry of each kind, two users with profiles, and the paths of all documented reads.
    async fn open(url: String) -> Self {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let movie = json!({
            "name": "Léon", "date": "1994-09-14", "score": 85.0, "overview": "A hit man takes in a girl.",
            "status": "Released", "budget": 16_000_000, "revenue": 46_000_000, "country": "FR",
            "genres": ["Drama"], "actors": ["Jean Reno"], "languages": ["French"],
        });
        let movie = app.send_as(&admin, Method::POST, "/theater/movies", movie).await.expect(201).json();
        let (ann, ann_path) = person(&app, "ann").await;
        let (bob, bob_path) = person(&app, "bob").await;
        send(&app, &ann, Method::POST, &ann_path, form(&[("first_name", "Ann")])).await.expect(201);
        send(&app, &bob, Method::POST, &bob_path, form(&[("first_name", "Bob")])).await.expect(201);
        let user = app.get_as(&ann, "/accounts/me").await.expect(200).json()["id"].to_string();
        let document =
            Reply::of(app.client.get(format!("{}/openapi.json", app.base))).await.expect(200).json();
        let reads = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, operations)| operations.get("get").is_some());
        let paths = reads.filter_map(|(path, _)| path.strip_prefix("/api/v1/")).map(|path| {
            let movie_id = movie["id"].to_string();
            let path = format!("/{path}");
            path.replace("{user_id}", &user).replace("{movie_id}", &movie_id).replace("{id}", "1")
        });
        let paths = paths.collect();
        Self { tokens: [Some(ann), Some(bob), None], paths, app }
    }

    async fn read(&self, path: &str, token: Option<&String>, is_new: bool) -> Read {
        let mut request = self.app.request(Method::GET, path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if is_new {
            request = request.header("cache-control", "no-cache");
        }
        let reply = Reply::of(request).await;
        (reply.status, reply.text)
    }

    /// The reads, by all callers in this order, whose reply is not the one that the caller gets without a cache.
    async fn strays(&self, order: [usize; 3], mut cached: impl FnMut(&str, Read) -> Read) -> Vec<String> {
        let mut strays = Vec::new();
        for path in &self.paths {
            for caller in order {
                let token = self.tokens[caller].as_ref();
                let reply = cached(path, self.read(path, token, false).await);
                let expected = self.read(path, token, true).await;
                // A refusal names its request.
                let is_same = if expected.0 == 200 { reply == expected } else { reply.0 == expected.0 };
                if !is_same {
                    strays.push(format!("{path} by caller {caller}: {reply:?}, not {expected:?}"));
                }
            }
        }
        strays
    }
}

on_every_database! {
    async fn a_cached_reply_reaches_no_caller_who_would_get_another(url: String) {
        let theater = Theater::open(url).await;
        assert!(theater.paths.len() > 15, "{:?}", theater.paths);
        for order in [[0, 1, 2], [2, 1, 0]] {
            assert_eq!(theater.strays(order, |_, reply| reply).await, Vec::<String>::new());
        }
        theater.app.stop().await;
    }

    async fn a_cache_that_ignores_who_reads_is_noticed(url: String) {
        let theater = Theater::open(url).await;
        let mut stored = HashMap::new();
        let by_path = |path: &str, reply: Read| match reply.0 {
            200 => stored.entry(path.to_owned()).or_insert(reply).clone(),
            _ => reply,
        };
        let strays = theater.strays([0, 1, 2], by_path).await;
        assert!(strays.iter().any(|stray| stray.starts_with("/accounts/me by caller 1")), "{strays:?}");
        theater.app.stop().await;
    }
}
