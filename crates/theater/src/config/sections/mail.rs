use secrecy::SecretString;

use crate::config::{
    reader::{ConfigError, Reader},
    variables as var,
};

/// The mail server and the sender.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server; `None` for the development mailbox.
    pub smtp_url: Option<SecretString>,
    /// PEM certificates of an additional authority that is trusted for the mail server.
    pub authority: Option<String>,
    /// The sender of all emails.
    pub from: mail::Sender,
}

impl Mail {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Result<Self, ConfigError> {
        let smtp_url = reader.optional(var::SMTP_URL, |text| {
            let exposes_password =
                mail::exposes_password(text).map_err(|error| format!("is not a mail server URL: {error}"))?;
            if production && exposes_password {
                return Err(
                    "would send its password unencrypted: add ?tls=required, or use smtps://".to_owned()
                );
            }
            Ok(text.into())
        });
        let from = reader.parse(var::MAIL_FROM, |text| {
            text.parse().map_err(|_| "must look like Movie Theater <no-reply@example.com>".to_owned())
        })?;
        let authority = reader.optional(var::SMTP_CA_FILE, |path| {
            let text = std::fs::read_to_string(path)
                .map_err(|_| "must be the path of a readable file".to_owned())?;
            let good = text.contains("-----BEGIN CERTIFICATE-----");
            if good { Ok(text) } else { Err("must be the path of a file with PEM certificates".to_owned()) }
        });
        Ok(Self { smtp_url, authority, from })
    }
}
