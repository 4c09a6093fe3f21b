use reqwest::Method;
use serde_json::{Value, json};
use test_servers::on_every_database;

use crate::app::{Reply, TestApp};

fn movie(name: &str) -> Value {
    json!({
        "name": name, "date": "2001-04-25", "score": 79.5, "overview": "A shy waitress.", "status": "Released",
        "budget": 10_000_000, "revenue": 174_200_000.25, "country": "FRA", "genres": ["Comedy", "Romance", "comedy"],
        "actors": ["Audrey Tautou"], "languages": ["French"],
    })
}

async fn add(app: &TestApp, admin: &str, name: &str) -> Reply {
    app.send_as(admin, Method::POST, "/theater/movies", movie(name)).await
}

on_every_database! {
    async fn an_administrator_creates_a_movie_and_anyone_reads_it(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let added = add(&app, &admin, "Amélie").await.expect(201);
        let movie = added.json();
        let path = format!("/theater/movies/{}", movie["id"]);
        assert_eq!(added.header("location"), format!("/api/v1{path}"));
        assert_eq!((&movie["budget"], &movie["revenue"]), (&json!(10_000_000), &json!(174_200_000.25)));
        assert_eq!((&movie["country"]["code"], &movie["country"]["name"]), (&json!("FR"), &json!("France")));
        let genres: Vec<_> = movie["genres"].as_array().unwrap().iter().map(|genre| &genre["name"]).collect();
        assert_eq!(genres, ["Comedy", "Romance"]);
        assert_eq!(app.get(&path).await.expect(200).json(), movie);
        assert_eq!(app.get(&format!("{path}/")).await.expect(200).json(), movie);
        let listed = app.get("/theater/movies").await.expect(200).json();
        let mut keys: Vec<_> = listed["movies"][0].as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["date", "id", "name", "overview", "score"]);
        app.stop().await;
    }

    async fn anonymous_callers_and_users_cannot_change_movies(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let id = add(&app, &admin, "Amélie").await.expect(201).json()["id"].clone();
        let (user, _) = app.logged_in("ann@example.com").await;
        let path = format!("/theater/movies/{id}");
        for (method, path) in [(Method::POST, "/theater/movies"), (Method::PATCH, path.as_str()), (Method::DELETE, &path)] {
            Reply::of(app.request(method.clone(), path).json(&json!({}))).await
                .expect_problem(401, "Authorization header is missing");
            app.send_as(&user, method, path, json!({})).await
                .expect_problem(403, "Moderator privileges required");
        }
        app.get(&path).await.expect(200);
        app.stop().await;
    }

    async fn the_same_movie_twice_is_a_conflict(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        add(&app, &admin, "Amélie").await.expect(201);
        let text = "A movie with the name 'Amélie' and release date '2001-04-25' already exists.";
        add(&app, &admin, "Amélie").await.expect_problem(409, text);
        let other = add(&app, &admin, "Other").await.expect(201).json()["id"].clone();
        let path = format!("/theater/movies/{other}");
        app.send_as(&admin, Method::PATCH, &path, json!({"name": "Amélie"})).await.expect_problem(409, text);
        assert_eq!(app.get("/theater/movies").await.json()["total_items"], 2);
        app.stop().await;
    }

    async fn a_patch_changes_only_the_given_fields_and_a_deleted_movie_is_gone(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let before = add(&app, &admin, "Amélie").await.json();
        let path = format!("/theater/movies/{}", before["id"]);
        let patch = json!({"score": 81, "genres": ["Fantasy"], "overview": ""});
        let reply = app.send_as(&admin, Method::PATCH, &path, patch).await.expect(200).json();
        assert_eq!(reply["detail"], "Movie updated successfully.");
        assert_eq!((&reply["movie"]["score"], &reply["movie"]["overview"]), (&json!(81.0), &json!("")));
        assert_eq!((&reply["movie"]["name"], &reply["movie"]["actors"]), (&before["name"], &before["actors"]));
        let deleted = app.send_as(&admin, Method::DELETE, &path, json!({})).await.expect(204);
        assert_eq!(deleted.text, "");
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            app.send_as(&admin, method, &path, json!({})).await
                .expect_problem(404, "Movie with the given ID was not found.");
        }
        assert_eq!(app.get("/theater/movies").await.json()["total_items"], 0);
        app.stop().await;
    }

    async fn every_error_of_a_movie_is_reported_in_one_reply(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let bad = json!({
            "name": " ", "date": "25.04.2001", "score": 101, "overview": 5, "status": "Rumored", "budget": -1,
            "revenue": 0.001, "country": "XX", "genres": ["Drama", "", 7], "languages": null, "director": "x",
        });
        let reply = app.send_as(&admin, Method::POST, "/theater/movies", bad).await.expect(422);
        let mut pointers: Vec<_> = reply.errors().into_iter().map(|(pointer, _)| pointer).collect();
        pointers.sort();
        let expected = [
            "/actors", "/budget", "/country", "/date", "/director", "/genres/1", "/genres/2", "/languages", "/name",
            "/overview", "/revenue", "/score", "/status",
        ];
        assert_eq!(pointers, expected);
        let path = format!("/theater/movies/{}", add(&app, &admin, "Amélie").await.json()["id"]);
        let reply = app.send_as(&admin, Method::PATCH, &path, json!({"name": null, "score": "5"})).await.expect(422);
        assert_eq!(reply.errors().len(), 2);
        app.stop().await;
    }

    async fn every_list_links_to_its_pages_in_a_header(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        for number in 1..=5 {
            add(&app, &admin, &format!("Movie {number}")).await.expect(201);
        }
        let of = |page: u32| format!("</api/v1/theater/movies?page={page}&per_page=2>");
        let expected = format!("{}; rel=\"next\", {}; rel=\"prev\", {}; rel=\"first\"", of(3), of(1), of(1));
        // The second response comes from the cache.
        for _ in 0..2 {
            let page = app.get("/theater/movies?page=2&per_page=2").await.expect(200);
            assert_eq!(page.header("link"), expected);
        }
        for list in ["theater/genres", "theater/actors", "theater/countries", "theater/languages", "admin/users", "accounts/sessions"] {
            let page = app.get_as(&admin, &format!("/{list}")).await.expect(200);
            assert_eq!(page.header("link"), format!("</api/v1/{list}?page=1&per_page=10>; rel=\"first\""), "{list}");
        }
        app.stop().await;
    }

    async fn pages_link_to_each_other_and_end(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let empty = app.get("/theater/movies").await.expect(200).json();
        assert_eq!(empty, json!({"movies": [], "prev_page": null, "next_page": null, "total_pages": 0, "total_items": 0,
            "next_cursor": null}));
        for number in 1..=5 {
            add(&app, &admin, &format!("Movie {number}")).await.expect(201);
        }
        let page = app.get("/theater/movies?page=2&per_page=2").await.expect(200).json();
        assert_eq!((&page["total_pages"], &page["total_items"]), (&json!(3), &json!(5)));
        assert_eq!(page["prev_page"], "/api/v1/theater/movies?page=1&per_page=2");
        assert_eq!(page["next_page"], "/api/v1/theater/movies?page=3&per_page=2");
        let names: Vec<_> = page["movies"].as_array().unwrap().iter().map(|movie| &movie["name"]).collect();
        assert_eq!(names, ["Movie 3", "Movie 2"]);
        let last = app.get("/theater/movies?page=3&per_page=2").await.expect(200).json();
        assert_eq!((&last["next_page"], &last["next_cursor"]), (&Value::Null, &Value::Null));
        for path in ["/theater/movies?page=4&per_page=2", "/theater/movies?page=9223372036854775807"] {
            app.get(path).await.expect_problem(404, "No movies found.");
        }
        app.stop().await;
    }

    async fn cursors_page_through_the_whole_list(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        for number in 1..=5 {
            add(&app, &admin, &format!("Movie {number}")).await.expect(201);
        }
        let mut path = "/theater/movies?per_page=2".to_owned();
        let mut names = Vec::new();
        loop {
            let page = app.get(&path).await.expect(200).json();
            names.extend(page["movies"].as_array().unwrap().iter().map(|movie| movie["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/theater/movies?per_page=2&cursor={cursor}");
            let next = app.get(&path).await.expect(200).json();
            assert_eq!((&next["prev_page"], &next["total_pages"], &next["total_items"]), (&Value::Null, &Value::Null, &Value::Null));
            if let Some(link) = next["next_page"].as_str() {
                assert!(link.starts_with("/api/v1/theater/movies?cursor="), "{link}");
            }
        }
        assert_eq!(names, ["Movie 5", "Movie 4", "Movie 3", "Movie 2", "Movie 1"]);
        app.stop().await;
    }

    async fn a_movie_is_read_and_changed_by_conditional_requests(url: String) {
        let app = TestApp::start(url).await;
        let admin = app.admin().await;
        let path = format!("/theater/movies/{}", add(&app, &admin, "Amélie").await.json()["id"]);
        let etag = app.get(&path).await.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() > 10);
        let cached = Reply::of(app.request(Method::GET, &path).header("if-none-match", &etag)).await.expect(304);
        assert_eq!((cached.text.as_str(), cached.header("etag")), ("", etag.as_str()));
        let change = |expected: String| {
            let request = app.request(Method::PATCH, &path).bearer_auth(&admin).header("if-match", expected);
            Reply::of(request.json(&json!({"score": 1})))
        };
        change("\"other\"".into()).await.expect_problem(412, "The resource has changed since it was read.");
        change(etag.clone()).await.expect(200);
        change(etag.clone()).await.expect(412);
        Reply::of(app.request(Method::GET, &path).header("if-none-match", &etag)).await.expect(200);
        let delete = |expected: String| {
            Reply::of(app.request(Method::DELETE, &path).bearer_auth(&admin).header("if-match", expected))
        };
        delete(etag).await.expect(412);
        delete("*".into()).await.expect(204);
        app.stop().await;
    }

    async fn invalid_parameters_and_ids_are_refused(url: String) {
        let app = TestApp::start(url).await;
        for query in [
            "page=0", "page=-1", "page=x", "page=", "page=9223372036854775808", "page=1&page=2", "per_page=0",
            "per_page=101", "cursor=", "cursor=x", "cursor=aWQ6Nw&page=1", "colour=red", "page=%00", "page=%ff",
        ] {
            let reply = app.get(&format!("/theater/movies?{query}")).await.expect(422);
            assert_eq!(reply.json()["errors"][0]["in"], "query", "{query}");
        }
        for id in ["0", "-1", "x", "9223372036854775808", "1e3", "%00", "1.0"] {
            let reply = app.get(&format!("/theater/movies/{id}")).await.expect(422);
            assert_eq!(reply.errors()[0].0, "/movie_id", "{id}");
        }
        app.get("/theater/movies/9223372036854775807").await.expect(404);
        app.get("/theater/movies/1?x=1").await.expect(422);
        app.stop().await;
    }
}
