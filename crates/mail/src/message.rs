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

/// A letter as it goes over the wire (RFC 5322), with a `Message-ID` that stays the same however often it is sent, and
/// marked as written by a machine (RFC 3834), so that no out-of-office answers come back.
pub(crate) fn message(
    sender: &Mailbox,
    mail: &Mail,
    letter: &RenderedEmail,
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
        .subject(&letter.subject)
        .date(SystemTime::from(sent_at))
        .message_id(Some(message_id))
        .raw_header(auto_submitted)
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(|error| error.to_string())
}
