use std::time::Duration;

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    rt::time::timeout,
};

use super::{behaviour::Behaviour, problem::Problem, problems::AnswerTooSlow};

/// `Retry-After` after a timeout.
const RETRY: Duration = Duration::from_secs(1);

/// Aborts a request that exceeds its timeout. An open unit of work is rolled back, as if the client had disconnected.
pub(crate) async fn timeouts(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let behaviour = Behaviour::of(&request);
    let is_read = request.method() == Method::GET;
    let allowed = if is_read { behaviour.read_timeout } else { behaviour.write_timeout };
    match timeout(allowed, next.call(request)).await {
        Ok(answered) => Ok(answered?.map_into_boxed_body()),
        Err(_) => Err(Problem::from(AnswerTooSlow).retry_after(RETRY).into()),
    }
}
