use std::time::Duration;

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use futures::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{documentation::problems, http::reply, services::Services};

/// How long a neighbour may take to answer.
const DEADLINE: Duration = Duration::from_secs(2);

/// Whether the service works.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct Health {
    /// `ok` or `unavailable`.
    #[schema(pattern = "^(ok|unavailable)$")]
    status: &'static str,
    /// Each neighbour and its state.
    components: Vec<Component>,
}

/// A neighbour of the service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Component {
    /// What it is.
    name: &'static str,
    /// `ok` or `unavailable`.
    #[schema(pattern = "^(ok|unavailable)$")]
    status: &'static str,
}

fn word(good: bool) -> &'static str {
    if good { "ok" } else { "unavailable" }
}

/// Tell that the process is up
///
/// Answers as long as the process runs, whatever its neighbours do.
#[utoipa::path(
    operation_id = "health_live",
    tag = "System",
    responses(
        (status = 200, description = "The process is up.", body = Health,
            example = json!({"status": "ok", "components": []})),
        problems::NotModified, problems::NoQuery,
    ),
    security(()),
)]
#[get("/health/live")]
pub(crate) async fn live() -> HttpResponse {
    reply::json(StatusCode::OK, &Health { status: word(true), components: Vec::new() })
}

/// Tell whether the service can serve
///
/// Asks every neighbour. One that the service can do without may be away: Redis, which shares rate limits.
#[utoipa::path(
    operation_id = "health_ready",
    tag = "System",
    responses(
        (status = 200, description = "The service can serve.", body = Health,
            example = json!({"status": "ok", "components": [
                {"name": "database", "status": "ok"}, {"name": "redis", "status": "unavailable"}]})),
        problems::NotModified,
        problems::NoQuery,
        problems::Always,
        (status = 503, description = "The service cannot serve.", body = Health,
            headers(("Retry-After" = String, description = "When to ask again, in seconds.")),
            example = json!({"status": "unavailable", "components": [{"name": "database", "status": "unavailable"}]})),
    ),
    security(()),
)]
#[get("/health/ready")]
pub(crate) async fn ready(services: Data<Services>) -> HttpResponse {
    let asked = join_all(services.probes.iter().map(|probe| async {
        let answer = actix_web::rt::time::timeout(DEADLINE, probe.check()).await;
        let result = answer.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        if let Err(reason) = &result {
            let needed = probe.is_needed();
            tracing::warn!(component = probe.name(), needed, reason, "a neighbour is away");
        }
        let good = result.is_ok();
        (Component { name: probe.name(), status: word(good) }, good || !probe.is_needed())
    }))
    .await;
    let good = asked.iter().all(|(_, serves)| *serves);
    let components = asked.into_iter().map(|(component, _)| component).collect();
    let body = Health { status: word(good), components };
    if good {
        return reply::json(StatusCode::OK, &body);
    }
    HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).json(body)
}
