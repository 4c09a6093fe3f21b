//! `/api/v1/accounts`

pub(crate) mod activate;
mod login;
mod logout;
pub(crate) mod me;
mod passwords;
pub(crate) mod problems;
mod refresh;
mod register;
mod requests;
mod sessions;
mod token;
mod token_pair;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1/accounts")
            .service(register::register)
            .service(activate::activate)
            .service(login::login)
            .service(token::token)
            .service(refresh::refresh)
            .service(logout::logout)
            .service(me::get_me)
            .service(requests::resend_activation)
            .service(requests::request_password_reset)
            .service(passwords::reset_password)
            .service(passwords::change_password)
            .service(sessions::logout_all)
            .service(sessions::list_sessions)
            .service(sessions::end_session),
    );
}
