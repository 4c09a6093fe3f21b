//! The development mailbox: the emails that the service sent while no mail server is configured.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    web::{Data, Path},
};
use domain::mail::{Mailbox, StoredMail};
use minijinja::{Value, context};
use serde_json::json;

use super::{
    html::{page, page_with_email},
    mailbox_access::MailboxReader,
    problems::MailNotFound,
};
use crate::{
    http::{HandlerResult, Problem, problems::UnknownPath},
    services::Services,
};

/// An email in the JSON list.
fn entry(StoredMail { id, sent_at, from, to, subject, text, html }: StoredMail) -> serde_json::Value {
    json!({"id": id, "sent_at": sent_at, "from": from, "to": to, "subject": subject, "text": text, "html": html})
}

/// The template values of an email.
fn values(StoredMail { id, sent_at, from, to, subject, text, html }: StoredMail) -> Value {
    let sent_at = sent_at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    context! { id, sent_at, from, to, subject, text, html }
}

fn mailbox(services: &Services) -> Result<&dyn Mailbox, Problem> {
    Ok(services.mailbox.as_deref().ok_or(UnknownPath)?)
}

#[get("/dev/mailbox")]
pub(crate) async fn index(_: MailboxReader, services: Data<Services>) -> HandlerResult {
    let emails: Vec<_> = mailbox(&services)?.emails().await?.into_iter().map(values).collect();
    Ok(page(StatusCode::OK, "mailbox.html", context! { emails }))
}

#[get("/dev/mailbox.json")]
pub(crate) async fn json(_: MailboxReader, services: Data<Services>) -> HandlerResult {
    let mails: Vec<_> = mailbox(&services)?.emails().await?.into_iter().map(entry).collect();
    Ok(HttpResponse::Ok().json(json!({ "mails": mails })))
}

#[get("/dev/mailbox/{id}")]
pub(crate) async fn show_email(
    _: MailboxReader,
    services: Data<Services>,
    id: Path<String>,
) -> HandlerResult {
    let email = mailbox(&services)?.mail(&id).await?.ok_or(MailNotFound)?;
    Ok(page_with_email(StatusCode::OK, "mail.html", context! { email => values(email) }))
}
