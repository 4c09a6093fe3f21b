//! The page that a password reset email links to. Opening it shows a form and changes nothing; only sending it does.

use actix_web::{HttpResponse, Resource, ResponseError as _, http::StatusCode, web::Data};
use application::accounts::{ResetPassword, ResetPasswordError, reset_password};
use deserr::Deserr;
use domain::accounts::{Email, MailedToken, Password};
use minijinja::context;

use super::{
    activation::{Link, form_of_link},
    html::{customer_page, form_page, outcome},
    link_request::RequestedLink,
};
use crate::{
    http::{Client, Field, Form, HandlerResult, Invalid, Problem, Query},
    services::Services,
};

/// The page: GET shows it, POST sends its form.
pub(crate) fn page_service() -> Resource {
    form_page("/reset-password").get(show).post(send)
}

async fn show(services: Data<Services>, link: Result<Query<Link>, Problem>) -> HttpResponse {
    form_of_link(&services, link, "password_reset.html", RequestedLink::PasswordReset)
}

/// The form of the page. Its password is checked by hand, so that a weak one can be corrected without another link.
#[derive(Debug, Deserr)]
#[deserr(error = Invalid)]
pub(crate) struct ResetForm {
    email: Field<Email>,
    token: Field<MailedToken>,
    #[deserr(default)]
    password: Option<Field<String>>,
}

async fn send(
    services: Data<Services>,
    client: Client,
    form: Result<Form<ResetForm>, Problem>,
) -> HandlerResult {
    let invalid = || {
        let advice = "The link works once and for a limited time.";
        let next = Some(RequestedLink::PasswordReset.next());
        outcome(&services, StatusCode::BAD_REQUEST, "Invalid email or token.", advice, next)
    };
    let ResetForm { email, token, password } = match form {
        Ok(form) => form.0,
        Err(problem) if problem.status_code() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
        Err(_) => return Ok(invalid()),
    };
    let (email, token) = (email.0, token.0);
    let password = match Password::parse(password.as_ref().map_or("", |password| &password.0)) {
        Ok(password) => password,
        Err(rules) => {
            let errors: Vec<_> = rules.iter().map(ToString::to_string).collect();
            let values = context! { email => email.as_str(), token => token.expose(), errors };
            return Ok(customer_page(
                &services,
                StatusCode::UNPROCESSABLE_ENTITY,
                "password_reset.html",
                values,
            ));
        }
    };
    match reset_password(&services.accounts, ResetPassword { email, token, password, client: client.0 }).await
    {
        Ok(()) => {
            let advice = "You can log in now with the password that you chose.";
            Ok(outcome(&services, StatusCode::OK, "Password reset successfully.", advice, None))
        }
        Err(ResetPasswordError::InvalidToken) => Ok(invalid()),
        Err(error) => Err(error.into()),
    }
}
