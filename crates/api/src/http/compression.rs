//! Compression of responses.
//!
//! The framework's middleware does not change the validator, so that two representations would share one strong validator,
//! and its compressed bodies cannot be cached. Hence this middleware, based on the same library.

use std::io::Write;

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web::Bytes,
};
use flate2::{Compression, write::GzEncoder};

/// Minimum size in bytes of a body that is compressed.
const MIN_BYTES: usize = 1_024;
/// Suffix of the validator of a compressed response, which differs from the plain one byte by byte.
const SUFFIX: &str = "-gzip\"";

/// Content coding of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// Not compressed.
    Plain,
    /// Compressed with gzip (RFC 1952).
    Gzip,
}

impl Coding {
    /// Returns the coding that the client prefers (RFC 9110, 12.5.3), or `Plain` without `Accept-Encoding`.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let Some(accepted) = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok())
        else {
            return Self::Plain;
        };
        let ranges = accepted.split(',').filter_map(|range| range.trim().parse().ok()).collect();
        let supported = [Encoding::gzip(), Encoding::identity()];
        match AcceptEncoding(ranges).negotiate(supported.iter()) {
            Some(Encoding::Known(ContentEncoding::Gzip)) => Self::Gzip,
            _ => Self::Plain,
        }
    }
}

/// Returns the validator of the plain form for that of either form.
pub(crate) fn plain_etag(etag: &str) -> std::borrow::Cow<'_, str> {
    match etag.strip_suffix(SUFFIX) {
        Some(start) => format!("{start}\"").into(),
        None => etag.into(),
    }
}

/// Returns the validator of the compressed form for that of the plain form.
pub(crate) fn gzip_etag(plain: &HeaderValue) -> Option<HeaderValue> {
    let start = plain.to_str().ok()?.trim_end_matches('"');
    HeaderValue::from_str(&format!("{start}{SUFFIX}")).ok()
}

/// Compresses text responses that may be cached. A `no-store` response is not compressed: it may contain a token next to
/// text that an attacker chose, and its compressed length would reveal the token (CVE-2013-3587).
pub(crate) async fn compressed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (get, coding) = (request.method() == Method::GET, Coding::wanted(request.headers()));
    let response = next.call(request).await?.map_into_boxed_body();
    if !get || !is_compressible(&response) {
        return Ok(response);
    }
    let (request, reply) = response.into_parts();
    let (mut reply, body) = reply.into_parts();
    reply.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, reply.set_body(body))),
    };
    let gzipped = match coding {
        Coding::Gzip => gzip(&body),
        Coding::Plain => None,
    };
    let Some(gzipped) = gzipped else {
        return Ok(ServiceResponse::new(request, reply.set_body(body).map_into_boxed_body()));
    };
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    if let Some(etag) = headers.get(header::ETAG).and_then(gzip_etag) {
        headers.insert(header::ETAG, etag);
    }
    Ok(ServiceResponse::new(request, reply.set_body(gzipped).map_into_boxed_body()))
}

fn is_compressible(response: &ServiceResponse<BoxBody>) -> bool {
    let header =
        |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = header(header::CONTENT_TYPE);
    response.status() == StatusCode::OK
        // A handler that sets `Vary` itself has chosen the form.
        && !response.headers().contains_key(header::VARY)
        && !header(header::CACHE_CONTROL).contains("no-store")
        && is_text(kind)
}

/// Whether a body of this content type is text, which compresses well.
pub(crate) fn is_text(content_type: &str) -> bool {
    ["text/", "application/json", "application/javascript", "image/svg"]
        .iter()
        .any(|start| content_type.starts_with(start))
}

/// Compresses fast rather than small, because it blocks a thread that serves other requests. `None` for a body shorter than
/// [`MIN_BYTES`].
pub(crate) fn gzip(body: &[u8]) -> Option<Bytes> {
    if body.len() < MIN_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_response_follows_accept_encoding() {
        let wanted = |accepted: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            Coding::wanted(&headers)
        };
        for accepted in ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"] {
            assert_eq!(wanted(accepted), Coding::Gzip, "{accepted}");
        }
        for accepted in ["", "identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.9", "nonsense;;", "*"] {
            assert_eq!(wanted(accepted), Coding::Plain, "{accepted}");
        }
        assert_eq!(Coding::wanted(&HeaderMap::new()), Coding::Plain);
    }

    #[test]
    fn the_validator_of_either_form_maps_to_the_plain_one() {
        assert_eq!(plain_etag("\"abc-gzip\""), "\"abc\"");
        assert_eq!(plain_etag("\"abc\""), "\"abc\"");
    }
}
