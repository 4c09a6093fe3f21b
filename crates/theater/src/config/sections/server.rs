use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use api::{Behaviour, MailboxAccess, ServerSettings, TrustedProxies};
use url::{Origin, Url};

use crate::config::{
    reader::{ConfigError, Reader, network, number, one_of, short_duration, web_url},
    variables as var,
};

/// Addresses and limits of the HTTP server.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address to listen on.
    pub address: SocketAddr,
    /// The configured public URL, without a trailing slash; `None` if it is not set.
    pub configured_public_url: Option<String>,
    /// The home page of the cinema; `None` if pages do not link to it.
    pub home_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    /// Origins whose pages may call the API from a browser.
    pub allowed_origins: Vec<String>,
    /// The maximum number of open connections.
    pub max_connections: usize,
    /// Whether other machines may read the development mailbox.
    pub mailbox_open: bool,
    /// How long it continues to serve after a stop signal.
    pub shutdown_delay: Duration,
}

/// The maximum of `SHUTDOWN_DELAY`: with a longer delay, a supervisor would kill the service.
const MAX_SHUTDOWN_DELAY: Duration = Duration::from_secs(30);

/// Parses an origin as browsers send it (RFC 6454, 6.2): no path, no default port.
fn allowed_origin(text: &str, production: bool) -> Result<String, String> {
    if text == "*" {
        let refused = "must name origins in production: * lets every web page call the API";
        return if production { Err(refused.to_owned()) } else { Ok(text.to_owned()) };
    }
    let origin = Url::parse(text).ok().map(|url| url.origin()).filter(Origin::is_tuple);
    let origin = origin.filter(|_| text.starts_with("http://") || text.starts_with("https://"));
    match origin.map(|origin| origin.ascii_serialization()) {
        Some(origin) if origin == text => Ok(origin),
        Some(origin) => Err(format!("must be written as browsers send it, such as {origin}")),
        None => Err("must be comma-separated origins such as https://cinema.example.com".to_owned()),
    }
}

impl Server {
    pub(super) fn read(reader: &mut Reader, production: bool) -> Result<Self, ConfigError> {
        let host = reader.parse(var::HOST, |text| {
            let text = if text == "localhost" { "127.0.0.1" } else { text };
            text.parse::<IpAddr>()
                .map_err(|_| "must be an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
        })?;
        let port = reader.parse(var::PORT, number(0, u16::MAX))?;
        let configured_public_url = reader.optional(var::PUBLIC_URL, web_url);
        let home_url = reader.optional(var::HOME_URL, web_url);
        let proxies = reader.optional(var::TRUSTED_PROXIES, |text| {
            text.split(',').map(|proxy| network(proxy.trim())).collect::<Result<_, _>>()
        });
        let origins = reader.optional(var::CORS_ALLOWED_ORIGINS, |text| {
            text.split(',').map(|origin| allowed_origin(origin.trim(), production)).collect::<Result<_, _>>()
        });
        let default_delay = if production { Duration::from_secs(3) } else { Duration::ZERO };
        Ok(Self {
            address: SocketAddr::new(host, port),
            configured_public_url,
            home_url,
            trusted_proxies: TrustedProxies(proxies.unwrap_or_default()),
            allowed_origins: origins.unwrap_or_default(),
            max_connections: reader.parse(var::MAX_CONNECTIONS, number(1, 1_000_000))?,
            mailbox_open: reader.parse(var::DEV_MAILBOX, one_of(&[("local", false), ("open", true)]))?,
            shutdown_delay: reader
                .optional(var::SHUTDOWN_DELAY, short_duration(MAX_SHUTDOWN_DELAY))
                .unwrap_or(default_delay),
        })
    }

    /// Returns the settings of the HTTP server.
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

    /// Returns the configured public URL, or `localhost` with the port that the service listens on.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.configured_public_url
            .clone()
            .unwrap_or_else(|| format!("http://localhost:{}", self.address.port()))
    }

    /// Returns the host of the public URL, IPv6 in brackets.
    fn public_host(&self) -> Option<String> {
        Url::parse(&self.public_url()).ok()?.host_str().map(str::to_owned)
    }
}
