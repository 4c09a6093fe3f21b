//! Extractors of JSON and form bodies.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    rt::time::timeout,
    web::BytesMut,
};
use deserr::Deserr;
use futures::{StreamExt, future::LocalBoxFuture};
use serde_json::{Map, Value};

use super::{
    invalid::{Invalid, Place},
    parameters,
    problem::Problem,
};

/// Maximum size of a JSON or form body in bytes.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

/// Timeout for the arrival of a body.
const READ_TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body of type `T`.
#[derive(Clone, Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A form body (`application/x-www-form-urlencoded`) of type `T`.
#[derive(Clone, Debug)]
pub(crate) struct Form<T>(pub(crate) T);

impl<T: Deserr<Invalid>> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = expect_media_type(request, "application/json");
        let payload = payload.take();
        let length = content_length(request.headers());
        Box::pin(async move {
            expected?;
            let bytes = read(payload, length).await?;
            let value: Value = serde_json::from_slice(&bytes)
                .map_err(|_| Problem::bad_request("malformed_json", "The body is not valid JSON."))?;
            deserr::deserialize(value).map(Self).map_err(|invalid| Problem::invalid(invalid, Place::Body))
        })
    }
}

impl<T: Deserr<Invalid>> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = expect_media_type(request, "application/x-www-form-urlencoded");
        let payload = payload.take();
        let length = content_length(request.headers());
        Box::pin(async move {
            expected?;
            let bytes = read(payload, length).await?;
            let fields: Map<String, Value> = parameters::map(&bytes);
            let value = deserr::deserialize(Value::Object(fields));
            value.map(Self).map_err(|invalid| Problem::invalid(invalid, Place::Form))
        })
    }
}

/// Refuses every other media type; parameters of the media type are ignored.
pub(super) fn expect_media_type(request: &HttpRequest, expected: &'static str) -> Result<(), Problem> {
    let sent =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = sent.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let detail = format!("The body must be sent as {expected}.");
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

pub(super) fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body within [`READ_TIMEOUT`].
async fn read(payload: Payload, length: Option<usize>) -> Result<BytesMut, Problem> {
    let late =
        |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "The body took too long to arrive.");
    timeout(READ_TIMEOUT, read_all(payload, length)).await.map_err(late)?
}

/// Reads a body up to the limit. A body with a larger `Content-Length` is refused before it is read.
async fn read_all(mut payload: Payload, length: Option<usize>) -> Result<BytesMut, Problem> {
    let too_large = || Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE);
    if length.is_some_and(|length| length > MAX_JSON_BYTES) {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(length.unwrap_or(512));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("broken_body", "The body could not be read."))?;
        if body.len() + chunk.len() > MAX_JSON_BYTES {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
