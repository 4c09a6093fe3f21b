use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{accounts, administration, catalogue, pages, profiles};

/// Every documented route. Registering one here documents it, and there is no other list.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            scope("/api/v1/accounts")
                .service(accounts::register::register)
                .service(accounts::activate::activate)
                .service(accounts::login::login)
                .service(accounts::login::token)
                .service(accounts::refresh::refresh)
                .service(accounts::logout::logout)
                .service(accounts::me::me)
                .service(accounts::requests::resend_activation)
                .service(accounts::requests::request_password_reset)
                .service(accounts::passwords::reset_password)
                .service(accounts::passwords::change_password)
                .service(accounts::sessions::logout_all)
                .service(accounts::sessions::list_sessions)
                .service(accounts::sessions::end_session),
        )
        .service(
            scope("/api/v1/admin")
                .service(administration::users::list_users)
                .service(administration::users::get_user)
                .service(administration::activation::activate_user)
                .service(administration::activation::deactivate_user)
                .service(administration::change_group::change_group)
                .service(administration::sessions::end_user_sessions),
        )
        .service(
            scope("/api/v1/profiles")
                .service(profiles::read::my_profile)
                .service(profiles::read::get_profile)
                .service(profiles::edit::create_profile)
                .service(profiles::edit::edit_profile)
                .service(profiles::edit::delete_profile)
                .service(profiles::avatar::set_avatar)
                .service(profiles::avatar::delete_avatar),
        )
        .service(
            scope("/api/v1/theater")
                .service(catalogue::list_movies::list_movies)
                .service(catalogue::get_movie::get_movie)
                .service(catalogue::add_movie::add_movie)
                .service(catalogue::edit_movie::edit_movie)
                .service(catalogue::delete_movie::delete_movie),
        )
        .service(pages::health::live)
        .service(pages::health::ready);
}
