use std::{
    future::{Ready, ready},
    net::IpAddr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Data};
use domain::accounts::SessionOrigin;
use ipnet::IpNet;

use super::problem::Problem;

/// Header to which each proxy appends the IP address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Networks of the proxies whose `X-Forwarded-For` entries are trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

/// Maximum length of a stored `User-Agent` in characters.
const MAX_DEVICE_CHARS: usize = 255;

/// Device and IP address of a client, by which the owner of a session recognises it.
#[derive(Clone, Debug)]
pub(crate) struct Origin(pub(crate) SessionOrigin);

impl FromRequest for Origin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let agent =
            request.headers().get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let device = agent.map(|agent| {
            agent.chars().filter(|character| !character.is_control()).take(MAX_DEVICE_CHARS).collect()
        });
        ready(Ok(Self(SessionOrigin { device, ip: client_of(request) })))
    }
}

/// IP address of the client, if known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(client_of(request))))
    }
}

fn client_of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let Some(trusted) = request.app_data::<Data<TrustedProxies>>() else { return Some(peer) };
    let lines = request.headers().get_all(FORWARDED_FOR);
    // Bytes, not text: the client controls the start of a line, and a non-ASCII byte there must not hide the proxy's entry.
    let hops: Vec<_> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    Some(trusted.client(peer, &hops))
}

impl TrustedProxies {
    /// Returns the last hop that is not a trusted proxy. The hops before it are claims of the client and are ignored.
    fn client(&self, peer: IpAddr, hops: &[&[u8]]) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.0.iter().any(|proxies| proxies.contains(&client)) {
                break;
            }
            let Some(address) = address(hop) else { break };
            client = address.to_canonical();
        }
        client
    }
}

/// Parses the IP address of a hop; some proxies add a port, brackets or quotes.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let with_port = || hop.parse().ok().map(|socket: std::net::SocketAddr| socket.ip());
    let bare = || hop.trim_matches(['"', '[', ']']).parse().ok();
    hop.parse().ok().or_else(with_port).or_else(bare)
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::HeaderValue, test::TestRequest};

    use super::*;

    fn client(peer: &str, hops: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8::1/128"].map(|network| network.parse().unwrap());
        let hops: Vec<_> = hops.iter().map(|hop| hop.as_bytes()).collect();
        TrustedProxies(trusted.to_vec()).client(peer.parse().unwrap(), &hops).to_string()
    }

    #[test]
    fn non_ascii_bytes_do_not_hide_the_hop_that_the_proxy_added() {
        let trusted = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        for line in [&b"\xff\xfe, 203.0.113.7"[..], b"caf\xc3\xa9,203.0.113.7", b"\x80,, 203.0.113.7"] {
            let request = TestRequest::default()
                .peer_addr("10.0.0.1:4711".parse().unwrap())
                .app_data(Data::new(trusted.clone()))
                .insert_header((FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap()))
                .to_http_request();
            assert_eq!(client_of(&request), Some("203.0.113.7".parse().unwrap()), "{line:?}");
        }
    }

    #[test]
    fn behind_proxies_the_last_untrusted_hop_is_the_client() {
        assert_eq!(client("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", " 203.0.113.7", "10.9.9.9"]), "203.0.113.7");
        assert_eq!(client("::ffff:10.0.0.1", &["203.0.113.7:4711"]), "203.0.113.7");
        for hop in ["[2001:db8::2]:80", "[2001:db8::2]", "\"2001:db8::2\"", "2001:db8::2"] {
            assert_eq!(client("2001:db8::1", &[hop]), "2001:db8::2", "{hop}");
        }
    }

    #[test]
    fn an_invalid_hop_ends_the_chain_at_the_proxy_that_sent_it() {
        assert_eq!(client("10.0.0.1", &["203.0.113.7", "unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.7", "", "10.0.0.2"]), "10.0.0.2");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }
}
