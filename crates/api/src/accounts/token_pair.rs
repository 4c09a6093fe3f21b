use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use application::accounts::TokenPair;
use serde::Serialize;
use utoipa::ToSchema;

/// Tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenPair)]
pub(crate) struct Tokens {
    /// Short-lived token that authenticates requests; send it as `Authorization: Bearer …`.
    access_token: String,
    /// Token that is exchanged for the next pair; valid once.
    refresh_token: String,
    /// Always `bearer`.
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// Lifetime of the access token in seconds.
    #[schema(example = 900)]
    expires_in: i64,
}

impl Tokens {
    /// Builds the response with these tokens, which must not be cached (RFC 6749, 5.1).
    pub(super) fn reply(status: StatusCode, pair: TokenPair) -> HttpResponse {
        let TokenPair { access_token, refresh_token, expires_in } = pair;
        let body = Self { access_token, refresh_token, token_type: "bearer", expires_in };
        HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
    }
}
