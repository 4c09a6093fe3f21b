//! The development mailbox: the letters the service has sent, while no mail server is configured.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use domain::ports::StoredMail;
use minijinja::{Value, context};
use serde::Serialize;

use super::{
    html::{page, page_with_letter},
    mailbox_access::MailboxReader,
};
use crate::{
    http::{problem::Problem, reply},
    services::Services,
};

/// A letter.
#[derive(Debug, Serialize)]
struct Letter {
    id: String,
    sent_at: DateTime<Utc>,
    from: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

impl From<StoredMail> for Letter {
    fn from(StoredMail { id, sent_at, from, to, subject, text, html }: StoredMail) -> Self {
        Self { id, sent_at, from, to, subject, text, html }
    }
}

/// The letter as its page shows it.
fn values(letter: &Letter) -> Value {
    let Letter { id, sent_at, from, to, subject, text, html } = letter;
    let sent_at = sent_at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    context! { id, sent_at, from, to, subject, text, html }
}

async fn letters(services: &Services) -> Result<Vec<Letter>, Problem> {
    let mailbox = services.mailbox.as_ref().ok_or_else(Problem::unknown_path)?;
    Ok(mailbox.mails().await?.into_iter().map(Letter::from).collect())
}

#[get("/dev/mailbox")]
pub(crate) async fn index(_: MailboxReader, services: Data<Services>) -> Result<HttpResponse, Problem> {
    let letters = letters(&services).await?;
    Ok(page(
        StatusCode::OK,
        "mailbox.html",
        context! { letters => letters.iter().map(values).collect::<Vec<_>>() },
    ))
}

#[get("/dev/mailbox.json")]
pub(crate) async fn json(_: MailboxReader, services: Data<Services>) -> Result<HttpResponse, Problem> {
    let mails = letters(&services).await?;
    Ok(reply::json(StatusCode::OK, &serde_json::json!({ "mails": mails })))
}

#[get("/dev/mailbox/{id}")]
pub(crate) async fn show_letter(
    _: MailboxReader,
    services: Data<Services>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let mailbox = services.mailbox.as_ref().ok_or_else(Problem::unknown_path)?;
    let letter = mailbox.mail(&id).await?.map(Letter::from);
    let letter = letter.ok_or_else(|| Problem::not_found("mail_not_found", "There is no such letter."))?;
    Ok(page_with_letter(StatusCode::OK, "mail.html", context! { letter => values(&letter) }))
}
