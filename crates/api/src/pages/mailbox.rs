//! The development mailbox: the emails that the service sent while no mail server is configured.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use domain::mail::StoredMail;
use minijinja::{Value, context};
use serde::Serialize;

use super::{
    html::{page, page_with_email},
    mailbox_access::MailboxReader,
    problems::MailNotFound,
};
use crate::{
    http::{HandlerResult, Problem, problems::UnknownPath},
    services::Services,
};

/// A sent email.
#[derive(Debug, Serialize)]
struct MailboxEntry {
    id: String,
    sent_at: DateTime<Utc>,
    from: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

impl From<StoredMail> for MailboxEntry {
    fn from(StoredMail { id, sent_at, from, to, subject, text, html }: StoredMail) -> Self {
        Self { id, sent_at, from, to, subject, text, html }
    }
}

/// The template values of an email.
fn values(email: &MailboxEntry) -> Value {
    let MailboxEntry { id, sent_at, from, to, subject, text, html } = email;
    let sent_at = sent_at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    context! { id, sent_at, from, to, subject, text, html }
}

async fn emails(services: &Services) -> Result<Vec<MailboxEntry>, Problem> {
    let mailbox = services.mailbox.as_ref().ok_or(UnknownPath)?;
    Ok(mailbox.emails().await?.into_iter().map(MailboxEntry::from).collect())
}

#[get("/dev/mailbox")]
pub(crate) async fn index(_: MailboxReader, services: Data<Services>) -> HandlerResult {
    let emails = emails(&services).await?;
    Ok(page(
        StatusCode::OK,
        "mailbox.html",
        context! { emails => emails.iter().map(values).collect::<Vec<_>>() },
    ))
}

#[get("/dev/mailbox.json")]
pub(crate) async fn json(_: MailboxReader, services: Data<Services>) -> HandlerResult {
    let mails = emails(&services).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "mails": mails })))
}

#[get("/dev/mailbox/{id}")]
pub(crate) async fn show_email(
    _: MailboxReader,
    services: Data<Services>,
    id: Path<String>,
) -> HandlerResult {
    let mailbox = services.mailbox.as_ref().ok_or(UnknownPath)?;
    let email = mailbox.mail(&id).await?.map(MailboxEntry::from);
    let email = email.ok_or(MailNotFound)?;
    Ok(page_with_email(StatusCode::OK, "mail.html", context! { email => values(&email) }))
}
