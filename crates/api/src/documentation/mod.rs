//! The OpenAPI document: everything that is not part of a single route.

mod codes;
mod fitted;
pub(crate) mod problems;
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
        RequestPart,
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
            **Try it.** Press *Authorize* and log in with your email address and password; your \
            access token is then sent with every request. In development, `/dev/mailbox` shows the emails the \
            service has sent, and the first start prints an administrator's password.\n\n\
            **Errors** are problem details (RFC 9457) with a stable `code` for programs and a `detail` for people. \
            Invalid input returns 422 with all its errors.\n\n\
            **Caching.** Every JSON response to a GET has a strong `ETag`; a request with this `ETag` in \
            `If-None-Match` returns 304.\n\n\
            **Requests.** Every response has an `x-request-id`, which identifies the request in the logs.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(
        ProblemBody, FieldError, RequestPart, values::ErrorCode, values::MovieStatus, values::UserGroup,
        values::Gender, values::MovieSortBy, values::SortOrder, values::GrantType, values::ServiceStatus,
        values::DependencyStatus, values::Name, values::Overview, values::CountryCode,
    )),
    tags(
        (name = "Accounts", description = "Registration, login and sessions."),
        (name = "Profiles", description = "Profiles of users, and their pictures."),
        (name = "Catalogue", description = "Movies. Changes require the group `moderator` or `admin`."),
        (name = "Administration", description = "Accounts of all users. Requires the group `admin`."),
        (name = "Taxonomies", description = "Genres, actors, countries and languages of movies. Changes require the \
            group `moderator` or `admin`."),
        (name = "System", description = "Index and health of the service."),
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
        let log_in = OAuth2::with_description(
            [password],
            "Log in with your email address (as username) and password.",
        );
        components.add_security_scheme(shared::OAUTH, SecurityScheme::OAuth2(log_in));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let bearer = bearer.description(Some("Access token from `POST /api/v1/accounts/login`."));
        components.add_security_scheme(shared::BEARER, SecurityScheme::Http(bearer.build()));
    }
}

/// Returns the complete document: every registered route, and the components that they share.
#[must_use]
pub fn openapi() -> openapi::OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes);
    let (_, mut document) = app.split_for_parts();
    fitted::fit(&mut document);
    shared::share(&mut document);
    document.openapi = openapi::OpenApiVersion::Version31;
    document
}
