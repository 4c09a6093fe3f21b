//! Pictures under concurrent uploads and object store failures, and fault injections that these tests must detect.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use api::Services;
use application::retention::clean_up;
use async_trait::async_trait;
use domain::profiles::{AvatarProcessor, ProcessedAvatar, ProcessingError};
use futures::future::join_all;
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use test_fakes::PlainProcessor;
use test_servers::{
    S3_ACCESS_KEY, S3_SECRET_KEY, S3Behaviour, S3Server, TestDatabase, happens, on_every_database, run, size,
};
use tokio::sync::watch;

use crate::{
    app::{Reply, TestApp},
    faulty::{Fault, Faults},
    profiles::{delete, form, person, send},
    races::rounds,
};

/// `Err` describes the violated guarantee.
type Outcome = Result<(), String>;

/// Timeout for the removal of files.
const REMOVAL: Duration = Duration::from_secs(30);
/// The same in tests whose fault prevents the removal.
const NO_REMOVAL: Duration = Duration::from_secs(3);
/// Timeout of an upload: the guaranteed maximum of 5 s, and 5 s for a machine that is busy with other tests.
const UPLOAD: Duration = Duration::from_secs(10);

/// Accepts every file as a picture once fifty of a round wait, so that their uploads start at the same moment.
#[derive(Default)]
struct Gathering(watch::Sender<usize>);

#[async_trait]
impl AvatarProcessor for Gathering {
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError> {
        self.0.send_modify(|count| *count += 1);
        self.0.subscribe().wait_for(|count| *count >= 50).await.unwrap();
        PlainProcessor.process(file).await
    }
}

async fn app_over(url: String, endpoint: &str, faults: &'static [Fault]) -> TestApp {
    app_with(url, endpoint, faults, Arc::new(PlainProcessor)).await
}

async fn app_with(
    url: String,
    endpoint: &str,
    faults: &'static [Fault],
    processor: Arc<dyn AvatarProcessor>,
) -> TestApp {
    let variables = [
        ("S3_ENDPOINT", endpoint),
        ("S3_ACCESS_KEY_ID", S3_ACCESS_KEY),
        ("S3_SECRET_ACCESS_KEY", S3_SECRET_KEY),
    ];
    let change = |services: &mut Services| {
        services.profiles.avatars = processor;
        Faults(faults).apply_to(services);
    };
    let app = TestApp::start_changed(url, &variables, change).await;
    app.wired.prepare_objects().await;
    app
}

/// A form with a file that [`PlainProcessor`] accepts as a picture.
fn with_file(form: Form, number: u8) -> Form {
    form.part("avatar", Part::bytes(vec![number; 1_000]))
}

fn check(holds: bool, problem: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(problem()) }
}

/// Checks that after a cleanup the store holds the two files of one picture and nothing else.
async fn one_picture_is_stored(app: &TestApp, s3: &S3Server, removal: Duration) -> Outcome {
    // The job that removes the same files runs concurrently, and a server may fail one of two deletions of a file.
    let alone = happens(removal, || async {
        clean_up(&app.wired.retention).await.is_ok() && s3.objects("theater").len() == 2
    });
    let alone = alone.await;
    check(alone, || format!("{:?} are stored", s3.objects("theater")))
}

/// A service to which fifty requests are sent at the same moment.
struct Fifty {
    app: TestApp,
    s3: S3Server,
    gathering: Arc<Gathering>,
    removal: Duration,
}

impl Fifty {
    async fn start(url: String, faults: &'static [Fault], removal: Duration) -> Self {
        let (s3, gathering) = (S3Server::start().await, Arc::<Gathering>::default());
        Self { app: app_with(url, &s3.url(), faults, gathering.clone()).await, s3, gathering, removal }
    }

