use std::{cell::RefCell, collections::HashMap};

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, SharedString, counter, gauge, histogram};

/// Metrics of one worker thread. Each meter is looked up once, because a look-up per request would take longer than a
/// response from the cache.
pub(crate) struct Meters {
    pub(super) in_flight: Gauge,
    pub(super) faults: Counter,
    pub(super) cache_hits: Counter,
    pub(super) cache_misses: Counter,
    durations: RefCell<HashMap<(SharedString, &'static str, u16), Histogram>>,
}

impl Meters {
    /// Creates meters of the recorder that is installed now.
    pub(crate) fn new() -> Self {
        let cache = |outcome| counter!("theater_reply_cache_requests_total", "outcome" => outcome);
        Self {
            in_flight: gauge!("theater_http_requests_in_flight"),
            faults: counter!("theater_faults_total"),
            cache_hits: cache("hit"),
            cache_misses: cache("miss"),
            durations: RefCell::default(),
        }
    }

    /// Returns the histogram of the durations of requests with these labels. The number of label sets is bounded: routes are
    /// documented templates, and all other paths share one.
    pub(super) fn duration(&self, method: &Method, route: &SharedString, status: StatusCode) -> Histogram {
        let (method, number) = (method_label(method), status.as_u16());
        let mut durations = self.durations.borrow_mut();
        let duration = durations.entry((route.clone(), method, number)).or_insert_with(|| {
            histogram!(
                "theater_http_request_duration_seconds",
                "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned(),
            )
        });
        duration.clone()
    }
}

/// Returns the label of a method; all unknown methods share one.
pub(super) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
