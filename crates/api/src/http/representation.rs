//! The form in which a response is sent.
//!
//! The framework's middleware for compression does not change the validator, so that two representations would share one
//! strong validator, and its compressed bodies cannot be cached. Hence this middleware, based on the same library.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, ETag, HeaderValue, TryIntoHeaderValue as _},
    },
    middleware::Next,
};

use super::{
    compression::{Coding, gzip, gzip_tag, is_text},
    conditional::{etag, known, own_tag},
};

/// Adds the validator to each successful JSON response to a GET, and returns 304 if the client's validator matches. Compresses
/// text that may be cached. A `no-store` response is not compressed: it may contain a token next to text that an attacker
/// chose, and its compressed length would reveal the token (CVE-2013-3587).
pub(crate) async fn representation(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_get = request.method() == Method::GET;
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_get || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (request, reply) = response.into_parts();
    let (mut reply, body) = reply.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, reply.set_body(body))),
    };
    let headers = reply.headers();
    let text_of = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, caching) = (text_of(header::CONTENT_TYPE), text_of(header::CACHE_CONTROL));
    // A handler may have set the validator itself.
    let own = || own_tag(headers).unwrap_or_else(|| etag(&body));
    let etag = kind.starts_with("application/json").then(own);
    if let Some(known) = etag.as_ref().and_then(|etag| known(&request, etag)) {
        let mut unchanged = HttpResponse::NotModified();
        unchanged.insert_header(ETag(known)).insert_header((header::VARY, "accept-encoding"));
        if !caching.is_empty() {
            unchanged.insert_header((header::CACHE_CONTROL, caching));
        }
        return Ok(ServiceResponse::new(request, unchanged.finish()));
    }
    // A handler that sets `Vary` itself has chosen the form.
    let varies = is_text(kind) && !caching.contains("no-store") && !headers.contains_key(header::VARY);
    let gzipped = (varies && Coding::wanted(&request) == Coding::Gzip).then(|| gzip(&body)).flatten();
    let headers = reply.headers_mut();
    if varies {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if gzipped.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(plain) = etag {
        let etag = if gzipped.is_some() { gzip_tag(&plain) } else { plain };
        headers.insert(header::ETAG, etag.try_into_value()?);
    }
    Ok(ServiceResponse::new(request, reply.set_body(gzipped.unwrap_or(body)).map_into_boxed_body()))
}
