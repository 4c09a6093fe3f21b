use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use test_servers::{eventually, on_every_database};

use crate::app::{Reply, TestApp};

/// A PNG file of 700 × 600 pixels with this red value.
pub(crate) fn picture(colour: u8) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::from_pixel(700, 600, Rgb([colour, 100, 100])).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

pub(crate) fn form(fields: &[(&'static str, &'static str)]) -> Form {
    fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, *value))
}

fn with_picture(form: Form, colour: u8) -> Form {
    form.part("avatar", Part::bytes(picture(colour)).file_name("../../me.svg"))
}

pub(crate) async fn send(app: &TestApp, token: &str, method: Method, path: &str, form: Form) -> Reply {
    Reply::of(app.request(method, path).bearer_auth(token).multipart(form)).await
}

pub(crate) async fn delete(app: &TestApp, token: &str, path: &str) -> Reply {
    Reply::of(app.request(Method::DELETE, path).bearer_auth(token)).await
}

/// Registers and logs in a user; returns the access token and the path of the user's profile.
pub(crate) async fn person(app: &TestApp, name: &str) -> (String, String) {
    let token = app.logged_in(&format!("{name}@example.com")).await.0;
    let id = app.get_as(&token, "/accounts/me").await.expect(200).json()["id"].clone();
    (token, format!("/profiles/users/{id}/profile"))
}

const ANN: [(&str, &str); 5] = [
    ("first_name", "Änn"),
    ("last_name", "O'Lee-Smith"),
    ("gender", "woman"),
    ("date_of_birth", "1990-04-25"),
    ("info", "I like movies."),
];

