//! The page that an activation email links to. Opening it shows a form and changes nothing, so a mail scanner that follows
//! links uses up no token; only sending the form does.

use actix_web::{HttpResponse, Resource, ResponseError as _, http::StatusCode, web::Data};
use application::accounts::{ActivateError, Activated, activate};
use deserr::Deserr;
use minijinja::context;

use super::{
    html::{customer_page, form_page, outcome},
    link_request::RequestedLink,
};
use crate::{
    accounts::activate::Activation,
    http::{Client, Field, Form, HandlerResult, Invalid, Problem, Query},
    services::Services,
};

/// The page: GET shows it, POST sends its form.
pub(crate) fn page_service() -> Resource {
    form_page("/activate").get(show).post(send)
}

/// The query of a link. Whether it is valid shows when the form is sent.
#[derive(Debug, Deserr)]
#[deserr(error = Invalid)]
pub(crate) struct Link {
    #[deserr(default)]
    pub(super) email: Option<Field<String>>,
    #[deserr(default)]
    pub(super) token: Option<Field<String>>,
}

async fn show(services: Data<Services>, link: Result<Query<Link>, Problem>) -> HttpResponse {
    form_of_link(&services, link, "activation.html", RequestedLink::Activation)
}

/// A form with the values of the link as hidden fields.
pub(super) fn form_of_link(
    services: &Services,
    link: Result<Query<Link>, Problem>,
    template: &str,
    another: RequestedLink,
) -> HttpResponse {
    let Ok(Query(Link { email: Some(email), token: Some(token) })) = link else {
        let advice = "Open the link of the email once more, or request another one.";
        let next = Some(another.next());
        return outcome(services, StatusCode::BAD_REQUEST, "This link is not complete.", advice, next);
    };
    customer_page(services, StatusCode::OK, template, context! { email => email.0, token => token.0 })
}

async fn send(
    services: Data<Services>,
    client: Client,
    form: Result<Form<Activation>, Problem>,
) -> HandlerResult {
    let invalid = || {
        let advice = "The link works once and for a limited time. If you have logged in before, all is well.";
        let next = Some(RequestedLink::Activation.next());
        outcome(&services, StatusCode::BAD_REQUEST, "Invalid or expired activation token.", advice, next)
    };
    let form = match form {
        Ok(form) => form.0,
        Err(problem) if problem.status_code() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
        Err(_) => return Ok(invalid()),
    };
    let (email, token) = (form.email.0.clone(), form.token.0.clone());
    match activate(&services.accounts, form.command(client)).await {
        Ok(Activated { has_password }) => {
            let (advice, next) = if has_password {
                ("You can log in now with the password that you chose.", None)
            } else {
                let advice = "The address was registered several times, so the account has no password yet.";
                (advice, Some(RequestedLink::PasswordReset.next()))
            };
            Ok(outcome(&services, StatusCode::OK, "User account activated successfully.", advice, next))
        }
        Err(ActivateError::AlreadyActive) => {
            let advice = "You can log in with the password that you chose.";
            Ok(outcome(&services, StatusCode::BAD_REQUEST, "User account is already active.", advice, None))
        }
        Err(ActivateError::InvalidToken) => Ok(invalid()),
        Err(error @ ActivateError::ConfirmPassword) => {
            let values = context! {
                asks_password => true,
                error => error.to_string(),
                email => email.as_str(),
                token => token.expose(),
            };
            Ok(customer_page(&services, StatusCode::BAD_REQUEST, "activation.html", values))
        }
        Err(error) => Err(error.into()),
    }
}
