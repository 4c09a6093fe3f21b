//! Who may read the development mailbox, which holds the links of every account.

use std::{
    future::{Ready, ready},
    net::IpAddr,
    str::FromStr,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{header, uri::Authority},
    web::Data,
};

use super::problems::{MailboxForbidden, UnknownMailboxHost};
use crate::http::Problem;

/// The names of this machine, as browsers write them in `Host`.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Who may read the development mailbox.
#[derive(Clone, Debug, Default)]
pub struct MailboxAccess {
    /// Whether other machines may, too.
    pub open: bool,
    /// The host of the public URL, IPv6 in brackets. It and the names of this machine are the only ones that are answered,
    /// so a page whose own name leads here (DNS rebinding) reads nothing.
    pub public_host: Option<String>,
}

/// A request that may read the mailbox.
#[derive(Debug)]
pub(super) struct MailboxReader;

impl FromRequest for MailboxReader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let access: Option<&Data<MailboxAccess>> = request.app_data();
        let access = access.cloned().unwrap_or_default();
        ready(access.check(request).map(|()| Self))
    }
}

impl MailboxAccess {
    fn check(&self, request: &HttpRequest) -> Result<(), Problem> {
        // The other end of the connection: a header could claim anything.
        let peer = request.peer_addr().map(|peer| peer.ip());
        if !self.open && !peer.is_some_and(is_this_machine) {
            return Err(MailboxForbidden.into());
        }
        let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let header = header.and_then(|host| Authority::from_str(host).ok());
        // A request line may name a host as well (RFC 9112, 3.2.2).
        let mut named = header.as_ref().into_iter().chain(request.uri().authority());
        if header.is_none() || !named.all(|authority| self.knows(authority.host())) {
            return Err(UnknownMailboxHost.into());
        }
        Ok(())
    }

    fn knows(&self, host: &str) -> bool {
        let mut known = LOCAL_HOSTS.into_iter().chain(self.public_host.as_deref());
        known.any(|name| name.eq_ignore_ascii_case(host))
    }
}

fn is_this_machine(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError, test::TestRequest};

    use super::*;

    fn status(access: &MailboxAccess, peer: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = TestRequest::get().uri("/dev/mailbox").peer_addr(peer.parse().unwrap());
        for header in headers {
            request = request.insert_header(*header);
        }
        access
            .check(&request.to_http_request())
            .map_or_else(|problem| problem.status_code().as_u16(), |()| 200)
    }

    fn closed() -> MailboxAccess {
        MailboxAccess { open: false, public_host: Some("cinema.example.com".to_owned()) }
    }

    #[test]
    fn other_machines_are_refused_whatever_their_headers_claim() {
        for peer in ["192.0.2.7:9", "[2001:db8::7]:9", "[::ffff:192.0.2.7]:9"] {
            assert_eq!(status(&closed(), peer, &[("host", "localhost")]), 403, "{peer}");
            let headers = [("host", "localhost"), ("x-forwarded-for", "127.0.0.1")];
            assert_eq!(status(&closed(), peer, &headers), 403, "{peer}");
            assert_eq!(
                status(&MailboxAccess { open: true, ..closed() }, peer, &[("host", "localhost")]),
                200
            );
        }
        for peer in ["127.0.0.1:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            assert_eq!(status(&closed(), peer, &[("host", "localhost:8000")]), 200, "{peer}");
        }
    }

    #[test]
    fn other_host_names_are_refused_on_an_open_mailbox_too() {
        for access in [closed(), MailboxAccess { open: true, ..closed() }] {
            for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "cinema.example.com"]
            {
                assert_eq!(status(&access, "127.0.0.1:9", &[("host", host)]), 200, "{host}");
            }
            for host in
                ["evil.example", "localhost.evil.example", "cinema.example.com.", "", "a b", "192.0.2.1"]
            {
                assert_eq!(status(&access, "127.0.0.1:9", &[("host", host)]), 403, "{host}");
            }
            let headers = [("host", "evil.example"), ("x-forwarded-host", "localhost")];
            assert_eq!(status(&access, "127.0.0.1:9", &headers), 403);
            assert_eq!(status(&access, "127.0.0.1:9", &[]), 403);
        }
    }
}
