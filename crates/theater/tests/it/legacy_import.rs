//! The legacy import from py-online-cinema: a database with the tables of its first release.

use std::{fs, path::Path};

use domain::accounts::Password;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use test_servers::TestDatabase;

use crate::{
    app::{PASSWORD, TestApp},
    command_line::{run, text},
};

const TABLES: &str = "
    CREATE TYPE usergroupenum AS ENUM ('USER', 'MODERATOR', 'ADMIN');
    CREATE TYPE genderenum AS ENUM ('MAN', 'WOMAN');
    CREATE TYPE moviestatusenum AS ENUM ('RELEASED', 'POST_PRODUCTION', 'IN_PRODUCTION');
    CREATE TABLE user_groups (id serial PRIMARY KEY, name usergroupenum NOT NULL UNIQUE);
    CREATE TABLE users (
        id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, hashed_password varchar(255) NOT NULL,
        is_active boolean NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(), group_id integer NOT NULL REFERENCES user_groups);
    CREATE TABLE user_profiles (
        id serial PRIMARY KEY, first_name varchar(100), last_name varchar(100), avatar varchar(255), gender genderenum,
        date_of_birth date, info text, user_id integer NOT NULL UNIQUE REFERENCES users);
    CREATE TABLE countries (id serial PRIMARY KEY, code varchar(3) NOT NULL UNIQUE, name varchar(255));
    CREATE TABLE genres (id serial PRIMARY KEY, name varchar(255) NOT NULL UNIQUE);
    CREATE TABLE actors (id serial PRIMARY KEY, name varchar(255) NOT NULL UNIQUE);
    CREATE TABLE languages (id serial PRIMARY KEY, name varchar(255) NOT NULL UNIQUE);
    CREATE TABLE movies (
        id serial PRIMARY KEY, name varchar(255) NOT NULL, date date NOT NULL, score double precision NOT NULL,
        overview text NOT NULL, status moviestatusenum NOT NULL, budget numeric(15, 2) NOT NULL,
        revenue double precision NOT NULL, country_id integer NOT NULL REFERENCES countries, UNIQUE (name, date));
    CREATE TABLE movies_genres (movie_id integer REFERENCES movies, genre_id integer REFERENCES genres);
    CREATE TABLE actors_movies (movie_id integer REFERENCES movies, actor_id integer REFERENCES actors);
    CREATE TABLE movies_languages (movie_id integer REFERENCES movies, language_id integer REFERENCES languages);";

const ROWS: &str = "
    INSERT INTO user_groups (name) VALUES ('USER'), ('MODERATOR'), ('ADMIN');
    INSERT INTO users (email, hashed_password, is_active, created_at, group_id) VALUES
        ('ann@example.com', 'HASH', true, '2024-05-06 07:08:09+00', 1),
        ('mod@example.com', 'HASH', true, now(), 2),
        ('boss@example.com', 'HASH', true, now(), 3),
        ('late@example.com', 'HASH', false, '2020-01-01', 1),
        ('odd@example.com', '{sha1}canary', true, now(), 1),
        ('no address', 'HASH', true, now(), 1);
    INSERT INTO user_profiles (user_id, first_name, last_name, gender, date_of_birth, info, avatar) VALUES
        (1, 'Ann', 'Lee', 'WOMAN', '1990-01-02', 'Likes movies.', 'avatars/1_avatar.jpg'),
        (2, 'M0d', '', NULL, '2020-01-01', NULL, 'http://minio:9000/theater/nowhere.png');
    INSERT INTO countries (code) VALUES ('FR'), ('SU'), ('??');
    INSERT INTO genres (name) VALUES ('Drama'), ('Unknown');
    INSERT INTO actors (name) VALUES ('Ann Lee'), ('Jean-Pierre, Jr.');
    INSERT INTO languages (name) VALUES ('French');
    INSERT INTO movies (name, date, score, overview, status, budget, revenue, country_id) VALUES
        ('First', '2020-02-29', 71.5, 'One.', 'POST_PRODUCTION', 1234567.89, 1.5e8, 1),
        ('Old', '1970-01-01', 60, 'Two.', 'RELEASED', 0, 0, 2),
        ('Nowhere', '1970-01-01', 60, 'Three.', 'RELEASED', 0, 0, 3);
    INSERT INTO movies_genres VALUES (1, 1), (1, 2);
    INSERT INTO actors_movies VALUES (1, 1), (1, 2);
    INSERT INTO movies_languages VALUES (1, 1);";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_legacy_import_preserves_passwords_profiles_and_movies() {
    test_servers::run(TestDatabase::postgres().await, |old| async {
        test_servers::run(TestDatabase::postgres().await, |new| import_legacy(old, new)).await;
    })
    .await;
}

