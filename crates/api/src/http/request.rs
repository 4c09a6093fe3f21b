//! The outermost middleware: request ids, problem details, security headers, logs, metrics and traces.

use std::{borrow::Cow, fmt::Write, rc::Rc, str::FromStr, sync::atomic::Ordering, time::Instant};

use ::tracing::{Instrument, Span, error, info, warn};
use actix_cors::CorsError;
use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ResponseHead, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        ConnectionType, Method, StatusCode, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
        uri::PathAndQuery,
    },
    middleware::Next,
    web::Data,
};
use application::accounts::Caller;
use metrics::SharedString;

use super::{
    behaviour::Behaviour, meters::Meters, problem::Problem, problems::CorsRefused, route_table::RouteTable,
    sliced::sliced, tracing,
};
use crate::services::Services;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Path prefix of administration, and the one of the original service.
const ADMIN: &str = "/api/v1/admin/";
const OLD_ADMIN: &str = "/api/v1/accounts/admin/";

/// Path prefix of Swagger UI, which loads its own scripts and styles and calls this service.
const DOCS: &str = "/docs/";
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Content security policy of responses that are not pages.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Assigns an id to the request, converts errors to problem details, and logs, measures and traces the request once it is
/// answered.
pub(crate) async fn context(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let mut request = request;
    let id = request_id(&request);
    let (method, path) = (request.method().clone(), request.path().to_owned());
    normalise(&mut request);
    let route = route(request.request());
    let span = tracing::span(&request, &route, &id);
    let exchange = Exchange { started, id, method, path, route, span };
    let behaviour = Behaviour::of(&request);
    let meters: Option<&Rc<Meters>> = request.app_data();
    let meters = meters.cloned().unwrap_or_else(|| Rc::new(Meters::new()));
    let in_flight = InFlight::enter(&meters);
    // No other handle to the request may be held here, because routing needs exclusive access.
    let answered = next.call(request).instrument(exchange.span.clone()).await;
    drop(in_flight);
    let response = match answered {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => {
            // The request is consumed; headers that inner middleware set are in the response that the error builds.
            let replaced = error.error_response();
            let problem = problem_of_error(&error, replaced.status());
            let mut reply = exchange.reply(&problem, replaced.headers());
            exchange.finish(reply.head_mut(), &behaviour);
            exchange.log(&meters, reply.status(), None, problem.reason());
            return Err(InternalError::from_response(problem, reply).into());
        }
    };
    let problem = problem_of(&response);
    let mut response = match &problem {
        Some(problem) => {
            let reply = exchange.reply(problem, response.headers());
            ServiceResponse::new(response.into_parts().0, reply)
        }
        None => response,
    };
    exchange.finish(response.response_mut().head_mut(), &behaviour);
    let user = response.request().extensions().get::<Rc<Caller>>().map(|caller| caller.user.id.0);
    exchange.log(&meters, response.status(), user, problem.as_ref().and_then(Problem::reason));
    Ok(response.map_body(|_, body| sliced(body, behaviour.response_timeout, &exchange.id)))
}

/// A request and its response.
struct Exchange {
    started: Instant,
    id: String,
    method: Method,
    /// Path as the client sent it.
    path: String,
    /// Path template of the documentation.
    route: SharedString,
    span: Span,
}

impl Exchange {
    /// Builds the response of a problem that replaces another response, and copies the CORS headers of that one.
    fn reply(&self, problem: &Problem, replaced: &HeaderMap) -> HttpResponse {
        let mut reply = problem.reply(&self.path, &self.id);
        for name in [header::ACCESS_CONTROL_ALLOW_ORIGIN, header::ACCESS_CONTROL_EXPOSE_HEADERS, header::VARY]
        {
            if let Some(value) = replaced.get(&name) {
                reply.headers_mut().insert(name, value.clone());
            }
        }
        reply
    }

