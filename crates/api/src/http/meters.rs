use std::{cell::RefCell, collections::HashMap};

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, SharedString, counter, gauge, histogram};

/// What one thread that answers requests measures. Each meter is looked up once: looking it up for each request would take
/// longer than answering one from memory.
pub(crate) struct Meters {
    pub(super) in_flight: Gauge,
    pub(super) faults: Counter,
    pub(super) cache_hits: Counter,
    pub(super) cache_misses: Counter,
    durations: RefCell<HashMap<(SharedString, &'static str, u16), Histogram>>,
}

impl Meters {
    /// Meters of the recorder that is there now.
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

    /// How long requests of this kind took. The number of kinds is bounded: routes are as documented, and
    /// every other path counts as one.
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

/// The methods that exist; whatever else a caller makes up is counted together.
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
