use std::borrow::Cow;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

/// Confirmation of an operation, in a sentence for people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    message: Cow<'static, str>,
}

impl Message {
    pub(crate) fn ok(message: impl Into<Cow<'static, str>>) -> HttpResponse {
        Self::reply(StatusCode::OK, message)
    }

    pub(crate) fn reply(status: StatusCode, message: impl Into<Cow<'static, str>>) -> HttpResponse {
        HttpResponse::build(status).json(Self { message: message.into() })
    }
}
