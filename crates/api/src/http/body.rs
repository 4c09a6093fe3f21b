//! Extractors of JSON and form bodies.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    body::{SizedStream, to_bytes_limited},
    dev::Payload,
    http::header::{self, HeaderMap},
    rt::time::timeout,
    web::Bytes,
};
use deserr::Deserr;
use futures::future::LocalBoxFuture;
use serde_json::Value;

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
        let body = read(request, payload, "application/json", NotJson);
        Box::pin(async move {
            let value: Value = serde_json::from_slice(&body.await?).map_err(|_| MalformedJson)?;
            let value = deserr::deserialize(value);
            value.map(Self).map_err(|invalid| Problem::invalid(invalid, RequestPart::Body))
        })
    }
}

impl<T: Deserr<Invalid>> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, "application/x-www-form-urlencoded", NotForm);
        Box::pin(async move {
            let value = deserr::deserialize(Value::Object(parameters::map(&body.await?)));
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
    if request.content_type().eq_ignore_ascii_case(expected) { Ok(()) } else { Err(refusal.into()) }
}

pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body of this media type within [`READ_TIMEOUT`]. A body with a `Content-Length` above the limit is refused before
/// it is read.
fn read<R: Into<Problem>>(
    request: &HttpRequest,
    payload: &mut Payload,
    media_type: &str,
    refusal: R,
) -> impl Future<Output = Result<Bytes, Problem>> + use<R> {
    let expected = expect_media_type(request, media_type, refusal);
    // The size is that of the buffer; the bytes are counted as they arrive.
    let body = SizedStream::new(content_length(request.headers()).unwrap_or(512), payload.take());
    async move {
        expected?;
        let bytes = timeout(READ_TIMEOUT, to_bytes_limited(body, MAX_JSON_BYTES)).await;
        Ok(bytes.map_err(|_| BodyTooSlow)?.map_err(|_| BodyTooLarge)?.map_err(|_| BrokenBody)?)
    }
}
