//! Conditional requests (RFC 9110, 13) with strong validators, computed from the bytes of a response.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, EntityTag, Header as _, HeaderMap, IfNoneMatch},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{compression::plain_tag, problem::Problem};

/// Returns the validator of these bytes: the first 128 bits of their SHA-256, enough to rule out another match.
pub(crate) fn etag(bytes: &[u8]) -> EntityTag {
    EntityTag::new_strong(URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]))
}

/// The `If-Match` header of a request.
#[derive(Clone, Debug)]
pub(crate) struct IfMatch(Option<header::IfMatch>);

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
        tag: impl Fn(&T) -> EntityTag + Send + Sync + 'static,
    ) -> Option<Holds<T>> {
        let expected = self.0.clone()?;
        Some(Box::new(move |current: &T| matches(&expected, &tag(current))))
    }
}

/// Whether a header matches the tag of a resource. `*` requires only that the resource exists; a weak validator matches nothing
/// (RFC 9110, 13.1.1). The part of a validator after a full stop belongs to one response, not to the resource.
fn matches(expected: &header::IfMatch, tag: &EntityTag) -> bool {
    let is_of_resource =
        |sent: &EntityTag| !sent.weak && plain_tag(sent).split('.').next() == Some(tag.tag());
    match expected {
        header::IfMatch::Any => true,
        header::IfMatch::Items(sent) => sent.iter().any(is_of_resource),
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // A malformed header still counts as present: it matches nothing, and must not disable the precondition.
        let read = || header::IfMatch::parse(request).unwrap_or(header::IfMatch::Items(Vec::new()));
        ready(Ok(Self(request.headers().contains_key(header::IF_MATCH).then(read))))
    }
}

/// Returns the validator that a response has already.
pub(super) fn own_tag(headers: &HeaderMap) -> Option<EntityTag> {
    headers.get(header::ETAG)?.to_str().ok()?.parse().ok()
}

/// Returns the client's validator that matches this one, in either form. The comparison is weak (RFC 9110, 13.1.2).
pub(super) fn known(request: &impl HttpMessage, etag: &EntityTag) -> Option<EntityTag> {
    match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Any => Some(etag.clone()),
        IfNoneMatch::Items(sent) => {
            let mut found = sent.into_iter().find(|sent| plain_tag(sent) == plain_tag(etag))?;
            found.weak = false;
            Some(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_precondition_holds_for_the_validators_of_the_same_bytes() {
        let tag = etag(b"movie");
        let text = tag.to_string();
        let start = text.trim_end_matches('"');
        for (sent, holds) in [
            (text.clone(), true),
            (format!("\"other\", {text}"), true),
            (format!("{start}.urls-gzip\""), true),
            ("*".to_owned(), true),
            ("\"other\"".to_owned(), false),
            (format!("W/{text}"), false),
            (String::new(), false),
            (tag.tag().to_owned(), false),
        ] {
            let request = TestRequest::default().insert_header((header::IF_MATCH, &*sent)).to_http_request();
            let IfMatch(read) = IfMatch::extract(&request).into_inner().unwrap();
            assert_eq!(matches(&read.unwrap(), &tag), holds, "{sent}");
        }
    }
}
