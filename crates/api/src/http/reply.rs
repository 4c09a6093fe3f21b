//! Replies that say that something was done.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// Says in a sentence what was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    message: &'static str,
}

impl Message {
    pub(crate) fn ok(message: &'static str) -> HttpResponse {
        json(StatusCode::OK, &Self { message })
    }
}

/// A JSON reply.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).json(body)
}
