//! `/api/v1/profiles`: user profiles and their pictures.

mod avatar;
mod form;
pub(crate) mod problems;
pub(crate) mod profile;
mod read;
mod write;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1/profiles")
            .service(read::get_my_profile)
            .service(read::get_profile)
            .service(write::create_profile)
            .service(write::update_profile)
            .service(write::delete_profile)
            .service(avatar::set_avatar)
            .service(avatar::delete_avatar),
    );
}
