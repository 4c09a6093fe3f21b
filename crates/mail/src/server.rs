use std::{borrow::Cow, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use tokio::time::{error::Elapsed, timeout};
use url::Url;

/// Timeout of the connection, the greeting, TLS and the authentication together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Timeout of sending one email.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Timeout of `QUIT`. The email is accepted by then, so the reply does not matter.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

/// Why no mailer can be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The URL is invalid. The message omits it: it may contain the password.
    #[error(
        "the URL must look like smtp://user:password@host:587?tls=required or smtps://user:password@host"
    )]
    Url,
    /// The text contains no PEM certificate.
    #[error("the file must hold certificates in PEM form")]
    Authority,
}

/// The URL of a mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Whether a password would be sent to another host unencrypted.
    pub exposes_password: bool,
}

impl SmtpUrl {
    /// Parses a URL without connecting.
    ///
    /// # Errors
    ///
    /// [`SmtpError::Url`].
    pub fn parse(url: &str) -> Result<Self, SmtpError> {
        Ok(Self { exposes_password: Server::parse(url, None)?.exposes_password() })
    }
}

/// Why a server did not accept an email or a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The failure does not depend on the email: connection, TLS, authentication or sender.
    #[error("{0}")]
    Connection(Error),
    /// The server refused this email.
    #[error("{0}")]
    Message(Error),
    /// A timeout elapsed.
    #[error("the mail server did not answer in time")]
    Timeout(#[from] Elapsed),
}

/// A mail server and how to connect to it.
///
/// Each email gets its own connection: after a timeout in the middle of a dialogue, a late reply would be taken for the
/// reply to another command.
pub(crate) struct Server {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    hello: ClientId,
}

enum Security {
    Plain,
    StartTls { tls: TlsParameters, required: bool },
    Tls(TlsParameters),
}

impl Server {
    /// Whether a password would be sent to another host unencrypted.
    pub(crate) fn exposes_password(&self) -> bool {
        let is_here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let protected = matches!(self.security, Security::Tls(_) | Security::StartTls { required: true, .. });
        self.credentials.is_some() && !protected && !is_here
    }

    /// Parses a URL. The server's certificate must be issued by an authority that Mozilla trusts or by `authority` (PEM).
    pub(crate) fn parse(url: &str, authority: Option<&str>) -> Result<Self, SmtpError> {
        let url = Url::parse(url).map_err(|_| SmtpError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpError::Url)?.to_owned();
        let tls_mode = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
        let (security, port) = match (url.scheme(), tls_mode.as_deref()) {
            ("smtp", None) => (Security::Plain, SMTP_PORT),
            ("smtp", Some(mode @ ("required" | "opportunistic"))) => {
                let tls = tls(&host, authority)?;
                (Security::StartTls { tls, required: mode == "required" }, SUBMISSION_PORT)
            }
            ("smtps", None) => (Security::Tls(tls(&host, authority)?), SUBMISSIONS_PORT),
            _ => return Err(SmtpError::Url),
        };
        let decode = |text| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded.map(Cow::into_owned).map_err(|_| SmtpError::Url)
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decode(url.username())?, decode(password)?)),
            None if url.username().is_empty() => None,
            None => return Err(SmtpError::Url),
        };
        let name = url.path().trim_matches('/');
        let hello = if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) };
        Ok(Self { host, port: url.port().unwrap_or(port), security, credentials, hello })
    }

    /// Sends an email.
    pub(crate) async fn take(&self, envelope: &Envelope, message: &[u8]) -> Result<(), Refusal> {
        let mut connection = timeout(CONNECT_TIMEOUT, self.connect()).await?.map_err(Refusal::Connection)?;
        timeout(SEND_TIMEOUT, send(&mut connection, envelope, message)).await??;
        if timeout(QUIT_TIMEOUT, connection.quit()).await.is_err() {
            tracing::debug!("the mail server accepted the email and did not answer QUIT");
        }
        Ok(())
    }

    /// Checks that the server can be reached and accepts the credentials.
    pub(crate) async fn greet(&self) -> Result<(), Refusal> {
        let mut connection = timeout(CONNECT_TIMEOUT, self.connect()).await?.map_err(Refusal::Connection)?;
        // The server is available; its reply to QUIT does not matter.
        let _ = timeout(QUIT_TIMEOUT, connection.quit()).await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let address = (self.host.trim_matches(['[', ']']), self.port);
        let implicit_tls = match &self.security {
            Security::Tls(tls) => Some(tls.clone()),
            Security::Plain | Security::StartTls { .. } => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, None, &self.hello, implicit_tls, None).await?;
        if let Security::StartTls { tls, required } = &self.security
            && (*required || connection.can_starttls())
        {
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

async fn send(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    message: &[u8],
) -> Result<(), Refusal> {
    // A server that refuses the sender (a password or TLS is missing, or the address is not ours) refuses every email.
    let sender = Mail::new(envelope.from().cloned(), Vec::new());
    connection.command(sender).await.map_err(Refusal::Connection)?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), Vec::new());
        connection.command(recipient).await.map_err(Refusal::Message)?;
    }
    connection.command(Data).await.map_err(Refusal::Message)?;
    connection.message(message).await.map_err(Refusal::Message)?;
    Ok(())
}

fn tls(host: &str, authority: Option<&str>) -> Result<TlsParameters, SmtpError> {
    let mut parameters = TlsParameters::builder(host.trim_matches(['[', ']']).to_owned());
    if let Some(authority) = authority {
        let authority = Certificate::from_pem(authority.as_bytes()).map_err(|_| SmtpError::Authority)?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build().map_err(|_| if authority.is_some() { SmtpError::Authority } else { SmtpError::Url })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Option<(String, u16, bool)> {
        let server = Server::parse(url, None).ok()?;
        Some((server.host, server.port, server.credentials.is_some()))
    }

    #[test]
    fn a_url_without_a_port_uses_the_default_of_its_scheme() {
        let host = || "mail.example.com".to_owned();
        assert_eq!(parsed("smtp://mail.example.com"), Some((host(), 25, false)));
        assert_eq!(parsed("smtp://mail.example.com?tls=required"), Some((host(), 587, false)));
        assert_eq!(parsed("smtps://a%40b:p%2Fw@mail.example.com"), Some((host(), 465, true)));
        assert_eq!(parsed("smtps://mail.example.com:2465/cinema.example.com"), Some((host(), 2465, false)));
        assert_eq!(parsed("smtp://[::1]:25"), Some(("[::1]".to_owned(), 25, false)));
    }

    #[test]
    fn a_password_sent_unencrypted_is_detected() {
        let shows = |url| SmtpUrl::parse(url).unwrap().exposes_password;
        for url in ["smtp://a:b@mail.example.com", "smtp://a:b@mail.example.com?tls=opportunistic"] {
            assert!(shows(url), "{url}");
        }
        for url in [
            "smtp://mail.example.com",
            "smtp://a:b@mail.example.com?tls=required",
            "smtps://a:b@mail.example.com",
            "smtp://a:b@localhost",
        ] {
            assert!(!shows(url), "{url}");
        }
    }

    #[test]
    fn an_invalid_url_is_rejected() {
        for url in [
            "",
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://h?tls=maybe",
            "smtp://user@h",
        ] {
            assert_eq!(parsed(url), None, "{url}");
        }
    }
}