on_every_database! {
    async fn a_profile_is_created_shown_changed_and_deleted(url: String) {
        let app = TestApp::start(url).await;
        let (ann, path) = person(&app, "ann").await;
        app.get_as(&ann, "/profiles/me").await.expect_problem(404, "Profile not found.");
        assert_eq!(app.get_as(&ann, "/accounts/me").await.json().get("profile"), None);
        let created = send(&app, &ann, Method::POST, &path, form(&ANN)).await.expect(201).json();
        assert_eq!(
            (&created["first_name"], &created["last_name"], &created["gender"], &created["date_of_birth"]),
            (&json!("Änn"), &json!("O'Lee-Smith"), &json!("woman"), &json!("1990-04-25"))
        );
        assert_eq!((&created["avatar"], &created["avatar_small"]), (&Value::Null, &Value::Null));
        for known in ["/profiles/me", &path] {
            assert_eq!(app.get_as(&ann, known).await.expect(200).json(), created);
        }
        assert_eq!(app.get_as(&ann, "/accounts/me").await.json()["profile"], created);
        let again = send(&app, &ann, Method::POST, &path, form(&ANN)).await;
        again.expect_problem(400, "User already has a profile.");
        let change = form(&[("info", "Still."), ("last_name", "")]);
        let changed = send(&app, &ann, Method::PATCH, &path, change).await.expect(200).json();
        assert_eq!((&changed["info"], &changed["last_name"]), (&json!("Still."), &json!("O'Lee-Smith")));

        let (bob, bobs) = person(&app, "bob").await;
        let seen = app.get_as(&bob, &path).await.expect(200).json();
        assert_eq!((&seen["first_name"], &seen["info"]), (&json!("Änn"), &json!("Still.")));
        assert_eq!((&seen["last_name"], &seen["gender"], &seen["date_of_birth"]), (&Value::Null, &Value::Null, &Value::Null));
        let refused = "You don't have permission to edit this profile.";
        send(&app, &bob, Method::PATCH, &path, form(&ANN)).await.expect_problem(403, refused);
        delete(&app, &bob, &path).await.expect_problem(403, refused);
        let admin = app.admin().await;
        send(&app, &admin, Method::POST, &bobs, form(&[])).await.expect(201);
        let unknown = "/profiles/users/999999/profile";
        let target = "User not found or not active.";
        send(&app, &admin, Method::POST, unknown, form(&[])).await.expect_problem(401, target);
        delete(&app, &admin, &path).await.expect(204);
        delete(&app, &ann, &path).await.expect_problem(404, "Profile not found.");
        app.stop().await;
    }

    async fn all_errors_of_a_profile_are_returned_at_once(url: String) {
        let app = TestApp::start(url).await;
        let (ann, path) = person(&app, "ann").await;
        let wrong = form(&[
            ("first_name", "R2D2"),
            ("gender", "robot"),
            ("date_of_birth", "1900-12-31"),
            ("info", "   "),
            ("user_id", "1"),
        ]);
        let wrong = wrong.part("avatar", Part::bytes(&b"GIF89a\x01\0\x01\0\0\0\0;"[..]));
        let mut errors = send(&app, &ann, Method::POST, &path, wrong).await.expect(422).errors();
        errors.sort();
        let expected = [
            ("/avatar", "Unsupported image format: GIF. Use one of next: ['JPG', 'JPEG', 'PNG']"),
            ("/date_of_birth", "Invalid birth date - year must be greater than 1900."),
            ("/first_name", "The name may have letters, spaces, ' and - only."),
            ("/gender", "The gender must be one of man, woman."),
            ("/info", "Info field cannot be empty or contain only spaces."),
            ("/user_id", "There is no such field."),
        ];
        assert_eq!(errors, expected.map(|(at, text)| (at.to_owned(), text.to_owned())));
        for (fields, text) in [
            (("date_of_birth", "2020-01-01"), "You must be at least 18 years old to register."),
            (("avatar", "no picture"), "Invalid image format"),
        ] {
            let reply = send(&app, &ann, Method::POST, &path, form(&[fields])).await.expect(422);
            assert_eq!(reply.errors()[0].1, text);
        }
        let large = Form::new().part("avatar", Part::bytes(vec![0; 1024 * 1024 + 1]));
        let reply = send(&app, &ann, Method::POST, &path, large).await.expect(422);
        assert_eq!(reply.errors()[0].1, "Image size exceeds 1 MB");
        let huge = Form::new().part("avatar", Part::bytes(vec![0; 5 * 1024 * 1024]));
        send(&app, &ann, Method::POST, &path, huge).await.expect(413);
        let many = (0..13).fold(Form::new(), |form, _| form.text("info", "x"));
        send(&app, &ann, Method::POST, &path, many).await.expect(413);
        let twice = Form::new().text("info", "x").text("info", "y");
        send(&app, &ann, Method::POST, &path, twice).await.expect(422);
        app.send_as(&ann, Method::POST, &path, json!({})).await.expect(415);
        let broken = app.request(Method::POST, &path).bearer_auth(&ann).body("--x\r\nno");
        Reply::of(broken.header("content-type", "multipart/form-data; boundary=x")).await.expect(400);
        app.get_as(&ann, "/profiles/me").await.expect(404);
        app.stop().await;
    }

    async fn a_picture_is_served_in_two_sizes_until_it_is_replaced_or_deleted(url: String) {
        let app = TestApp::start(url).await;
        let (ann, path) = person(&app, "ann").await;
        let created = send(&app, &ann, Method::POST, &path, with_picture(form(&ANN), 200)).await.expect(201).json();
        let shown = |body: &Value| ["avatar", "avatar_small"].map(|name| body[name].as_str().unwrap().to_owned());
        let first = shown(&created);
        for (picture, side) in first.iter().zip([512, 128]) {
            let reply = app.client.get(picture).send().await.unwrap();
            assert_eq!(reply.status().as_u16(), 200);
            assert_eq!(reply.headers()["content-type"], "image/jpeg");
            assert_eq!(reply.headers()["x-content-type-options"], "nosniff");
            assert!(reply.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            let decoded = image::load_from_memory(&reply.bytes().await.unwrap()).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (side, side));
        }
        let avatar = format!("{path}/avatar");
        let other = with_picture(Form::new(), 20);
        let second = shown(&send(&app, &ann, Method::PUT, &avatar, other).await.expect(200).json());
        assert_ne!(first, second);
        let is_gone = async |url: &str| app.client.get(url).send().await.unwrap().status().as_u16() == 404;
        for picture in &first {
            eventually("the previous picture is removed", || is_gone(picture)).await;
        }
        assert!(!is_gone(&second[0]).await);
        send(&app, &ann, Method::PUT, &avatar, Form::new()).await.expect(422);
        delete(&app, &ann, &avatar).await.expect(204);
        delete(&app, &ann, &avatar).await.expect(204);
        assert_eq!(app.get_as(&ann, "/profiles/me").await.json()["avatar"], Value::Null);
        for picture in &second {
            eventually("the picture is removed", || is_gone(picture)).await;
        }
        for path in ["media/../secret.key", "media/%2e%2e/secret.key", "media/", "media/avatars"] {
            assert_eq!(app.client.get(format!("{}/{path}", app.base)).send().await.unwrap().status().as_u16(), 404);
        }
        app.stop().await;
    }

    async fn a_user_uploads_at_most_ten_pictures_a_minute(url: String) {
        let app = TestApp::start_with(url, &[("RATE_LIMIT", "on")]).await;
        let (ann, path) = person(&app, "ann").await;
        send(&app, &ann, Method::POST, &path, form(&ANN)).await.expect(201);
        let avatar = format!("{path}/avatar");
        for _ in 0..10 {
            let no_picture = Form::new().part("avatar", Part::bytes(&b"no picture"[..]));
            send(&app, &ann, Method::PUT, &avatar, no_picture).await.expect(422);
        }
        for (method, path) in [(Method::PUT, &avatar), (Method::PATCH, &path)] {
            let refused = send(&app, &ann, method, path, with_picture(Form::new(), 20)).await;
            let refused = refused.expect_problem(429, "Too many requests. Please try again later.");
            assert!((1..=60).contains(&refused.header("retry-after").parse::<u64>().unwrap()), "{refused:?}");
        }
        // A profile without a picture is not limited, nor is another user.
        send(&app, &ann, Method::PATCH, &path, form(&[("info", "Still.")])).await.expect(200);
        let (bob, bobs) = person(&app, "bob").await;
        send(&app, &bob, Method::POST, &bobs, with_picture(form(&ANN), 20)).await.expect(201);
        app.later(chrono::Duration::seconds(61));
        send(&app, &ann, Method::PUT, &avatar, with_picture(Form::new(), 20)).await.expect(200);
        app.stop().await;
    }
}
