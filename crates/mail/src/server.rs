use std::borrow::Cow;

use lettre::{
    AsyncSmtpTransport, Tokio1Executor,
    transport::smtp::{
        SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use url::Url;

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
    Certificate,
}

/// Whether the URL of a mail server would send its password to another host unencrypted. Does not connect.
pub fn exposes_password(url: &str) -> Result<bool, SmtpError> {
    let server = Server::parse(url, None)?;
    let is_here = matches!(server.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    let is_protected = matches!(server.tls, Tls::Wrapper(_) | Tls::Required(_));
    Ok(server.credentials.is_some() && !is_protected && !is_here)
}

/// A mail server and how to connect to it.
pub(crate) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl Server {
    /// Parses a URL. The server's certificate must be issued by an authority that Mozilla trusts or by `authority` (PEM).
    pub(crate) fn parse(url: &str, authority: Option<&str>) -> Result<Self, SmtpError> {
        let url = Url::parse(url).map_err(|_| SmtpError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpError::Url)?;
        // An IPv6 address without its brackets.
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls_mode = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
        let (tls, port) = match (url.scheme(), tls_mode.as_deref()) {
            ("smtp", None) => (Tls::None, SMTP_PORT),
            ("smtp", Some("required")) => (Tls::Required(tls(&host, authority)?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(tls(&host, authority)?), SUBMISSION_PORT),
            ("smtps", None) => (Tls::Wrapper(tls(&host, authority)?), SUBMISSIONS_PORT),
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
        Ok(Self { host, port: url.port().unwrap_or(port), tls, credentials, hello })
    }

    /// The transport to this server. It opens a connection for each email.
    pub(crate) fn transport(self) -> AsyncSmtpTransport<Tokio1Executor> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(self.host)
            .port(self.port)
            .tls(self.tls)
            .hello_name(self.hello);
        match self.credentials {
            Some(credentials) => builder.credentials(credentials).build(),
            None => builder.build(),
        }
    }
}

fn tls(host: &str, authority: Option<&str>) -> Result<TlsParameters, SmtpError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(authority) = authority {
        let authority = Certificate::from_pem(authority.as_bytes()).map_err(|_| SmtpError::Certificate)?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build().map_err(|_| if authority.is_some() { SmtpError::Certificate } else { SmtpError::Url })
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
        assert_eq!(parsed("smtp://[::1]:25"), Some(("::1".to_owned(), 25, false)));
    }

    #[test]
    fn a_password_sent_unencrypted_is_detected() {
        for url in ["smtp://a:b@mail.example.com", "smtp://a:b@mail.example.com?tls=opportunistic"] {
            assert_eq!(exposes_password(url), Ok(true), "{url}");
        }
        for url in [
            "smtp://mail.example.com",
            "smtp://a:b@mail.example.com?tls=required",
            "smtps://a:b@mail.example.com",
            "smtp://a:b@localhost",
        ] {
            assert_eq!(exposes_password(url), Ok(false), "{url}");
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
