use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use application::accounts::TokenPair;
use serde::Serialize;
use utoipa::ToSchema;

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenPair)]
pub(crate) struct Tokens {
    /// Opens every door for a short while; send it as `Authorization: Bearer …`.
    access_token: String,
    /// Gets the next pair, once.
    refresh_token: String,
    /// Always `bearer`.
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// For how many seconds the access token lives.
    #[schema(example = 900)]
    expires_in: i64,
}

impl Tokens {
    /// The reply with these tokens, which nobody may keep on the way (RFC 6749, 5.1).
    pub(super) fn reply(status: StatusCode, pair: TokenPair) -> HttpResponse {
        let TokenPair { access_token, refresh_token, expires_in } = pair;
        let body = Self { access_token, refresh_token, token_type: "bearer", expires_in };
        HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
    }
}
