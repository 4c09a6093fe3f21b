use std::sync::atomic::Ordering;

use actix_web::{HttpResponse, get, http::header, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    documentation::{problems, values},
    http::Behaviour,
    services::{DependencyState, Services},
};

/// Health of the service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, `unavailable`, or `stopping` during shutdown.
    #[schema(value_type = values::ServiceStatus)]
    status: &'static str,
    /// Dependencies with their states.
    components: Vec<DependencyHealth>,
}

/// Health of a dependency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DependencyHealth {
    /// Name of the dependency, such as `database`.
    name: &'static str,
    /// `ok` or `unavailable`.
    #[schema(value_type = values::DependencyStatus)]
    status: &'static str,
    /// Duration of the last check in milliseconds.
    #[schema(minimum = 0)]
    latency_ms: u64,
}

fn word(good: bool) -> &'static str {
    if good { "ok" } else { "unavailable" }
}

/// Get the liveness of the process
///
/// Returns 200 as long as the process runs, independently of its dependencies.
#[utoipa::path(
    operation_id = "health_live",
    responses(
        (status = 200, description = "The process is up.", body = Health,
            example = json!({"status": "ok", "components": []})),
        problems::NotModified, problems::UnexpectedQuery,
    ),
    security(()),
)]
#[get("/health/live")]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: word(true), components: Vec::new() })
}

/// Get the readiness of the service
///
/// Returns the state of every dependency, each checked at most once in 5 seconds. The service needs its database. It is
/// ready without the others: without the mail server, emails are queued; without Redis, each process counts rate limits by
/// itself; without the object store, only pictures are unavailable. A service that is shutting down is not ready.
#[utoipa::path(
    operation_id = "health_ready",
    responses(
        (status = 200, description = "The service is ready.", body = Health,
            example = json!({"status": "ok", "components": [
                {"name": "database", "status": "ok", "latency_ms": 1},
                {"name": "redis", "status": "unavailable", "latency_ms": 2000}]})),
        problems::NotModified, problems::UnexpectedQuery, problems::Always,
        (status = 503, description = "The service is not ready.", body = Health,
            headers(("Retry-After" = String, description = "Time to wait before the next request, in seconds.")),
            example = json!({"status": "unavailable", "components": [
                {"name": "database", "status": "unavailable", "latency_ms": 2000}]})),
    ),
    security(()),
)]
#[get("/health/ready")]
pub(crate) async fn ready(services: Data<Services>, behaviour: Data<Behaviour>) -> HttpResponse {
    let states = services.dependencies.check().await;
    let serves = states.iter().all(|state| state.is_good() || !state.is_needed);
    let components = states.iter().map(DependencyHealth::of).collect();
    let stopping = behaviour.stopping.load(Ordering::Relaxed);
    let body = Health { status: if stopping { "stopping" } else { word(serves) }, components };
    let mut reply = if serves && !stopping {
        HttpResponse::Ok()
    } else {
        let mut reply = HttpResponse::ServiceUnavailable();
        reply.insert_header((header::RETRY_AFTER, "2"));
        reply
    };
    // A cached state would be out of date.
    reply.insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

impl DependencyHealth {
    fn of(state: &DependencyState) -> Self {
        let latency_ms = u64::try_from(state.latency.as_millis()).unwrap_or(u64::MAX);
        Self { name: state.name, status: word(state.is_good()), latency_ms }
    }
}
