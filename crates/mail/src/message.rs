use std::time::SystemTime;

use chrono::{DateTime, Utc};
use domain::mail::Mail;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::RenderedEmail;

/// The email as an RFC 5322 message. Its `Message-ID` is the same for every attempt, and it is marked as generated
/// automatically (RFC 3834), so that autoresponders do not reply.
pub(crate) fn message(
    sender: &Mailbox,
    mail: &Mail,
    email: &RenderedEmail,
    sent_at: DateTime<Utc>,
) -> Result<Message, String> {
    let to: Address =
        mail.to.as_str().parse().map_err(|error| format!("the recipient's address: {error}"))?;
    let message_id = format!("<{}@{}>", mail.key, sender.email.domain());
    let auto_submitted =
        HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, to))
        .subject(&email.subject)
        .date(SystemTime::from(sent_at))
        .message_id(Some(message_id))
        .raw_header(auto_submitted)
        .multipart(MultiPart::alternative_plain_html(email.text.clone(), email.html.clone()))
        .map_err(|error| error.to_string())
}
