use std::{io, net::TcpListener, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer, Resource,
    dev::Server,
    http::header::ContentType,
    middleware::from_fn,
    web::{self, Bytes, Data, Redirect},
};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    documentation::openapi,
    http::{RouteTable, TrustedProxies, caching, conditional::validators, problem::Problem, request},
    pages, routes,
    services::Services,
};

/// Where the OpenAPI document is.
const DOCUMENT: &str = "/openapi.json";

/// How the server behaves towards its connections.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// How many threads answer requests.
    pub workers: usize,
    /// How long requests in flight may take once the server is asked to stop.
    pub shutdown_timeout: Duration,
    /// Whose word on where a request comes from counts.
    pub trusted_proxies: TrustedProxies,
}

impl Default for ServerSettings {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let trusted_proxies = TrustedProxies::default();
        Self { workers, shutdown_timeout: Duration::from_secs(10), trusted_proxies }
    }
}

/// Serves the API on a socket that listens already, until the returned server is told to stop.
///
/// # Errors
///
/// The system's own, where the socket cannot be served.
pub fn bind(listener: TcpListener, services: Services, settings: ServerSettings) -> io::Result<Server> {
    let document = openapi();
    let table = Data::new(RouteTable::new(&document));
    // Written once for all threads: as a structure it takes megabytes, and each thread would have its own.
    let document_json = Bytes::from(serde_json::to_vec(&document)?);
    drop(document);
    let replies = services.replies.clone().map(Data::new);
    let services = Data::new(services);
    let trusted_proxies = Data::new(settings.trusted_proxies);
    let server = HttpServer::new(move || {
        let development = services.mailbox.is_some();
        let embedded = services.media.is_some();
        App::new()
            .app_data(services.clone())
            .app_data(trusted_proxies.clone())
            .app_data(table.clone())
            .into_utoipa_app()
            .configure(routes::routes)
            .into_app()
            .configure(|config| {
                if let Some(replies) = &replies {
                    config.app_data(replies.clone());
                }
            })
            .service(pages::activation::page_service())
            .service(pages::password_reset::page_service())
            .configure(|config| {
                if development {
                    config
                        .service(pages::mailbox::index)
                        .service(pages::mailbox::json)
                        .service(pages::mailbox::show_letter);
                }
            })
            .configure(|config| {
                if embedded {
                    config.service(pages::media::object);
                }
            })
            .service(Redirect::new("/", "/docs"))
            .service(Redirect::new("/docs", "/docs/"))
            .service(documentation(document_json.clone()))
            .service(swagger_ui())
            .default_service(web::to(|| async { Err::<&str, _>(Problem::unknown_path()) }))
            .wrap(from_fn(validators))
            .wrap(from_fn(request::gate))
            .wrap(from_fn(caching::replies))
            .wrap(from_fn(request::context))
    });
    let server = server
        .workers(settings.workers)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        // The executable decides what a signal means; the server is stopped through its handle.
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// The OpenAPI document.
fn documentation(json: Bytes) -> Resource {
    web::resource(DOCUMENT).route(web::get().to(move || {
        let json = json.clone();
        async move { HttpResponse::Ok().content_type(ContentType::json()).body(json) }
    }))
}

fn swagger_ui() -> SwaggerUi {
    let config = Config::new([DOCUMENT])
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .doc_expansion("list");
    SwaggerUi::new("/docs/{_:.*}").config(config)
}