    /// Creates the profile of one account in fifty concurrent requests, each with a different picture.
    async fn create_one_profile(&self, round: usize) -> Outcome {
        let Self { app, s3, removal, .. } = self;
        let (ann, path) = person(app, &format!("ann{round}")).await;
        self.gathering.0.send_replace(0);
        let sent = AtomicUsize::new(0);
        let request = |number| {
            sent.fetch_add(1, Ordering::Relaxed);
            let request = app.request(Method::POST, &path).bearer_auth(&ann);
            request.multipart(with_file(Form::new(), number))
        };
        let all = (0..50).map(|number| Reply::of_patient(move || request(number)));
        let mut statuses: Vec<_> = join_all(all).await.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        let expected: Vec<_> = [201].into_iter().chain([400; 49]).collect();
        check(statuses == expected, || format!("{statuses:?}"))?;
        // A request that the service refused because it was busy may have left a picture, which is removed ten minutes later.
        let later = chrono::Duration::minutes(if sent.into_inner() > 50 { 11 } else { 0 });
        app.later(later);
        one_picture_is_stored(app, s3, *removal).await?;
        app.later(-later);
        let shown = app.get_as(&ann, "/profiles/me").await.expect(200).json();
        let picture = app.client.get(shown["avatar"].as_str().unwrap_or_default()).send().await;
        let is_served = picture.is_ok_and(|reply| reply.status().as_u16() == 200);
        check(is_served, || "its picture is missing".to_owned())?;
        is_removed_with_its_profile(app, s3, *removal, &ann, &path).await
    }

    /// Requires one of 20 rounds to fail with an expected problem.
    async fn detects(self, is_expected: impl Fn(&str) -> bool) {
        let mut others = Vec::new();
        for round in 0..20 {
            match self.create_one_profile(round).await {
                Err(problem) if is_expected(&problem) => return self.app.stop().await,
                outcome => others.extend(outcome.err()),
            }
        }
        panic!("{others:?}");
    }
}

/// Checks that deleting the profile removes its picture, the only one in the store.
async fn is_removed_with_its_profile(
    app: &TestApp,
    s3: &S3Server,
    removal: Duration,
    token: &str,
    path: &str,
) -> Outcome {
    delete(app, token, path).await.expect(204);
    let all_gone = happens(removal, || async { s3.objects("theater").is_empty() }).await;
    check(all_gone, || "a picture outlives its profile".to_owned())
}

/// Replaces the picture of a profile while the store fails in this way; the profile and its picture stay unchanged.
async fn a_failure_changes_nothing(
    app: &TestApp,
    s3: &S3Server,
    removal: Duration,
    behaviour: S3Behaviour,
) -> Outcome {
    s3.behave(S3Behaviour::Serve);
    let (ann, path) = person(app, &format!("{behaviour:?}").replace(['(', ')'], "").to_lowercase()).await;
    send(app, &ann, Method::POST, &path, with_file(form(&[("info", "Before.")]), 1)).await.expect(201);
    let own = async || {
        let mut own = app.get_as(&ann, "/profiles/me").await.expect(200).json();
        // A signed URL changes each half hour.
        for name in ["avatar", "avatar_small"] {
            own[name] = own[name].as_str().unwrap_or_default().split('?').next().into();
        }
        own
    };
    let before = own().await;
    s3.behave(behaviour);
    let started = Instant::now();
    let change = with_file(form(&[("info", "After.")]), 2);
    let reply = send(app, &ann, Method::PATCH, &path, change).await;
    check(reply.status == 503, || format!("{behaviour:?}: {reply:?}"))?;
    let reply = reply.expect_problem(503, "Failed to upload avatar. Please try again later.");
    let in_time = !reply.header("retry-after").is_empty() && started.elapsed() < UPLOAD;
    check(in_time, || format!("{behaviour:?}: after {:?}", started.elapsed()))?;
    check(own().await == before, || format!("{behaviour:?}: the profile changed"))?;
    // A change without a picture still succeeds.
    send(app, &ann, Method::PATCH, &path, form(&[("last_name", "Lee")])).await.expect(200);
    let ready = app.get("/health/ready").await.expect(200);
    check(ready.state_of("object_store") == "unavailable", || ready.text.clone())?;
    s3.behave(S3Behaviour::Serve);
    send(app, &ann, Method::PUT, &format!("{path}/avatar"), with_file(Form::new(), 3)).await.expect(200);
    one_picture_is_stored(app, s3, removal).await?;
    is_removed_with_its_profile(app, s3, removal, &ann, &path).await
}

