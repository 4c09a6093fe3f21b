//! Searching, filtering and sorting movies, and the lists of genres, actors, countries and languages.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use test_servers::{eventually, on_every_database};

use crate::app::{Reply, TestApp};

async fn add(app: &TestApp, admin: &str, movie: Value) -> Value {
    let mut whole = json!({
        "name": "Movie", "date": "2001-04-25", "score": 50, "overview": "", "status": "Released", "budget": 0,
        "revenue": 0, "country": "FR", "genres": [], "actors": [], "languages": [],
    });
    for (name, value) in movie.as_object().unwrap() {
        whole[name] = value.clone();
    }
    app.send_as(admin, Method::POST, "/theater/movies", whole).await.expect(201).json()
}

/// A service with some movies, and the token of an administrator.
async fn cinema(url: String) -> (TestApp, String) {
    let app = TestApp::start(url).await;
    let admin = app.admin().await;
    for movie in [
        json!({"name": "Léon", "date": "1994-09-14", "score": 85, "budget": 16_000_000, "genres": ["Crime", "Drama"],
            "actors": ["Jean Reno", "Natalie Portman"], "languages": ["English", "Italian"]}),
        json!({"name": "Spider-Man", "date": "2002-05-01", "score": 73.5, "country": "US", "genres": ["Action"],
            "overview": "A student is bitten by a spider.", "languages": ["English"]}),
        json!({"name": "The Matrix", "date": "1999-03-30", "score": 87, "country": "US", "genres": ["Action"],
            "status": "Post Production", "actors": ["Keanu Reeves"], "languages": ["English"]}),
        json!({"name": "100% Wolf", "date": "2020-05-29", "score": 57, "country": "AU", "revenue": 0.99,
            "genres": ["Animation"], "overview": "Leon is no wolf."}),
    ] {
        add(&app, &admin, movie).await;
    }
    (app, admin)
}

async fn names(app: &TestApp, query: &str) -> Vec<String> {
    named(&app.get(&format!("/theater/movies?{query}")).await.expect(200).json()["movies"])
}

