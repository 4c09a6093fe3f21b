use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use domain::accounts::SessionOrigin;

use super::problem::Problem;

/// As much of a client's name for itself as is kept, in characters.
const MAX_DEVICE_CHARS: usize = 255;

/// From where a request comes, as the owner of a session will recognise it.
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
        ready(Ok(Self(SessionOrigin { device, ip: request.peer_addr().map(|address| address.ip()) })))
    }
}
