use application::jobs::{JobError, Outcome};
use chrono::Duration;
use domain::{
    mail::{MailContent, MailError},
    outbox::{OutboxEntry, OutboxId, OutboxReader},
};

use crate::world::World;

async fn first_entry(world: &World) -> OutboxEntry {
    world.store.oldest(1).await.unwrap().remove(0)
}

#[tokio::test]
async fn an_activation_email_states_the_hours_until_its_token_expires() {
    let world = World::new();
    world.register("ann@example.com").await;
    world.later(Duration::minutes(90));
    assert_eq!(world.jobs.process(&first_entry(&world).await).await.unwrap(), Outcome::Done);
    let mail = world.mailer.sent().remove(0);
    assert_eq!(mail.to.as_str(), "ann@example.com");
    assert!(matches!(mail.content, MailContent::Activation { valid_hours: 23, .. }), "{:?}", mail.content);
}

#[tokio::test]
async fn a_repeated_delivery_sends_the_same_email() {
    let world = World::new();
    world.register("ann@example.com").await;
    let entry = first_entry(&world).await;
    world.jobs.process(&entry).await.unwrap();
    world.jobs.process(&entry).await.unwrap();
    let [one, other] = <[_; 2]>::try_from(world.mailer.sent()).unwrap();
    assert_eq!(one.key, other.key);
    let token = |mail: domain::mail::Mail| match mail.content {
        MailContent::Activation { token, .. } => token.expose().to_owned(),
        _ => panic!("not an activation"),
    };
    assert_eq!(token(one), token(other));
}

#[tokio::test]
async fn an_email_with_an_expired_token_is_not_sent() {
    let world = World::new();
    world.register("ann@example.com").await;
    let entry = first_entry(&world).await;
    world.later(Duration::hours(24));
    assert_eq!(world.jobs.process(&entry).await.unwrap(), Outcome::Obsolete);
    assert!(world.mailer.sent().is_empty());
}

#[tokio::test]
async fn a_used_token_is_not_mailed_again() {
    let world = World::new();
    world.register("ann@example.com").await;
    let entry = first_entry(&world).await;
    world.deliver_all().await;
    let command = application::accounts::ActivateAccount {
        email: crate::world::email("ann@example.com"),
        token: world.mailed_token(),
        password: None,
        client: None,
    };
    application::accounts::activate(&world.accounts, command).await.unwrap();
    assert_eq!(world.jobs.process(&entry).await.unwrap(), Outcome::Obsolete);
}

#[tokio::test]
async fn transient_failures_are_distinguished_from_permanent_ones() {
    let world = World::new();
    world.register("ann@example.com").await;
    let entry = first_entry(&world).await;
    world.mailer.fail_next(MailError::Transient("421".into()));
    assert!(matches!(world.jobs.process(&entry).await, Err(JobError::Transient(_))));
    world.mailer.fail_next(MailError::Permanent("550".into()));
    assert!(matches!(world.jobs.process(&entry).await, Err(JobError::Permanent(_))));
    world.store.break_down();
    assert!(matches!(world.jobs.process(&entry).await, Err(JobError::Transient(_))));
}

#[tokio::test]
async fn an_unknown_message_of_a_newer_version_is_a_transient_failure() {
    let world = World::new();
    let entry =
        OutboxEntry { id: OutboxId(1), key: "1".into(), kind: "send_flowers".into(), subject: "1".into() };
    assert!(matches!(world.jobs.process(&entry).await, Err(JobError::Transient(_))));
}