async fn import_legacy(old: String, new: String) {
    let app = TestApp::start(new.clone()).await;
    let permit = app.wired.services.accounts.hasher.acquire().await.unwrap();
    let hash = permit.hash(&Password::parse(PASSWORD).unwrap()).await.unwrap();
    let mut connection = PgConnection::connect(&old).await.unwrap();
    sqlx::raw_sql(TABLES).execute(&mut connection).await.unwrap();
    let rows = ROWS.replace("HASH", hash.expose());
    sqlx::raw_sql(sqlx::AssertSqlSafe(rows)).execute(&mut connection).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let bucket = folder.path().join("bucket/avatars");
    fs::create_dir_all(&bucket).unwrap();
    let mut picture = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(64, 64).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    fs::write(bucket.join("1_avatar.jpg"), picture.into_inner()).unwrap();
    let data = app.folder().display().to_string();
    let import = |url: &str| {
        let variables = [("ORIGINAL_DATABASE_URL", url), ("DATABASE_URL", &new), ("DATA_DIR", &data)];
        run(folder.path(), &["legacy-import", "--avatars", "bucket"], &variables)
    };
    let first = import(&old);
    let (counts, warnings) = (text(&first.stdout), text(&first.stderr));
    assert!(first.status.success(), "{first:?}");
    assert_eq!(
        counts.trim(),
        "Accounts: 4 added, 0 already there, 2 refused. Profiles: 2. Pictures: 1. Movies: 2 added, 0 already there, 1 refused."
    );
    for warning in [
        "account 5: password: not a bcrypt hash",
        "account 6: address: ",
        "account 2: first name skipped: ",
        "account 2: date of birth skipped: ",
        "movie 3: country: ",
        "account 2: picture: ",
    ] {
        assert!(warnings.contains(warning), "{warning}: {warnings}");
    }
    assert!(!warnings.contains("canary") && !warnings.contains(hash.expose()), "{warnings}");
    let again = text(&import(&old).stdout);
    assert!(again.starts_with(
        "Accounts: 0 added, 4 already there, 2 refused. Profiles: 0. Pictures: 0. Movies: 0 added, 2 "
    ));
    users_are_imported(&app).await;
    movies_are_imported(&app).await;

    // The import does not change the source database, and a database of another schema is an error.
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 6);
    connection.close().await.unwrap();
    let elsewhere = import(&new);
    assert!(
        !elsewhere.status.success() && text(&elsewhere.stderr).contains("the import stopped"),
        "{elsewhere:?}"
    );
    a_missing_url_is_an_error(folder.path());
    let nowhere =
        run(folder.path(), &["legacy-import", "--avatars", "nowhere"], &[("ORIGINAL_DATABASE_URL", &old)]);
    assert!(
        !nowhere.status.success() && text(&nowhere.stderr).contains("nowhere is not a folder"),
        "{nowhere:?}"
    );
    app.stop().await;
}

async fn users_are_imported(app: &TestApp) {
    for (email, group) in
        [("ann@example.com", "user"), ("mod@example.com", "moderator"), ("boss@example.com", "admin")]
    {
        let token = app.login(email).await.expect(201).json()["access_token"].as_str().unwrap().to_owned();
        let me = app.get_as(&token, "/accounts/me").await.expect(200).json();
        assert_eq!(me["group"], group, "{me}");
    }
    // A pending account counts as created at the import, so the retention job does not remove it.
    application::retention::clean_up(&app.wired.retention).await.unwrap();
    app.login("late@example.com").await.expect(403);
    app.post("/accounts/activate/resend", json!({"email": "late@example.com"})).await.expect(200);
    app.activation_token("late@example.com").await;
    let token =
        app.login("ann@example.com").await.expect(201).json()["access_token"].as_str().unwrap().to_owned();
    let profile = app.get_as(&token, "/profiles/me").await.expect(200).json();
    let shown =
        ["first_name", "last_name", "gender", "date_of_birth", "info"].map(|name| profile[name].as_str());
    let expected = ["Ann", "Lee", "woman", "1990-01-02", "Likes movies."].map(Some);
    assert!(
        shown
            .iter()
            .zip(expected)
            .all(|(shown, expected)| { shown.map(str::to_lowercase) == expected.map(str::to_lowercase) }),
        "{profile}"
    );
    let avatar = profile["avatar"].as_str().unwrap();
    assert_eq!(reqwest::get(avatar).await.unwrap().status().as_u16(), 200, "{avatar}");
}

async fn movies_are_imported(app: &TestApp) {
    let list = app.get("/theater/movies?sort_by=name&sort_order=asc").await.expect(200).json();
    let names: Vec<_> =
        list["movies"].as_array().unwrap().iter().map(|movie| movie["name"].clone()).collect();
    assert_eq!(names, ["First", "Old"]);
    let movie = app.get(&format!("/theater/movies/{}", list["movies"][0]["id"])).await.expect(200).json();
    assert_eq!(
        (&movie["status"], &movie["country"]["code"]),
        (&"Post Production".into(), &"FR".into()),
        "{movie}"
    );
    let names =
        |list: &Value| list.as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&movie["genres"]), ["Drama"]);
    assert_eq!(names(&movie["actors"]), ["Ann Lee", "Jean-Pierre, Jr."]);
    assert_eq!((movie["budget"].as_f64(), movie["revenue"].as_f64()), (Some(1_234_567.89), Some(1.5e8)));
}

fn a_missing_url_is_an_error(folder: &Path) {
    let output = run(folder, &["legacy-import"], &[]);
    assert!(!output.status.success() && text(&output.stderr).contains("ORIGINAL_DATABASE_URL"), "{output:?}");
}
