//! The OpenAPI document: what its routes do not say of themselves.

pub(crate) mod codes;
mod fitted;
pub(crate) mod problems;
pub(crate) mod sets;
mod shared;
pub(crate) mod values;

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt;

use crate::{
    http::{
        invalid::RequestPart,
        problem::{FieldError, ProblemBody},
    },
    routes::routes,
};

/// Path of the token endpoint.
const TOKEN_ENDPOINT: &str = "/api/v1/accounts/token";

/// The document without its paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Movie Theater API",
        description = "The service behind an online cinema: accounts, sessions and a catalogue of movies.\n\n\
            **Try it.** Press *Authorize* and log in with your address and password; every request below is then sent \
            with your access token. In development, `/dev/mailbox` shows the emails the service has sent, and the \
            first start prints an administrator's password.\n\n\
            **Errors** are problem details (RFC 9457) with a stable `code` for programs and a `detail` for people. \
            Input that is not valid answers 422 with everything that is wrong with it at once.\n\n\
            **Caching.** Every JSON reply to a GET carries a strong `ETag`; `If-None-Match` answers 304.\n\n\
            **Requests.** Every reply has an `x-request-id`, by which the logs name the request.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(
        ProblemBody, FieldError, RequestPart, codes::ErrorCode, sets::MovieStatus, sets::UserGroup, sets::Gender, sets::MovieSortBy,
        sets::SortOrder, sets::GrantType, sets::ServiceStatus, sets::DependencyStatus,
        values::Name, values::Overview, values::CountryCode,
    )),
    tags(
        (name = "Accounts", description = "Registering, logging in and staying logged in."),
        (name = "Profiles", description = "The data that users publish about themselves, and their avatars."),
        (name = "Catalogue", description = "Browsing movies and, for moderators, maintaining them."),
        (name = "Administration", description = "Managing accounts, for administrators."),
        (name = "Taxonomies", description = "Genres, actors, countries and languages of movies."),
        (name = "System", description = "Whether the service works."),
    ),
    servers((url = "/", description = "The service that serves this document.")),
    modifiers(&Security),
)]
pub(crate) struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let scopes = Scopes::new();
        let password = Flow::Password(Password::with_refresh_url(TOKEN_ENDPOINT, scopes, TOKEN_ENDPOINT));
        let log_in =
            OAuth2::with_description([password], "Log in with your address (as username) and password.");
        components.add_security_scheme(shared::OAUTH, SecurityScheme::OAuth2(log_in));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let bearer = bearer.description(Some("An access token of `POST /api/v1/accounts/login`."));
        components.add_security_scheme(shared::BEARER, SecurityScheme::Http(bearer.build()));
    }
}

/// The whole document: every registered route, and what they share.
#[must_use]
pub fn openapi() -> openapi::OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes);
    let (_, mut document) = app.split_for_parts();
    fitted::fit(&mut document);
    shared::share(&mut document);
    document.openapi = openapi::OpenApiVersion::Version31;
    document
}