    /// Sets the headers that every response has. A page with a policy of its own has set it already.
    fn finish(&self, head: &mut ResponseHead, behaviour: &Behaviour) {
        if behaviour.stopping.load(Ordering::Relaxed) {
            head.set_connection_type(ConnectionType::Close);
        }
        let headers = head.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        for (name, value) in [
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CONTENT_SECURITY_POLICY, if self.path.starts_with(DOCS) { DOCS_POLICY } else { POLICY }),
        ] {
            if !headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        if behaviour.is_https {
            // One year in seconds (RFC 6797).
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
    }

    fn log(&self, meters: &Meters, status: StatusCode, user: Option<i64>, reason: Option<&str>) {
        let Self { started, id: request_id, method, path, route, span } = self;
        let elapsed = started.elapsed();
        tracing::record(span, status);
        meters.duration(method, route, status).record(elapsed);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            meters.faults.increment(1);
        }
        // Milliseconds, rounded to hundredths.
        let duration_ms = (elapsed.as_secs_f64() * 100_000.0).round() / 100.0;
        let (status, route) = (status.as_u16(), &**route);
        match status {
            500 => error!(request_id, %method, path, route, status, user, duration_ms, reason, "request"),
            501.. => warn!(request_id, %method, path, route, status, user, duration_ms, reason, "request"),
            _ => info!(request_id, %method, path, route, status, user, duration_ms, "request"),
        }
    }
}

/// Counts a request while it is in flight, even if its client disconnects.
struct InFlight<'a>(&'a Meters);

impl<'a> InFlight<'a> {
    fn enter(meters: &'a Meters) -> Self {
        meters.in_flight.increment(1);
        Self(meters)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.decrement(1);
    }
}

/// Returns the path template of a request, with parameter names in place of values.
fn route(request: &HttpRequest) -> SharedString {
    let table: Option<&Data<RouteTable>> = request.app_data();
    match table.and_then(|table| table.template(request.path())) {
        Some(template) => template.into(),
        None => request.match_pattern().map_or(SharedString::const_str("other"), Into::into),
    }
}

/// Returns the client's request id if it is valid, else a new one.
fn request_id(request: &ServiceRequest) -> String {
    let is_valid = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(is_valid);
    given.map_or_else(|| new_id(request), str::to_owned)
}

fn new_id(request: &ServiceRequest) -> String {
    let services: Option<&Data<Services>> = request.app_data();
    let bits = services.map(|services| services.randomness.bits128()).unwrap_or_default();
    bits.iter().fold(String::with_capacity(32), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// Removes a trailing slash from the path, and routes HEAD as GET (the server omits the body).
fn normalise(request: &mut ServiceRequest) {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let path = request.path();
    let canonical = canonical_path(path);
    if canonical == path {
        return;
    }
    let query = request.query_string();
    let target = if query.is_empty() { canonical.into_owned() } else { format!("{canonical}?{query}") };
    let mut parts = request.head().uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::from_str(&target).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// Returns the documented path: without a trailing slash, and with the current prefix of administration in place of the one
/// that clients of the original service use.
fn canonical_path(path: &str) -> Cow<'_, str> {
    // Swagger UI loads its files relative to the trailing slash.
    let needs_slash = path == "/" || path.starts_with("/docs/");
    let short = path.strip_suffix('/').filter(|_| !needs_slash).unwrap_or(path);
    match short.strip_prefix(OLD_ADMIN) {
        Some(rest) => Cow::Owned(format!("{ADMIN}{rest}")),
        None => Cow::Borrowed(short),
    }
}

/// Returns the problem of a response: one of ours, or the one for a bare error status of the web server.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    match response.response().error() {
        Some(error) => Some(problem_of_error(error, status)),
        None if status.is_client_error() || status.is_server_error() => {
            let has_body = response.headers().contains_key(header::CONTENT_TYPE);
            (!has_body).then(|| Problem::of_status(status))
        }
        None => None,
    }
}

fn problem_of_error(error: &Error, status: StatusCode) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    match error.as_error::<CorsError>() {
        Some(error) => Problem::from(CorsRefused).with_detail(format!("{error}.")),
        None => Problem::of_status(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trailing_slash_is_removed_where_it_has_no_meaning() {
        assert_eq!(canonical_path("/api/v1/theater/movies/"), "/api/v1/theater/movies");
        for path in ["/", "/docs/", "/docs/x/", "/health/live"] {
            assert_eq!(canonical_path(path), path);
        }
        assert_eq!(canonical_path("/health/live//"), "/health/live/");
    }
}
