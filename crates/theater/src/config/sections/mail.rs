use secrecy::SecretString;

use crate::config::{reader::Reader, variables as var};

/// How the service sends letters.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server; `None` for the development mailbox.
    pub smtp_url: Option<SecretString>,
    /// Another authority that the mail server's certificate may come from (PEM).
    pub authority: Option<String>,
    /// Whom letters come from.
    pub from: mail::Sender,
}

impl Mail {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let smtp_url = reader.optional(var::SMTP_URL, |text| {
            let known = mail::SmtpUrl::parse(text).map_err(|error| format!("is no mail server: {error}"))?;
            if production && known.shows_password {
                return Err(
                    "would show its password on the way: add ?tls=required, or use smtps://".to_owned()
                );
            }
            Ok(text.into())
        });
        let from = reader.parse(var::MAIL_FROM, |text| {
            text.parse().map_err(|_| "must look like Movie Theater <no-reply@example.com>".to_owned())
        });
        let authority = reader.optional(var::SMTP_CA_FILE, |path| {
            let text =
                std::fs::read_to_string(path).map_err(|_| "must name a file that can be read".to_owned())?;
            let good = text.contains("-----BEGIN CERTIFICATE-----");
            if good { Ok(text) } else { Err("must name a file of certificates in PEM form".to_owned()) }
        });
        Some(Self { smtp_url, authority, from: from? })
    }
}