fn named(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

on_every_database! {
    async fn movies_are_found_filtered_and_sorted(url: String) {
        let (app, _) = cinema(url).await;
        for (query, expected) in [
            ("q=leon", &["Léon", "100% Wolf"][..]),
            ("q=LE%CC%81ON", &["Léon", "100% Wolf"]),
            ("q=spider+man", &["Spider-Man"]),
            ("q=matirx", &["The Matrix"]),
            ("q=100%25", &["100% Wolf"]),
            ("q=%25", &["100% Wolf"]),
            ("q=_", &[]),
            ("q=portman", &["Léon"]),
            ("q=leon&sort_by=date", &["100% Wolf", "Léon"]),
            ("genre=action", &["The Matrix", "Spider-Man"]),
            ("genre=crime&genre=DRAMA", &["Léon"]),
            ("genre=crime&genre=action", &[]),
            ("genre=nothing", &[]),
            ("actor=jean+reno&actor=natalie+portman", &["Léon"]),
            ("country=us&country=AUS", &["100% Wolf", "The Matrix", "Spider-Man"]),
            ("language=english&language=italian", &["Léon"]),
            ("status=Post+Production&status=In+Production", &["The Matrix"]),
            ("year_from=1999&year_to=2002", &["The Matrix", "Spider-Man"]),
            ("score_min=73.5&score_max=85", &["Spider-Man", "Léon"]),
            ("sort_by=name&sort_order=asc", &["100% Wolf", "Léon", "Spider-Man", "The Matrix"]),
            ("sort_by=score", &["The Matrix", "Léon", "Spider-Man", "100% Wolf"]),
            ("sort_by=date&sort_order=asc&genre=action", &["The Matrix", "Spider-Man"]),
            ("sort_by=budget&per_page=1", &["Léon"]),
            ("sort_by=revenue&per_page=1", &["100% Wolf"]),
            ("sort_order=asc&per_page=2", &["Léon", "Spider-Man"]),
        ] {
            assert_eq!(names(&app, query).await, expected, "{query}");
        }
        app.stop().await;
    }

    async fn invalid_filters_are_refused_and_every_error_is_reported(url: String) {
        let (app, _) = cinema(url).await;
        for (query, pointer) in [
            ("q=", "/q"), ("q=%20", "/q"), ("q=a&q=b", "/q"), ("genre=", "/genre"), ("country=XX", "/country"),
            ("country=US&country=XX", "/country"), ("status=released", "/status"), ("year_from=0", "/year_from"),
            ("year_to=10000", "/year_to"), ("year_from=1e3", "/year_from"), ("score_min=-1", "/score_min"),
            ("score_max=101", "/score_max"), ("score_min=NaN", "/score_min"), ("score_min=+1", "/score_min"),
            ("sort_by=colour", "/sort_by"), ("sort_order=up", "/sort_order"), ("sort_by=name&sort_by=id", "/sort_by"),
        ] {
            let errors = app.get(&format!("/theater/movies?{query}")).await.expect(422).errors();
            assert_eq!(errors.iter().map(|error| error.0.as_str()).collect::<Vec<_>>(), [pointer], "{query}");
        }
        let long = "a".repeat(201);
        let reply = app.get(&format!("/theater/movies?q={long}&page=0&genre=%00")).await.expect(422);
        assert_eq!(reply.errors().len(), 3);
        let many = "genre=a&".repeat(21);
        app.get(&format!("/theater/movies?{many}")).await.expect(422);
        app.stop().await;
    }

    async fn every_order_can_be_paged_by_cursor_and_by_links(url: String) {
        let (app, _) = cinema(url).await;
        for query in ["sort_by=name&sort_order=asc", "sort_by=score", "q=leon", "country=US&country=FR", ""] {
            let whole = names(&app, query).await;
            let mut seen = Vec::new();
            let mut next = Some(format!("/api/v1/theater/movies?per_page=1&{query}"));
            let mut cursors = 0;
            while let Some(path) = next {
                let part = app.get(path.strip_prefix("/api/v1").unwrap()).await.expect(200).json();
                seen.extend(named(&part["movies"]));
                // The second request uses `next_cursor`, the later ones follow `next_page`.
                let by_cursor = part["next_cursor"].as_str().filter(|_| cursors == 0);
                next = match by_cursor {
                    Some(cursor) => Some(format!("/api/v1/theater/movies?per_page=1&{query}&cursor={cursor}")),
                    None => part["next_page"].as_str().map(str::to_owned),
                };
                cursors += 1;
            }
            assert_eq!(seen, whole, "{query}");
        }
        let cursor = app.get("/theater/movies?per_page=1&sort_by=score").await.json()["next_cursor"].clone();
        let cursor = cursor.as_str().unwrap();
        for other in ["sort_by=name", "sort_by=score&sort_order=asc"] {
            let reply = app.get(&format!("/theater/movies?{other}&cursor={cursor}")).await.expect(422);
            assert_eq!(reply.errors()[0].1, "The cursor belongs to a list in another order.");
        }
        assert_eq!(names(&app, &format!("cursor={cursor}&per_page=1")).await, ["Léon"]);
        app.get("/theater/movies?genre=action&page=2").await.expect_problem(404, "No movies found.");
        app.stop().await;
    }

    async fn an_administrator_manages_taxonomies_and_anyone_reads_them(url: String) {
        let (app, admin) = cinema(url).await;
        let listed = app.get("/theater/genres").await.expect(200).json();
        assert_eq!(named(&listed["genres"]), ["Action", "Animation", "Crime", "Drama"]);
        assert_eq!((&listed["genres"][0]["movie_count"], &listed["total_items"]), (&json!(2), &json!(4)));
        assert_eq!(named(&app.get("/theater/actors?q=REN").await.json()["actors"]), ["Jean Reno"]);
        assert_eq!(named(&app.get("/theater/actors?q=%25").await.json()["actors"]), [""; 0]);
        app.get("/theater/languages?page=9").await.expect_problem(404, "No languages found.");
        let country = app.get("/theater/countries?q=france").await.json()["countries"][0].clone();
        assert_eq!((&country["code"], &country["name"], &country["movie_count"]), (&json!("FR"), &json!("France"), &json!(1)));

        let added = app.send_as(&admin, Method::POST, "/theater/genres", json!({"name": "Noir"})).await.expect(201);
        let noir = added.json();
        let path = format!("/theater/genres/{}", noir["id"]);
        assert_eq!(added.header("location"), format!("/api/v1{path}"));
        assert_eq!(app.get(&path).await.expect(200).json(), json!({"id": noir["id"], "name": "Noir", "movie_count": 0}));
        for name in ["noir", "CRIME"] {
            let again = app.send_as(&admin, Method::POST, "/theater/genres", json!({"name": name})).await;
            again.expect_problem(409, "Genre with this name already exists.");
        }
        let taken = app.send_as(&admin, Method::PATCH, &path, json!({"name": "drama"})).await;
        taken.expect_problem(409, "Genre with this name already exists.");
        let renamed = app.send_as(&admin, Method::PATCH, &path, json!({"name": "Movie noir"})).await.expect(200);
        assert_eq!(renamed.json()["name"], "Movie noir");
        app.send_as(&admin, Method::PATCH, &path, json!({"name": " "})).await.expect(422);
        app.send_as(&admin, Method::DELETE, &path, json!({})).await.expect(204);
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            app.send_as(&admin, method, &path, json!({})).await.expect_problem(404, "Genre not found.");
        }
        app.get(&format!("{path}/movies")).await.expect_problem(404, "Genre not found.");

        let new = app.send_as(&admin, Method::POST, "/theater/countries", json!({"code": "ITA"})).await.expect(201).json();
        assert_eq!((&new["code"], &new["name"]), (&json!("IT"), &json!("Italy")));
        let again = app.send_as(&admin, Method::POST, "/theater/countries", json!({"code": "it", "name": "Italia"})).await;
        again.expect_problem(409, "Country with this name already exists.");
        app.send_as(&admin, Method::POST, "/theater/countries", json!({"name": "Nowhere"})).await.expect(422);
        app.stop().await;
    }

    async fn a_taxonomy_entry_in_use_is_deleted_only_by_merging_it(url: String) {
        let (app, admin) = cinema(url).await;
        let id = async |kind: &str, q: &str| app.get(&format!("/theater/{kind}?q={q}")).await.json()[kind][0]["id"].clone();
        let remove = async |path: String| app.send_as(&admin, Method::DELETE, &path, json!({})).await;
        for (kind, one, other, query) in [
            ("genres", "crime", "drama", "genre=drama"),
            ("actors", "reno", "portman", "actor=natalie+portman"),
            ("languages", "italian", "english", "language=english&language=english"),
            ("countries", "france", "australia", "country=AU"),
        ] {
            let (one, other) = (id(kind, one).await, id(kind, other).await);
            let path = format!("/theater/{kind}/{one}");
            let refused = remove(path.clone()).await.expect(409).json();
            assert!(refused["detail"].as_str().unwrap().contains("is still used by movies"), "{refused}");
            for wrong in ["999999".to_owned(), one.to_string()] {
                let reply = remove(format!("{path}?merge_into={wrong}")).await.expect(422);
                assert_eq!(reply.errors()[0].0, "/merge_into", "{kind}");
            }
            remove(format!("{path}?merge_into=x")).await.expect(422);
            let described = |body: &Value| body["movie_count"].as_i64().unwrap();
            let (both, alone) = (app.get(&format!("/theater/{kind}/{other}")).await.json(), app.get(&path).await.json());
            remove(format!("{path}?merge_into={other}")).await.expect(204);
            app.get(&path).await.expect(404);
            let merged = app.get(&format!("/theater/{kind}/{other}")).await.json();
            // A movie that had both entries is counted once.
            assert!(described(&merged) <= described(&both) + described(&alone) && described(&merged) >= described(&both));
            let movies = app.get(&format!("/theater/{kind}/{other}/movies")).await.expect(200).json();
            assert_eq!(movies["total_items"], merged["movie_count"], "{kind}");
            assert!(names(&app, query).await.contains(&"Léon".to_owned()), "{kind}");
        }
        assert_eq!(names(&app, "q=reno").await, [""; 0]);
        let leon = app.get("/theater/movies?q=leon").await.json()["movies"][0]["id"].clone();
        let leon = app.get(&format!("/theater/movies/{leon}")).await.json();
        assert_eq!((named(&leon["genres"]), named(&leon["actors"])), (vec!["Drama".to_owned()], vec!["Natalie Portman".to_owned()]));
        app.stop().await;
    }

    async fn extreme_values_and_name_collisions_are_handled(url: String) {
        let (app, admin) = cinema(url).await;
        // `date-asc:7:-9999-01-01`: a date that one of the databases does not support.
        let reply = app.get("/theater/movies?cursor=ZGF0ZS1hc2M6NzotOTk5OS0wMS0wMQ").await.expect(422);
        assert_eq!(reply.errors()[0].0, "/cursor");
        let nothing = app.get("/theater/actors?q=%3F").await.expect(200).json();
        assert_eq!((nothing["actors"].as_array().unwrap().len(), &nothing["total_items"]), (0, &json!(0)));
        app.get("/theater/movies?page=9223372036854775807&sort_by=score").await.expect(404);
        // A country may take the ISO name of another one, which then gets its code as a suffix.
        let name = json!({"code": "IT", "name": "Spain"});
        app.send_as(&admin, Method::POST, "/theater/countries", name).await.expect(201);
        let movie = add(&app, &admin, json!({"name": "Volver", "country": "ES"})).await;
        assert_eq!(movie["country"]["name"], "Spain (ES)");
        let errors = app.get("/theater/movies?country=XX&country=US&country=YY").await.expect(422).errors();
        assert_eq!(errors.len(), 2);
        app.stop().await;
    }

    async fn the_search_follows_renamed_actors_and_changed_movies(url: String) {
        let (app, admin) = cinema(url).await;
        let reno = app.get("/theater/actors?q=reno").await.json()["actors"][0]["id"].clone();
        let path = format!("/theater/actors/{reno}");
        app.send_as(&admin, Method::PATCH, &path, json!({"name": "Juan Moreno"})).await.expect(200);
        assert_eq!((names(&app, "q=moreno").await, names(&app, "q=jean+reno").await), (vec!["Léon".to_owned()], vec![]));
        let leon = app.get("/theater/movies?q=leon").await.json()["movies"][0]["id"].clone();
        let leon = format!("/theater/movies/{leon}");
        let change = json!({"name": "The Professional", "actors": ["Gary Oldman"], "overview": "A cleaner."});
        app.send_as(&admin, Method::PATCH, &leon, change).await.expect(200);
        for (query, count) in [("q=professional", 1), ("q=oldman+cleaner", 1), ("q=moreno", 0), ("q=portman", 0)] {
            assert_eq!(names(&app, query).await.len(), count, "{query}");
        }
        app.send_as(&admin, Method::DELETE, &leon, json!({})).await.expect(204);
        assert_eq!(names(&app, "q=professional").await.len(), 0);
        app.stop().await;
    }

    async fn a_process_reads_its_own_writes_and_other_processes_are_notified(url: String) {
        let app = TestApp::start(url.clone()).await;
        // Another process on the same database, whose cache entries are valid for an hour.
        let other = TestApp::start_with(url, &[("CATALOGUE_CACHE_MAX_AGE", "1h")]).await;
        let admin = app.admin().await;
        let total = async |app: &TestApp| app.get("/theater/movies").await.expect(200).json()["total_items"].as_i64();
        for count in 0..5 {
            for app in [&app, &other] {
                eventually("the process reads the change", || async { total(app).await == Some(count) }).await;
            }
            let movie = add(&app, &admin, json!({"name": format!("Movie {count}")})).await;
            assert_eq!(total(&app).await, Some(count + 1));
            let path = format!("/theater/movies/{}", movie["id"]);
            let first = app.get(&path).await.expect(200);
            let again = app.get(&path).await.expect(200);
            assert_eq!((first.header("etag"), &first.text), (again.header("etag"), &again.text));
            assert_eq!(again.header("cache-control"), "public, no-cache");
            let known = app.request(Method::GET, &path).header("if-none-match", first.header("etag"));
            assert_eq!(Reply::of(known).await.expect(304).text, "");
            let change = json!({"score": 99});
            app.send_as(&admin, Method::PATCH, &path, change).await.expect(200);
            let changed = app.get(&path).await.expect(200);
            assert_ne!(changed.header("etag"), first.header("etag"));
            assert_eq!(changed.json()["score"], 99.0);
        }
        app.stop().await;
        other.stop().await;
    }

    async fn without_a_cache_responses_are_the_same(url: String) {
        let app = TestApp::start_with(url, &[("CATALOGUE_CACHE_SIZE", "0")]).await;
        let admin = app.admin().await;
        assert!(app.wired.services.replies.is_none());
        let movie = add(&app, &admin, json!({})).await;
        let path = format!("/theater/movies/{}", movie["id"]);
        let first = app.get(&path).await.expect(200);
        let known = app.request(Method::GET, &path).header("if-none-match", first.header("etag"));
        Reply::of(known).await.expect(304);
        app.stop().await;
    }

    async fn without_change_notifications_the_cache_returns_stale_data(url: String) {
        struct NoNotifications;
        impl domain::catalogue::CatalogueChanges for NoNotifications {
            fn generation(&self) -> u64 {
                0
            }
        }
        let cache = api::ReplyCache::new(1_000_000, std::time::Duration::from_hours(1), Arc::new(NoNotifications));
        let app = TestApp::start_changed(url, &[], |services| services.replies = Some(cache)).await;
        let admin = app.admin().await;
        app.get("/theater/movies").await.expect(200);
        add(&app, &admin, json!({})).await;
        let stale = app.get("/theater/movies").await.expect(200).json();
        assert_eq!(stale["total_items"], 0);
        let uncached = app.request(Method::GET, "/theater/movies").header("cache-control", "no-cache");
        assert_eq!(Reply::of(uncached).await.json()["total_items"], 1);
        app.stop().await;
    }
}