on_every_database! {
    async fn of_fifty_concurrent_creations_of_a_profile_one_succeeds_and_one_picture_is_stored(url: String) {
        let fifty = Fifty::start(url, &[], REMOVAL).await;
        for round in 0..rounds() {
            fifty.create_one_profile(round).await.unwrap();
        }
        fifty.app.stop().await;
    }

    async fn a_profile_that_is_created_twice_is_detected(url: String) {
        let fifty = Fifty::start(url, &[Fault::DuplicateProfiles], NO_REMOVAL).await;
        fifty.detects(|problem| problem.contains("201, 201")).await;
    }

    async fn unused_pictures_that_are_not_removed_are_detected(url: String) {
        let fifty = Fifty::start(url, &[Fault::PicturesNotRemoved], NO_REMOVAL).await;
        // Those of the requests that lost, or the profile's own if each of them lost before it uploaded one.
        let is_left = |problem: &str| {
            problem.ends_with("are stored") || problem.ends_with("outlives its profile")
        };
        fifty.detects(is_left).await;
    }

    async fn an_object_store_failure_returns_503_and_leaves_no_file_behind(url: String) {
        let s3 = S3Server::start().await;
        let app = app_over(url, &s3.url(), &[]).await;
        let all = [S3Behaviour::Answer(403), S3Behaviour::Answer(500), S3Behaviour::Stall];
        for behaviour in &all[..size(1, 3)] {
            a_failure_changes_nothing(&app, &s3, REMOVAL, *behaviour).await.unwrap();
        }
        app.stop().await;
    }

    async fn an_ignored_object_store_failure_is_detected(url: String) {
        let s3 = S3Server::start().await;
        let app = app_over(url, &s3.url(), &[Fault::UploadErrorsIgnored]).await;
        let problem = a_failure_changes_nothing(&app, &s3, NO_REMOVAL, S3Behaviour::Answer(500)).await.unwrap_err();
        assert!(problem.contains("status: 200"), "{problem}");
        app.stop().await;
    }

    async fn a_picture_left_behind_by_a_failure_is_detected(url: String) {
        let s3 = S3Server::start().await;
        let app = app_over(url, &s3.url(), &[Fault::PicturesNotRemoved]).await;
        let problem = a_failure_changes_nothing(&app, &s3, NO_REMOVAL, S3Behaviour::Answer(500)).await.unwrap_err();
        assert!(problem.ends_with("are stored"), "{problem}");
        app.stop().await;
    }

    async fn a_bucket_that_was_missing_at_start_is_created_once_the_object_store_recovers(url: String) {
        let s3 = S3Server::start().await;
        s3.behave(S3Behaviour::Answer(500));
        let app = app_over(url, &s3.url(), &[]).await;
        let (ann, path) = person(&app, "ann").await;
        send(&app, &ann, Method::POST, &path, form(&[])).await.expect(201);
        s3.behave(S3Behaviour::Serve);
        send(&app, &ann, Method::PUT, &format!("{path}/avatar"), with_file(Form::new(), 1)).await.expect(200);
        assert_eq!(s3.objects("theater").len(), 2);
        app.stop().await;
    }

    async fn a_profile_with_signed_urls_is_not_modified_for_half_an_hour(url: String) {
        let s3 = S3Server::start().await;
        let app = app_over(url, &s3.url(), &[]).await;
        // Starts at a full half hour, so that the URLs do not change during the test.
        let now = app.wired.services.profiles.clock.now().timestamp();
        app.later(chrono::Duration::seconds(1_800 - now % 1_800));
        let (ann, path) = person(&app, "ann").await;
        send(&app, &ann, Method::POST, &path, with_file(form(&[]), 1)).await.expect(201);
        let first = app.get_as(&ann, &path).await.expect(200);
        // A signature contains its time in seconds.
        app.later(chrono::Duration::seconds(2));
        let again = app.request(Method::GET, &path).bearer_auth(&ann);
        let again = Reply::of(again.header("if-none-match", first.header("etag"))).await.expect(304);
        assert_eq!(again.header("etag"), first.header("etag"));
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_store_that_refuses_connections_returns_503() {
    run(Some(TestDatabase::sqlite()), |url| async move {
        let app = app_over(url, "http://127.0.0.1:1", &[]).await;
        let (ann, path) = person(&app, "ann").await;
        send(&app, &ann, Method::POST, &path, form(&[("info", "Here.")])).await.expect(201);
        let reply = send(&app, &ann, Method::PUT, &format!("{path}/avatar"), with_file(Form::new(), 1)).await;
        reply.expect_problem(503, "Failed to upload avatar. Please try again later.");
        assert!(app.get_as(&ann, "/profiles/me").await.json()["avatar"].is_null());
        app.stop().await;
    })
    .await;
}
