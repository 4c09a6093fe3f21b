use std::net::{IpAddr, SocketAddr};

use api::TrustedProxies;

use crate::config::{
    reader::{Reader, network, number, web_url},
    variables as var,
};

/// How the service is reached.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where people reach it, without a slash at the end; `None` where nobody said so.
    pub given_public_url: Option<String>,
    /// Whose word on where a request comes from counts.
    pub trusted_proxies: TrustedProxies,
}

impl Server {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let host = reader.parse(var::HOST, |text| {
            let text = if text == "localhost" { "127.0.0.1" } else { text };
            text.parse::<IpAddr>()
                .map_err(|_| "must be an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
        });
        let port = reader.parse(var::PORT, number(0, u16::MAX));
        let given_public_url = reader.optional(var::PUBLIC_URL, web_url);
        let proxies = reader.optional(var::TRUSTED_PROXIES, |text| {
            text.split(',').map(|proxy| network(proxy.trim())).collect::<Result<Vec<_>, _>>()
        });
        let trusted_proxies = TrustedProxies(proxies.unwrap_or_default());
        Some(Self { address: SocketAddr::new(host?, port?), given_public_url, trusted_proxies })
    }

    /// Where people reach the service. On a desk another port is chosen without thinking of links; they follow it.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.given_public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.address.port()))
    }
}
