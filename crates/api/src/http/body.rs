//! Extractors of JSON and form bodies.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    rt::time::timeout,
    web::BytesMut,
};
use deserr::Deserr;
use futures::{StreamExt, future::LocalBoxFuture};
use serde_json::{Map, Value};

use super::{
    invalid::{Invalid, RequestPart},
    parameters,
    problem::Problem,
    problems::{BodyTooLarge, BodyTooSlow, BrokenBody, MalformedJson, NotForm, NotJson},
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
        let expected = expect_media_type(request, "application/json", NotJson);
        let payload = payload.take();
        let length = content_length(request.headers());
        Box::pin(async move {
            expected?;
            let bytes = read(payload, length).await?;
            let value: Value = serde_json::from_slice(&bytes).map_err(|_| MalformedJson)?;
            deserr::deserialize(value)
                .map(Self)
                .map_err(|invalid| Problem::invalid(invalid, RequestPart::Body))
        })
    }
}

impl<T: Deserr<Invalid>> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = expect_media_type(request, "application/x-www-form-urlencoded", NotForm);
        let payload = payload.take();
        let length = content_length(request.headers());
        Box::pin(async move {
            expected?;
            let bytes = read(payload, length).await?;
            let fields: Map<String, Value> = parameters::map(&bytes);
            let value = deserr::deserialize(Value::Object(fields));
            value.map(Self).map_err(|invalid| Problem::invalid(invalid, RequestPart::Form))
        })
    }
}

/// Refuses other media types; parameters of the media type are ignored.
pub(super) fn expect_media_type(
    request: &HttpRequest,
    expected: &str,
    refusal: impl Into<Problem>,
) -> Result<(), Problem> {
    let sent =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = sent.split(';').next().unwrap_or("").trim();
    if essence.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(refusal.into()) }
}

pub(super) fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body within [`READ_TIMEOUT`].
async fn read(payload: Payload, length: Option<usize>) -> Result<BytesMut, Problem> {
    timeout(READ_TIMEOUT, read_all(payload, length)).await.map_err(|_| BodyTooSlow)?
}

/// Reads a body up to the limit. A body with a larger `Content-Length` is refused before it is read.
async fn read_all(mut payload: Payload, length: Option<usize>) -> Result<BytesMut, Problem> {
    if length.is_some_and(|length| length > MAX_JSON_BYTES) {
        return Err(BodyTooLarge.into());
    }
    let mut body = BytesMut::with_capacity(length.unwrap_or(512));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BrokenBody)?;
        if body.len() + chunk.len() > MAX_JSON_BYTES {
            return Err(BodyTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
