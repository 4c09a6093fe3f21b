//! Conditional requests (RFC 9110, 13) with strong validators, computed from the bytes of a response.

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{compression::plain_etag, problem::Problem};

/// Returns the validator of these bytes: the first 128 bits of their SHA-256, enough to rule out another match.
pub(crate) fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]))
}

/// The `If-Match` header of a request.
#[derive(Clone, Debug)]
pub(crate) struct IfMatch(Option<String>);

/// The `If-Match` header of requests that change a resource.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it documents the header that IfMatch reads")]
pub(crate) struct IfMatchHeader {
    /// `ETag` with which the resource was read. If the resource has changed since, the response is 412. `*` matches any.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// Whether a precondition holds for the current state of a resource.
type Holds<T> = Box<dyn Fn(&T) -> bool + Send + Sync>;

impl IfMatch {
    /// Returns the precondition on a resource for which `reply` builds the body of a GET; `None` without the header.
    pub(crate) fn requires<T, Body: Serialize>(
        &self,
        reply: impl Fn(&T) -> Body + Send + Sync + 'static,
    ) -> Option<Holds<T>> {
        self.requires_tag(move |current| etag(&serde_json::to_vec(&reply(current)).unwrap_or_default()))
    }

    /// Returns the precondition on a resource whose validator starts with the tag that `tag` builds.
    pub(crate) fn requires_tag<T>(
        &self,
        tag: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Option<Holds<T>> {
        let expected = self.0.clone()?;
        Some(Box::new(move |current: &T| matches(&expected, &tag(current))))
    }
}

/// Whether a header matches a tag. `*` requires only that the resource exists; a weak validator matches nothing (RFC 9110,
/// 13.1.1). The part of a validator after a full stop belongs to one response, not to the resource.
fn matches(expected: &str, tag: &str) -> bool {
    let of_resource = |candidate: &str| match candidate.split_once('.') {
        Some((start, _)) => format!("{start}\""),
        None => candidate.to_owned(),
    };
    expected.trim() == "*" || list(expected).any(|candidate| of_resource(&plain_etag(candidate)) == tag)
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(joined(request.headers(), &header::IF_MATCH))))
    }
}

/// Adds the validator to each successful JSON response to a GET, and returns 304 if the client's validator matches.
pub(crate) async fn validators(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let get = request.method() == Method::GET;
    let response = next.call(request).await?.map_into_boxed_body();
    if !get || response.status() != StatusCode::OK || !is_json(&response) {
        return Ok(response);
    }
    let (request, reply) = response.into_parts();
    let (mut reply, body) = reply.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => return Ok(ServiceResponse::new(request, reply.set_body(body))),
    };
    // A handler may have set the validator itself.
    let value = match reply.headers().get(header::ETAG) {
        Some(value) => value.clone(),
        None => HeaderValue::from_str(&etag(&bytes)).unwrap_or(HeaderValue::from_static("\"\"")),
    };
    if let Some(known) = known(request.headers(), &value) {
        let mut unchanged = HttpResponse::NotModified();
        unchanged.insert_header((header::ETAG, known)).insert_header((header::VARY, "accept-encoding"));
        if let Some(caching) = reply.headers().get(header::CACHE_CONTROL) {
            unchanged.insert_header((header::CACHE_CONTROL, caching.clone()));
        }
        return Ok(ServiceResponse::new(request, unchanged.finish()));
    }
    reply.headers_mut().insert(header::ETAG, value);
    Ok(ServiceResponse::new(request, reply.set_body(bytes).map_into_boxed_body()))
}

/// Returns the client's validator that matches this one, in either form. The comparison is weak (RFC 9110, 13.1.2).
pub(crate) fn known(headers: &header::HeaderMap, etag: &HeaderValue) -> Option<HeaderValue> {
    let given = joined(headers, &header::IF_NONE_MATCH)?;
    if given.trim() == "*" {
        return Some(etag.clone());
    }
    let plain = plain_etag(etag.to_str().ok()?);
    let same = |candidate: &&str| plain_etag(candidate.trim_start_matches("W/")) == plain;
    list(&given).find(same).and_then(|found| HeaderValue::from_str(found.trim_start_matches("W/")).ok())
}

fn is_json(response: &ServiceResponse<BoxBody>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with("application/json"))
}

fn joined(headers: &header::HeaderMap, name: &header::HeaderName) -> Option<String> {
    // A value that is not text still counts as present: it matches nothing, and must not disable the precondition.
    let values: Vec<_> =
        headers.get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    if values.is_empty() { None } else { Some(values.join(",")) }
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(expected: &str) -> bool {
        matches(expected, &etag(br#""movie""#))
    }

    #[test]
    fn a_precondition_holds_for_the_same_bytes_and_for_the_wildcard() {
        let tag = etag(br#""movie""#);
        assert!(holds(&tag) && holds(&format!("\"other\", {tag}")) && holds("*"));
        assert!(holds(&format!("{}.urls-gzip\"", tag.trim_end_matches('"'))));
        assert!(IfMatch(None).requires(|movie: &&str| *movie).is_none());
    }

    #[test]
    fn a_precondition_fails_for_other_bytes_weak_and_malformed_validators() {
        let tag = etag(br#""movie""#);
        for expected in ["\"other\"".to_owned(), format!("W/{tag}"), String::new(), tag.replace('"', "")] {
            assert!(!holds(&expected), "{expected}");
        }
    }
}
