//! Pages that request another link, for customers whose link is expired or used.

use actix_web::{
    HttpResponse, Resource, ResponseError as _,
    http::{StatusCode, header},
    web::Data,
};
use application::accounts::{EmailRequestError, request_activation, request_password_reset};
use deserr::Deserr;
use domain::accounts::Email;
use minijinja::context;

use super::html::{NextStep, customer_page, form_page, outcome};
use crate::{
    http::{Client, Field, Form, HandlerResult, Invalid, Problem},
    services::Services,
};

/// The link that a page requests.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RequestedLink {
    Activation,
    PasswordReset,
}

impl RequestedLink {
    const fn path(self) -> &'static str {
        match self {
            Self::Activation => "/activate/request",
            Self::PasswordReset => "/reset-password/request",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Activation => "Request another activation link",
            Self::PasswordReset => "Request a new password",
        }
    }

    /// The way from an outcome to this page.
    pub(super) const fn next(self) -> NextStep {
        NextStep { path: self.path(), label: self.title() }
    }

    /// The page: GET shows its form, POST sends it.
    pub(crate) fn page_service(self) -> Resource {
        let show = move |services: Data<Services>| async move { self.form(&services, StatusCode::OK, None) };
        let send =
            move |services: Data<Services>, client: Client, form: Result<Form<LinkRequestForm>, Problem>| {
                self.send(services, client, form)
            };
        form_page(self.path()).get(show).post(send)
    }

    fn form(self, services: &Services, status: StatusCode, error: Option<&str>) -> HttpResponse {
        let text = "We send a link to this address if it has an account. It works for a limited time.";
        let values = context! { title => self.title(), path => self.path(), text, error };
        customer_page(services, status, "link_request.html", values)
    }

    async fn send(
        self,
        services: Data<Services>,
        client: Client,
        form: Result<Form<LinkRequestForm>, Problem>,
    ) -> HandlerResult {
        let email = match form {
            Ok(Form(LinkRequestForm { email })) => email.0,
            Err(problem) if problem.status_code() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
            Err(problem) => {
                let errors: Vec<_> = problem.errors().iter().map(|error| &*error.detail).collect();
                return Ok(self.form(&services, StatusCode::UNPROCESSABLE_ENTITY, Some(&errors.join(" "))));
            }
        };
        let requested = match self {
            Self::Activation => request_activation(&services.accounts, email, client.0).await,
            Self::PasswordReset => request_password_reset(&services.accounts, email, client.0).await,
        };
        match requested {
            Ok(()) => {
                let advice = "If you are registered, you will receive an email with instructions.";
                Ok(outcome(&services, StatusCode::OK, "Look into your mailbox", advice, None))
            }
            Err(EmailRequestError::TooMany(refused)) => {
                let title = "Too many requests";
                let advice =
                    "There were too many requests for this address or from your network. Try again later.";
                let mut page = outcome(&services, StatusCode::TOO_MANY_REQUESTS, title, advice, None);
                page.headers_mut().insert(header::RETRY_AFTER, refused.retry_after.as_secs().max(1).into());
                Ok(page)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The form of the page.
#[derive(Debug, Deserr)]
#[deserr(error = Invalid)]
pub(crate) struct LinkRequestForm {
    email: Field<Email>,
}
