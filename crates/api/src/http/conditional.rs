//! Conditional requests (RFC 9110, 13) with strong validators made from the bytes of a reply.

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

use super::{compression::plain_etag, problem::Problem};

/// The validator of these bytes: half of their SHA-256, which nobody finds another text for.
pub(crate) fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]))
}

/// The `If-Match` header of a request: what the caller wants to find unchanged.
#[derive(Clone, Debug)]
pub(crate) struct IfMatch(Option<String>);

impl IfMatch {
    /// Whether anything is required.
    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a reply with this body would be what the caller expects. `*` expects nothing but that it exists; a weak
    /// validator matches nothing (RFC 9110, 13.1.1).
    pub(crate) fn holds_for(&self, body: &impl Serialize) -> bool {
        let Some(expected) = &self.0 else { return true };
        let etag = etag(&serde_json::to_vec(body).unwrap_or_default());
        expected.trim() == "*" || list(expected).any(|candidate| plain_etag(candidate) == etag)
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(joined(request.headers(), &header::IF_MATCH))))
    }
}

/// Gives each successful JSON reply to a GET its validator, and answers 304 where the caller has it already.
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
    // Who made the reply may have its validator already.
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

/// The validator by which a caller has this reply already, in one form or the other. Here the comparison is weak (RFC
/// 9110, 13.1.2).
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
    // A value that is no text still counts as given: it matches nothing, and never means that nothing is required.
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
        IfMatch(Some(expected.to_owned())).holds_for(&"film")
    }

    #[test]
    fn a_precondition_holds_for_the_very_bytes_and_for_anything() {
        let tag = etag(br#""film""#);
        assert!(holds(&tag) && holds(&format!("\"other\", {tag}")) && holds("*"));
        assert!(IfMatch(None).holds_for(&"film"));
    }

    #[test]
    fn a_precondition_fails_for_other_bytes_for_weak_validators_and_for_nonsense() {
        let tag = etag(br#""film""#);
        for expected in ["\"other\"".to_owned(), format!("W/{tag}"), String::new(), tag.replace('"', "")] {
            assert!(!holds(&expected), "{expected}");
        }
    }
}
