//! Checks that a request passes before its handler is called.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{
    auth::identify,
    invalid::{Invalid, RequestPart},
    parameters,
    problem::Problem,
    problems::{InternalError, UnknownPath},
    route_table::{Access, Found, RouteTable},
};
use crate::services::Services;

/// Path prefix of the documented API.
const API: &str = "/api/";

/// Calls the handler of a request if the route exists, the caller is authenticated or the route is public, and the route
/// takes a query or none is given.
pub(crate) async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match check(&request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let (Some(table), Some(services)) =
        (request.app_data::<Data<RouteTable>>(), request.app_data::<Data<Services>>())
    else {
        return Err(InternalError.into());
    };
    // The path as the router reads it, so that a percent-encoded character cannot bypass the check.
    let path = request.match_info().as_str();
    match table.find(request.method(), path) {
        Found::Route { access, takes_query } => {
            if access == Access::Bearer {
                identify(request, services).await?;
            }
            if takes_query { Ok(()) } else { refuse_query(request.query_string()) }
        }
        Found::OtherMethods(allowed) => Err(Problem::method_not_allowed(&allowed)),
        // Pages are not part of the documented API.
        Found::Nothing if !path.starts_with(API) => Ok(()),
        Found::Nothing => Err(UnknownPath.into()),
    }
}

/// Refuses any query parameter, for a route that has none.
fn refuse_query(query: &str) -> Result<(), Problem> {
    let names = parameters::map(query.as_bytes());
    if names.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(Invalid::unknown_fields(names.keys()), RequestPart::Query))
    }
}
