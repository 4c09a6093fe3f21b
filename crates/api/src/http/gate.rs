//! Who and what gets through to a handler.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{
    auth::identify,
    invalid::{Invalid, Place},
    parameters,
    problem::Problem,
    route_table::{Access, Found, RouteTable},
};
use crate::services::Services;

/// Everything below it is the documented API.
const API: &str = "/api/";

/// Lets a request through to its handler if there is one, and if it needs no token or brings a good one.
pub(crate) async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&request).await {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn admit(request: &ServiceRequest) -> Result<(), Problem> {
    let (Some(table), Some(services)) =
        (request.app_data::<Data<RouteTable>>(), request.app_data::<Data<Services>>())
    else {
        return Err(Problem::internal());
    };
    // The path as the router reads it: an escaped letter must not lead around the gate.
    let path = request.match_info().as_str();
    match table.find(request.method(), path) {
        Found::Route { access, takes_query } => {
            if access == Access::Bearer {
                identify(request, services).await?;
            }
            if takes_query { Ok(()) } else { refuse_query(request.query_string()) }
        }
        Found::OtherMethods(allowed) => Err(Problem::method_not_allowed(&allowed)),
        // Pages are no part of the documented API.
        Found::Nothing if !path.starts_with(API) => Ok(()),
        Found::Nothing => Err(Problem::unknown_path()),
    }
}

/// Refuses the parameters of a query where none is known.
fn refuse_query(query: &str) -> Result<(), Problem> {
    let names = parameters::map(query.as_bytes());
    if names.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(Invalid::unknown_fields(names.keys()), Place::Query))
    }
}
