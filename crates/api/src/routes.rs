use utoipa_actix_web::service_config::ServiceConfig;

use crate::{accounts, administration, catalogue, pages, profiles};

/// Registers the documented routes of every context. Registering a route documents it; there is no other list.
pub fn routes(config: &mut ServiceConfig) {
    accounts::routes(config);
    administration::routes(config);
    profiles::routes(config);
    catalogue::routes(config);
    pages::routes(config);
}
