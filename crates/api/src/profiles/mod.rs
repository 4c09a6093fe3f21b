//! `/api/v1/profiles`: user profiles and their pictures.

mod avatar;
mod edit;
mod form;
pub(crate) mod problems;
pub(crate) mod profile;
mod read;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1/profiles")
            .service(read::my_profile)
            .service(read::get_profile)
            .service(edit::create_profile)
            .service(edit::update_profile)
            .service(edit::delete_profile)
            .service(avatar::set_avatar)
            .service(avatar::delete_avatar),
    );
}
