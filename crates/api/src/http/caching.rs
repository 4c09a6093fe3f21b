//! Cacheability of responses (RFC 9111), and the cache of responses in this process.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, CacheControl, CacheDirective, ETag, EntityTag, Header as _, HeaderValue},
    },
    middleware::Next,
    web::{Bytes, Data},
};
use domain::catalogue::CatalogueChanges;
use moka::sync::Cache;
use serde::Serialize;

use super::{
    compression::Coding,
    conditional::{known, own_tag},
    meters::Meters,
};

/// Any cache may store the response but must revalidate it before each reuse. The response to a successful revalidation is
/// 304 without a body.
const PUBLIC: &str = "public, no-cache";

/// Maximum length of a cached request target (path and query) in bytes; a longer one is rarely requested twice.
const MAX_TARGET_BYTES: usize = 512;

/// Marks a response that is the same for every caller.
#[derive(Clone, Copy, Debug)]
struct Shared;

/// Builds a JSON response that is the same for every caller and changes only with the catalogue. [`replies`] caches no other
/// response, so a handler must not call this if its response depends on the caller.
pub(crate) fn shared(body: &impl Serialize) -> HttpResponse {
    let mut reply = HttpResponse::Ok().insert_header((header::CACHE_CONTROL, PUBLIC)).json(body);
    reply.extensions_mut().insert(Shared);
    reply
}

/// Builds a JSON response that only the caller's cache may store, and must revalidate before each reuse.
pub(crate) fn private(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "private, no-cache")).json(body)
}

/// Cache of shared responses. A response is valid until the catalogue changes.
#[derive(Clone)]
pub struct ReplyCache {
    replies: Cache<(Coding, Arc<str>), CachedReply>,
    changes: Arc<dyn CatalogueChanges>,
    max_age: Duration,
}

#[derive(Clone)]
struct CachedReply {
    body: Bytes,
    etag: EntityTag,
    link: Option<HeaderValue>,
    is_gzipped: bool,
    generation: u64,
    made_at: Instant,
}

impl std::fmt::Debug for ReplyCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplyCache").field("replies", &self.replies.entry_count()).finish_non_exhaustive()
    }
}

impl ReplyCache {
    /// Creates a cache of at most `max_bytes` in total. `max_age` bounds how long a response is stale if a change
    /// notification is lost.
    #[must_use]
    pub fn new(max_bytes: u64, max_age: Duration, changes: Arc<dyn CatalogueChanges>) -> Self {
        let size = |(_, target): &(Coding, Arc<str>), cached: &CachedReply| {
            // 256 bytes for the overhead of an entry.
            u32::try_from(target.len() + cached.body.len() + 256).unwrap_or(u32::MAX)
        };
        let replies = Cache::builder().max_capacity(max_bytes).weigher(size).build();
        Self { replies, changes, max_age }
    }

    /// Returns the size in bytes and the number of responses.
    #[must_use]
    pub fn size(&self) -> (u64, u64) {
        (self.replies.weighted_size(), self.replies.entry_count())
    }

    fn get(&self, key: &(Coding, Arc<str>)) -> Option<CachedReply> {
        let cached = self.replies.get(key)?;
        let is_fresh =
            cached.generation == self.changes.generation() && cached.made_at.elapsed() < self.max_age;
        is_fresh.then_some(cached)
    }
}

/// Builds a public response: 304 if the client's validator matches, else the body.
pub(crate) fn revalidated(
    request: &impl HttpMessage,
    content_type: &str,
    etag: &EntityTag,
    body: Bytes,
    is_gzipped: bool,
) -> HttpResponse {
    let known = known(request, etag);
    let mut reply = if known.is_some() { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply
        .insert_header(ETag(known.as_ref().unwrap_or(etag).clone()))
        .insert_header((header::CACHE_CONTROL, PUBLIC))
        .insert_header((header::VARY, "accept-encoding"));
    if known.is_some() {
        return reply.finish();
    }
    if is_gzipped {
        reply.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    reply.content_type(content_type).body(body)
}

/// Answers GET requests from the cache, and caches the responses that their handlers marked as [`shared`]. A request with
/// `Cache-Control: no-cache` (RFC 9111, 5.2.1.4) gets a new response.
pub(crate) async fn replies(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(cache) = request.app_data::<Data<ReplyCache>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    if request.method() != Method::GET || target.len() > MAX_TARGET_BYTES {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let key = (Coding::wanted(&request), Arc::from(target));
    let cached = if bypasses_cache(&request) { None } else { cache.get(&key) };
    let meters = request.app_data::<Rc<Meters>>().cloned();
    if let Some(CachedReply { body, etag, link, is_gzipped, .. }) = cached {
        if let Some(meters) = meters {
            meters.cache_hits.increment(1);
        }
        let mut reply = revalidated(&request, "application/json", &etag, body, is_gzipped);
        if reply.status() == StatusCode::OK
            && let Some(link) = link
        {
            reply.headers_mut().insert(header::LINK, link);
        }
        return Ok(request.into_response(reply));
    }
    // Taken before the handler reads, so that a cached response may be newer than its generation, never older.
    let generation = cache.changes.generation();
    let response = next.call(request).await?.map_into_boxed_body();
    let is_shared = response.response().extensions().contains::<Shared>();
    if response.status() != StatusCode::OK || !is_shared {
        return Ok(response);
    }
    if let Some(meters) = meters {
        meters.cache_misses.increment(1);
    }
    let (request, reply) = response.into_parts();
    let (reply, body) = reply.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, reply.set_body(body))),
    };
    if let Some(etag) = own_tag(reply.headers()) {
        let is_gzipped = reply.headers().contains_key(header::CONTENT_ENCODING);
        let link = reply.headers().get(header::LINK).cloned();
        let (body, made_at) = (body.clone(), Instant::now());
        cache.replies.insert(key, CachedReply { body, etag, link, is_gzipped, generation, made_at });
    }
    Ok(ServiceResponse::new(request, reply.set_body(body).map_into_boxed_body()))
}

fn bypasses_cache(request: &ServiceRequest) -> bool {
    use CacheDirective::{MaxAge, NoCache, NoStore};
    let asks = |directive: &CacheDirective| matches!(directive, NoCache | NoStore | MaxAge(0));
    CacheControl::parse(request).is_ok_and(|directives| directives.iter().any(asks))
}
