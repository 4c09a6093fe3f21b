//! Who may keep a reply and for how long (RFC 9111), and the replies that this process keeps itself.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web::{Bytes, Data},
};
use domain::ports::CatalogueChanges;
use moka::sync::Cache;

use super::{compression::Form, conditional, meters::Meters};

/// For what everybody may read: anybody may keep it, and asks before using it again whether it is still good, which is
/// answered 304 without a body.
pub(crate) const PUBLIC: &str = "public, no-cache";

/// What everybody may read, and is answered the same to everybody.
const CATALOGUE: &str = "/api/v1/theater/";
/// The longest address whose reply is kept, in bytes: a longer one is hardly asked for twice.
const MAX_ADDRESS: usize = 512;

/// Finished replies to reads of the catalogue, each good for as long as nothing has changed.
#[derive(Clone)]
pub struct ReplyCache {
    replies: Cache<(Form, Arc<str>), CachedReply>,
    changes: Arc<dyn CatalogueChanges>,
    max_age: Duration,
}

#[derive(Clone)]
struct CachedReply {
    body: Bytes,
    etag: HeaderValue,
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
    /// Stores replies of at most this total in bytes, none for longer than `max_age`: the safety net for change
    /// notifications that got lost.
    #[must_use]
    pub fn new(max_bytes: u64, max_age: Duration, changes: Arc<dyn CatalogueChanges>) -> Self {
        let size = |(_, address): &(Form, Arc<str>), cached: &CachedReply| {
            // What an entry takes besides its bytes.
            u32::try_from(address.len() + cached.body.len() + 256).unwrap_or(u32::MAX)
        };
        let replies = Cache::builder().max_capacity(max_bytes).weigher(size).build();
        Self { replies, changes, max_age }
    }

    /// How many bytes it holds, and in how many replies.
    #[must_use]
    pub fn size(&self) -> (u64, u64) {
        (self.replies.weighted_size(), self.replies.entry_count())
    }

    fn get(&self, key: &(Form, Arc<str>)) -> Option<CachedReply> {
        let cached = self.replies.get(key)?;
        let is_good =
            cached.generation == self.changes.generation() && cached.made_at.elapsed() < self.max_age;
        is_good.then_some(cached)
    }
}

impl CachedReply {
    fn reply_to(self, headers: &HeaderMap) -> HttpResponse {
        revalidated(headers, "application/json", &self.etag, self.body, self.is_gzipped)
    }
}

/// A public reply in the form that the caller can read: 304 where the caller has it already, else the body.
pub(crate) fn revalidated(
    headers: &HeaderMap,
    content_type: &str,
    etag: &HeaderValue,
    body: Bytes,
    is_gzipped: bool,
) -> HttpResponse {
    let known = conditional::known(headers, etag);
    let mut reply = if known.is_some() { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply
        .insert_header((header::ETAG, known.clone().unwrap_or_else(|| etag.clone())))
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

/// Answers reads of the catalogue from the cache, and keeps what it has to ask for. A caller who sends
/// `Cache-Control: no-cache` (RFC 9111, 5.2.1.4) gets a new reply.
pub(crate) async fn replies(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(cache) = request.app_data::<Data<ReplyCache>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if request.method() != Method::GET || !address.starts_with(CATALOGUE) || address.len() > MAX_ADDRESS {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let key = (Form::wanted(request.headers()), Arc::from(address));
    let cached = if wants_anew(&request) { None } else { cache.get(&key) };
    if let Some(meters) = request.app_data::<Rc<Meters>>() {
        let outcome = if cached.is_some() { &meters.cache_hits } else { &meters.cache_misses };
        outcome.increment(1);
    }
    if let Some(cached) = cached {
        let reply = cached.reply_to(request.headers());
        return Ok(request.into_response(reply));
    }
    // Before anything is read: what is kept may be newer than this, never older.
    let generation = cache.changes.generation();
    let response = next.call(request).await?.map_into_boxed_body();
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (request, reply) = response.into_parts();
    let (reply, body) = reply.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, reply.set_body(body))),
    };
    if let Some(etag) = reply.headers().get(header::ETAG).cloned() {
        let is_gzipped = reply.headers().contains_key(header::CONTENT_ENCODING);
        let cached =
            CachedReply { body: body.clone(), etag, is_gzipped, generation, made_at: Instant::now() };
        cache.replies.insert(key, cached);
    }
    Ok(ServiceResponse::new(request, reply.set_body(body).map_into_boxed_body()))
}

fn wants_anew(request: &ServiceRequest) -> bool {
    let directive = request.headers().get(header::CACHE_CONTROL);
    let directive = directive.and_then(|value| value.to_str().ok());
    directive.is_some_and(|value| {
        value.split(',').any(|one| matches!(one.trim(), "no-cache" | "no-store" | "max-age=0"))
    })
}
