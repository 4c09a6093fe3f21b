//! A span for each request, for trace collectors. The names follow OpenTelemetry's semantic conventions for HTTP.

use actix_web::{
    dev::ServiceRequest,
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName},
    },
};
use opentelemetry::{global, propagation::Extractor};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::meters::method_label;

/// Target of collected spans; without a collector they are disabled.
const TARGET: &str = "theater_trace";

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Creates the span of a request, as part of the caller's trace if the request has one (W3C Trace Context).
pub(super) fn span(request: &ServiceRequest, route: &str, request_id: &str) -> Span {
    let method = method_label(request.method());
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        otel.name = format!("{method} {route}"),
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = request.path(),
        request_id,
    );
    if !span.is_disabled() {
        let headers = Headers(request.headers());
        let parent = global::get_text_map_propagator(|propagator| propagator.extract(&headers));
        // Fails without a collector, where the parent does not matter.
        let _ = span.set_parent(parent);
    }
    span
}

/// Records the status of the response.
pub(super) fn record(span: &Span, status: StatusCode) {
    if !span.is_disabled() {
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
    }
}
