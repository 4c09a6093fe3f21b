//! The content of emails and their delivery by SMTP or to the mailbox.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use chrono::Duration;
use domain::{
    accounts::{Email, MailedToken},
    mail::{Mail, MailContent, MailError, Mailbox, Mailer},
};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use mail::{MailboxMailer, SmtpError, SmtpMailer, Templates};
use test_fakes::ManualClock;
use test_servers::{SmtpBehaviour, SmtpSecurity, SmtpServer, runs_in_full};

const BASE: &str = "https://cinema.example.com";

fn activation(address: &str) -> Mail {
    let token = MailedToken::new("to-k_en~1".into());
    let content = MailContent::Activation { token, valid_hours: 24 };
    Mail { key: "42".into(), to: Email::parse(address).unwrap(), content }
}

fn activated(address: &str) -> Mail {
    Mail {
        key: "43".into(),
        to: Email::parse(address).unwrap(),
        content: MailContent::Activated { has_password: true },
    }
}

fn templates() -> Templates {
    Templates::new(BASE).unwrap()
}

fn smtp(url: &str) -> SmtpMailer {
    let sender = "Movie Theater <no-reply@cinema.example.com>".parse().unwrap();
    SmtpMailer::new(url, None, sender, templates(), Arc::new(ManualClock::default())).unwrap()
}

#[test]
fn the_activation_email() {
    let email = templates().render(&activation("o'brien+movies@example.com")).unwrap();
    assert_eq!(email.subject, "Account Activation");
    insta::assert_snapshot!("activation_text", email.text);
    insta::assert_snapshot!("activation_html", email.html);
}

#[test]
fn the_activated_email() {
    let email = templates().render(&activated("ann@example.com")).unwrap();
    assert_eq!(email.subject, "Account Activated Successfully");
    insta::assert_snapshot!("activated_text", email.text);
    insta::assert_snapshot!("activated_html", email.html);
}

#[test]
fn the_other_emails() {
    let token = MailedToken::new("to-k_en~1".into());
    let emails = [
        (
            "activated_without_password",
            MailContent::Activated { has_password: false },
            "Account Activated Successfully",
        ),
        ("already_registered", MailContent::AlreadyRegistered, "You Already Have an Account"),
        ("password_reset", MailContent::PasswordReset { token, valid_hours: 1 }, "Password Reset Request"),
        ("password_reset_done", MailContent::PasswordResetDone, "Your Password Has Been Successfully Reset"),
        ("password_changed", MailContent::PasswordChanged, "Your Password Has Been Changed"),
    ];
    for (name, content, subject) in emails {
        let email = templates().render(&Mail { content, ..activated("ann@example.com") }).unwrap();
        assert_eq!(email.subject, subject);
        insta::assert_snapshot!(format!("{name}_text"), email.text);
        insta::assert_snapshot!(format!("{name}_html"), email.html);
    }
}

#[test]
fn the_link_is_whole_in_the_text_and_marked_in_the_html() {
    let email = templates().render(&activation("a+b@example.com")).unwrap();
    let link = "https://cinema.example.com/activate?email=a%2Bb%40example.com&token=to-k_en~1";
    assert!(email.text.contains(link), "{}", email.text);
    assert!(
        email.html.contains("<a id=\"link\"")
            && email.html.contains("<strong id=\"email\">a+b@example.com</strong>")
    );
}

#[test]
fn email_addresses_are_escaped_in_the_html() {
    let email = templates().render(&activation("a&b'c@example.com")).unwrap();
    assert!(email.html.contains("a&amp;b&#x27;c@example.com"), "{}", email.html);
    assert!(!email.html.contains("a&b'c@"));
}

#[tokio::test]
async fn an_email_is_sent_with_our_headers() {
    let server = SmtpServer::start(SmtpBehaviour::Accept).await;
    smtp(&server.url()).send(&activation("ann@example.com")).await.unwrap();
    let mail = server.emails().remove(0);
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("no-reply@cinema.example.com", &["ann@example.com".into()][..])
    );
    for header in [
        "Message-ID: <42@cinema.example.com>",
        "Auto-Submitted: auto-generated",
        "Subject: Account Activation",
        "To: ann@example.com",
        "Content-Type: multipart/alternative;",
    ] {
        assert!(mail.source.contains(header), "{header} is missing in\n{}", mail.source);
    }
    assert!(mail.source.contains("text/plain") && mail.source.contains("text/html"));
}

