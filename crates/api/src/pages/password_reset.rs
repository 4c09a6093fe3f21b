//! The page that a password reset mail links to. Opening it shows a form and changes nothing; only sending it does.

use actix_web::{
    HttpResponse, Resource, ResponseError as _,
    http::StatusCode,
    web::{self, Data},
};
use application::accounts::{ResetPasswordError, reset_password};

use super::{
    activation::{Link, form_of_link},
    html::outcome,
};
use crate::{
    accounts::passwords::Reset,
    http::{body::Form, invalid::Place, origin::Client, parameters::Query, problem::Problem},
    services::Services,
};

/// The page: GET shows it, POST sends its form.
pub(crate) fn page_service() -> Resource {
    web::resource("/reset-password")
        .get(show)
        .post(send)
        .default_service(web::to(|| async { Err::<&str, _>(Problem::method_not_allowed("GET, POST, HEAD")) }))
}

async fn show(link: Result<Query<Link>, Problem>) -> HttpResponse {
    form_of_link(link, "password_reset.html")
}

async fn send(
    services: Data<Services>,
    client: Client,
    form: Result<Form<Reset>, Problem>,
) -> Result<HttpResponse, Problem> {
    let form = match form {
        Ok(form) => form,
        Err(problem) if problem.status_code() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
        Err(problem) => {
            let advice = problem.details_of(Place::Form).join(" ");
            return Ok(outcome(StatusCode::UNPROCESSABLE_ENTITY, "This password cannot be taken.", &advice));
        }
    };
    match reset_password(&services.accounts, form.0.command(client)).await {
        Ok(()) => {
            let advice = "You can sign in now with the password that you chose.";
            Ok(outcome(StatusCode::OK, "Password reset successfully.", advice))
        }
        Err(ResetPasswordError::InvalidToken) => {
            let advice = "The link works once and only for a while. Ask for a new one.";
            Ok(outcome(StatusCode::BAD_REQUEST, "Invalid email or token.", advice))
        }
        Err(error) => Err(error.into()),
    }
}
