use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use api::{Behaviour, MailboxAccess, ServerSettings, TrustedProxies};
use url::{Origin, Url};

use crate::config::{
    reader::{Reader, network, number, one_of, short_span, web_url},
    variables as var,
};

/// How the service is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where people reach it, without a slash at the end; `None` where nobody said so.
    pub given_public_url: Option<String>,
    /// The home page of the cinema; `None` where pages link to none.
    pub home_url: Option<String>,
    /// Whose word on where a request comes from counts.
    pub trusted_proxies: TrustedProxies,
    /// Whose pages may call from a browser.
    pub allowed_origins: Vec<String>,
    /// The most connections at a time.
    pub max_connections: usize,
    /// Whether other machines may read the development mailbox.
    pub mailbox_open: bool,
    /// How long it still serves once it is asked to stop.
    pub shutdown_delay: Duration,
}

/// Longer, and a service would not be gone within the time that its supervisor gives it.
const MAX_SHUTDOWN_DELAY: Duration = Duration::from_secs(30);

/// An origin as browsers send it (RFC 6454, 6.2): no path, no default port.
fn allowed_origin(text: &str, production: bool) -> Result<String, String> {
    if text == "*" {
        let refused = "must name origins in production: * lets every page on the web call";
        return if production { Err(refused.to_owned()) } else { Ok(text.to_owned()) };
    }
    let origin = Url::parse(text).ok().map(|url| url.origin()).filter(Origin::is_tuple);
    let origin = origin.filter(|_| text.starts_with("http://") || text.starts_with("https://"));
    match origin.map(|origin| origin.ascii_serialization()) {
        Some(origin) if origin == text => Ok(origin),
        Some(origin) => Err(format!("must be written as browsers send it, such as {origin}")),
        None => Err("must be origins such as https://cinema.example.com, between commas".to_owned()),
    }
}

impl Server {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Option<Self> {
        let host = reader.parse(var::HOST, |text| {
            let text = if text == "localhost" { "127.0.0.1" } else { text };
            text.parse::<IpAddr>()
                .map_err(|_| "must be an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
        });
        let port = reader.parse(var::PORT, number(0, u16::MAX));
        let given_public_url = reader.optional(var::PUBLIC_URL, web_url);
        let home_url = reader.optional(var::HOME_URL, web_url);
        let proxies = reader.optional(var::TRUSTED_PROXIES, |text| {
            text.split(',').map(|proxy| network(proxy.trim())).collect::<Result<Vec<_>, _>>()
        });
        let trusted_proxies = TrustedProxies(proxies.unwrap_or_default());
        let origins = reader.optional(var::CORS_ALLOWED_ORIGINS, |text| {
            text.split(',')
                .map(|origin| allowed_origin(origin.trim(), production))
                .collect::<Result<Vec<_>, _>>()
        });
        let max_connections = reader.parse(var::MAX_CONNECTIONS, number(1, 1_000_000));
        let mailbox_open = reader.parse(var::DEV_MAILBOX, one_of(&[("local", false), ("open", true)]));
        let delay = reader.optional(var::SHUTDOWN_DELAY, |text| short_span(text, MAX_SHUTDOWN_DELAY));
        let usual = if production { Duration::from_secs(3) } else { Duration::ZERO };
        Some(Self {
            address: SocketAddr::new(host?, port?),
            given_public_url,
            home_url,
            trusted_proxies,
            allowed_origins: origins.unwrap_or_default(),
            max_connections: max_connections?,
            mailbox_open: mailbox_open?,
            shutdown_delay: delay.unwrap_or(usual),
        })
    }

    /// How it serves.
    #[must_use]
    pub fn settings(&self) -> ServerSettings {
        ServerSettings {
            trusted_proxies: self.trusted_proxies.clone(),
            allowed_origins: self.allowed_origins.clone(),
            max_connections: self.max_connections,
            mailbox_access: MailboxAccess { open: self.mailbox_open, public_host: self.public_host() },
            behaviour: Behaviour {
                is_https: self.public_url().starts_with("https://"),
                ..Behaviour::default()
            },
            ..ServerSettings::default()
        }
    }

    /// Where people reach the service. On a desk another port is chosen without thinking of links; they follow it.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.given_public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.address.port()))
    }
    /// The host of the public URL, IPv6 in brackets.
    fn public_host(&self) -> Option<String> {
        Url::parse(&self.public_url()).ok()?.host_str().map(str::to_owned)
    }
}
