//! The page that an activation mail links to. Opening it shows a form and changes nothing, so a mail scanner that
//! follows links uses up no token; only sending the form does.

use actix_web::{
    HttpResponse, Resource, ResponseError as _,
    http::StatusCode,
    web::{self, Data},
};
use application::accounts::{ActivateError, Activated, activate};
use deserr::Deserr;
use minijinja::context;

use super::html::{outcome, page};
use crate::{
    accounts::activate::Body,
    http::{body::Form, field::Field, invalid::Invalid, origin::Client, parameters::Query, problem::Problem},
    services::Services,
};

/// The page: GET shows it, POST sends its form.
pub(crate) fn page_service() -> Resource {
    web::resource("/activate")
        .get(show)
        .post(send)
        .default_service(web::to(|| async { Err::<&str, _>(Problem::method_not_allowed("GET, POST, HEAD")) }))
}

/// What the link carries. Whether it is any good shows when the form is sent.
#[derive(Debug, Deserr)]
#[deserr(error = Invalid)]
pub(crate) struct Link {
    #[deserr(default)]
    pub(super) email: Option<Field<String>>,
    #[deserr(default)]
    pub(super) token: Option<Field<String>>,
}

async fn show(link: Result<Query<Link>, Problem>) -> HttpResponse {
    form_of_link(link, "activation.html")
}

/// A form that takes along what the link carries.
pub(super) fn form_of_link(link: Result<Query<Link>, Problem>, template: &str) -> HttpResponse {
    let Ok(Query(Link { email: Some(email), token: Some(token) })) = link else {
        return outcome(
            StatusCode::BAD_REQUEST,
            "This link is not complete.",
            "Open the link of the letter once more.",
        );
    };
    page(StatusCode::OK, template, context! { email => email.0, token => token.0 })
}

async fn send(
    services: Data<Services>,
    client: Client,
    form: Result<Form<Body>, Problem>,
) -> Result<HttpResponse, Problem> {
    let invalid = || {
        let advice = "It works once and only for a while. If you have signed in before, all is well.";
        outcome(StatusCode::BAD_REQUEST, "Invalid or expired activation token.", advice)
    };
    let form = match form {
        Ok(form) => form,
        Err(problem) if problem.status_code() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
        Err(_) => return Ok(invalid()),
    };
    match activate(&services.accounts, form.0.command(client)).await {
        Ok(Activated { has_password }) => {
            let advice = if has_password {
                "You can sign in now with the password that you chose."
            } else {
                "It was registered several times, so it has no password yet: ask for a new one, and then sign in."
            };
            Ok(outcome(StatusCode::OK, "User account activated successfully.", advice))
        }
        Err(ActivateError::AlreadyActive) => {
            let advice = "You can sign in with the password that you chose.";
            Ok(outcome(StatusCode::BAD_REQUEST, "User account is already active.", advice))
        }
        Err(ActivateError::InvalidToken) => Ok(invalid()),
        Err(error @ ActivateError::Store(_)) => Err(error.into()),
    }
}