#[tokio::test]
async fn an_email_that_is_sent_again_has_the_same_message_id() {
    let server = SmtpServer::start(SmtpBehaviour::Accept).await;
    let mailer = smtp(&server.url());
    mailer.send(&activation("ann@example.com")).await.unwrap();
    mailer.send(&activation("ann@example.com")).await.unwrap();
    let ids: Vec<_> = server
        .emails()
        .iter()
        .map(|mail| mail.source.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned())
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn replies_of_the_server_are_classified_as_transient_or_permanent() {
    let server = SmtpServer::start(SmtpBehaviour::Busy).await;
    let mailer = smtp(&server.url());
    assert!(matches!(mailer.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
    server.behave(SmtpBehaviour::RefuseClients);
    assert!(matches!(mailer.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
    server.behave(SmtpBehaviour::RefuseSome);
    assert!(matches!(mailer.send(&activated("refused@example.com")).await, Err(MailError::Permanent(_))));
    server.behave(SmtpBehaviour::HangUp);
    assert!(matches!(mailer.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
    server.behave(SmtpBehaviour::Accept);
    assert!(mailer.send(&activated("ann@example.com")).await.is_ok());
    assert_eq!(server.emails().len(), 1);
}

/// A mailer that trusts the certificate authority of this server.
fn trusting(server: &SmtpServer, url: &str) -> SmtpMailer {
    let sender = "no-reply@cinema.example.com".parse().unwrap();
    let clock = Arc::new(ManualClock::default());
    SmtpMailer::new(url, Some(&server.authority), sender, templates(), clock).unwrap()
}

#[tokio::test]
async fn the_password_is_sent_over_every_kind_of_connection_to_a_server_that_requires_it() {
    for security in [SmtpSecurity::Plain, SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let login = Some(("theater", "s3cret"));
        let server = SmtpServer::start_with(SmtpBehaviour::Accept, security, login).await;
        let mailer = trusting(&server, &server.url());
        for _ in 0..2 {
            mailer.send(&activated("ann@example.com")).await.unwrap();
        }
        assert_eq!(server.emails().len(), 2, "{security:?}");
        let wrong_password = trusting(&server, &server.url().replace("s3cret", "wrong"));
        let refused = wrong_password.send(&activated("ann@example.com")).await;
        assert!(matches!(refused, Err(MailError::Transient(_))), "{security:?}: {refused:?}");
        assert_eq!(server.emails().len(), 2, "{security:?}");
    }
}

#[tokio::test]
async fn a_missing_password_or_missing_tls_is_a_transient_error() {
    let login = Some(("theater", "s3cret"));
    let server = SmtpServer::start_with(SmtpBehaviour::Accept, SmtpSecurity::Plain, login).await;
    let anonymous = smtp(&server.url().replace("theater:s3cret@", ""));
    assert!(matches!(anonymous.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
    let server = SmtpServer::start_with(SmtpBehaviour::Accept, SmtpSecurity::StartTls, None).await;
    let unencrypted = smtp(&server.url().replace("?tls=required", ""));
    assert!(matches!(unencrypted.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
}

#[tokio::test]
async fn no_email_is_sent_to_a_server_with_an_untrusted_certificate() {
    for security in [SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let server = SmtpServer::start_with(SmtpBehaviour::Accept, security, None).await;
        let error = smtp(&server.url()).send(&activated("ann@example.com")).await.unwrap_err();
        assert!(matches!(error, MailError::Transient(_)), "{security:?}: {error:?}");
        let elsewhere = server.url().replace("localhost", "127.0.0.1");
        assert!(trusting(&server, &elsewhere).send(&activated("ann@example.com")).await.is_err());
        assert!(server.emails().is_empty());
    }
}

#[tokio::test]
async fn with_tls_required_no_email_is_sent_to_a_server_without_tls() {
    let server = SmtpServer::start(SmtpBehaviour::Accept).await;
    let mailer = trusting(&server, &format!("{}?tls=required", server.url()));
    assert!(mailer.send(&activated("ann@example.com")).await.is_err());
    assert!(server.emails().is_empty());
}

#[test]
fn an_invalid_certificate_authority_is_rejected() {
    let sender = "no-reply@example.com".parse().unwrap();
    let clock = Arc::new(ManualClock::default());
    let pem = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    let mailer = SmtpMailer::new("smtps://localhost", Some(pem), sender, templates(), clock);
    assert_eq!(mailer.unwrap_err(), SmtpError::Certificate);
}

#[tokio::test]
async fn an_unreachable_server_is_a_transient_error() {
    let mailer = smtp("smtp://127.0.0.1:1");
    assert!(matches!(mailer.send(&activated("ann@example.com")).await, Err(MailError::Transient(_))));
}

#[tokio::test]
async fn sending_to_an_unresponsive_server_times_out() {
    if !runs_in_full("timeout of an unresponsive mail server, which takes 10 s") {
        return;
    }
    let server = SmtpServer::start(SmtpBehaviour::Silent).await;
    let ours = async { smtp(&server.url()).send(&activated("ann@example.com")).await };
    // The same client without our timeouts waits longer.
    let without_timeouts =
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&server.url()).unwrap().build::<Tokio1Executor>();
    tokio::select! {
        outcome = ours => assert!(matches!(outcome, Err(MailError::Transient(_)))),
        outcome = without_timeouts.test_connection() => panic!("{outcome:?}"),
    }
}

#[test]
fn an_invalid_url_is_rejected_without_repeating_it() {
    let sender = "no-reply@example.com".parse().unwrap();
    let clock = Arc::new(ManualClock::default());
    let error = SmtpMailer::new("http://user:hidden@host", None, sender, templates(), clock).unwrap_err();
    assert!(!error.to_string().contains("hidden"));
}

#[tokio::test]
async fn the_mailbox_lists_emails_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::default());
    let sender = "Movie Theater <no-reply@localhost>".parse().unwrap();
    let mailbox = MailboxMailer::new(folder.path().join("mailbox"), sender, templates(), clock.clone());
    assert!(mailbox.emails().await.unwrap().is_empty());
    mailbox.send(&activation("ann@example.com")).await.unwrap();
    clock.advance(Duration::seconds(1));
    mailbox.send(&activated("bob@example.com")).await.unwrap();
    let mails = mailbox.emails().await.unwrap();
    let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["bob@example.com", "ann@example.com"]);
    let one = mailbox.mail(&mails[1].id).await.unwrap().unwrap();
    assert_eq!((one.subject.as_str(), &one), ("Account Activation", &mails[1]));
}

#[tokio::test]
async fn the_mailbox_reads_no_file_outside_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.json"), "{}").unwrap();
    let sender = "no-reply@localhost".parse().unwrap();
    let clock = Arc::new(ManualClock::default());
    let mailbox = MailboxMailer::new(folder.path().join("mailbox"), sender, templates(), clock);
    for id in ["../secret", "", ".", "a/b", "..", "1%00"] {
        assert_eq!(mailbox.mail(id).await.unwrap(), None, "{id:?}");
    }
}
