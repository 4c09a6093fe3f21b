use std::{any::Any, io, net::TcpListener, rc::Rc, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Condition, from_fn},
    web::{self, Bytes, Data, Redirect},
};
use utoipa_actix_web::AppExt;

use crate::{
    documentation::openapi,
    http::{
        Behaviour, RouteTable, TrustedProxies, caching, gate, meters::Meters, problem::Problem,
        problems::UnknownPath, representation::representation, request, timeouts,
    },
    pages::{self, MailboxAccess, docs::Documentation, link_request::RequestedLink},
    routes,
    services::Services,
};

/// Timeout for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a client may leave sent bytes unread before its connection is closed.
#[cfg(target_os = "linux")]
const READER_TIMEOUT: Duration = Duration::from_secs(30);
/// Send buffer of a connection in bytes; Linux doubles it. It bounds the unread bytes of a client. A small buffer also makes
/// the server notice a late response soon: it checks the deadline each time the client has read a part of the buffer.
#[cfg(target_os = "linux")]
const SEND_BUFFER: usize = 128 * 1_024;
/// How long a browser may cache a preflight response, in seconds.
const PREFLIGHT_MAX_AGE: usize = 3_600;

/// Settings of the HTTP server.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Number of threads that handle requests.
    pub workers: usize,
    /// Maximum number of open connections of all threads together. Further ones wait in the system's queue.
    pub max_connections: usize,
    /// How long requests in flight may take after the server starts to stop.
    pub shutdown_timeout: Duration,
    /// Proxies whose `X-Forwarded-For` entries are trusted.
    pub trusted_proxies: TrustedProxies,
    /// Origins whose pages may call the API from a browser, such as `https://cinema.example.com`; `*` allows any.
    pub allowed_origins: Vec<String>,
    /// Access to the development mailbox.
    pub mailbox_access: MailboxAccess,
    /// Settings of every request.
    pub behaviour: Behaviour,
}

impl Default for ServerSettings {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            workers,
            max_connections: 10_000,
            shutdown_timeout: Duration::from_secs(10),
            trusted_proxies: TrustedProxies::default(),
            allowed_origins: Vec::new(),
            mailbox_access: MailboxAccess::default(),
            behaviour: Behaviour::default(),
        }
    }
}

/// Serves the API on a listening socket until the returned server is stopped.
///
/// # Errors
///
/// The system cannot serve the socket, or a file of Swagger UI is missing.
pub fn bind(listener: TcpListener, services: Services, settings: ServerSettings) -> io::Result<Server> {
    let document = openapi();
    let table = Data::new(RouteTable::new(&document));
    // Serialized once for all threads: the structure takes megabytes, and each thread would have its own.
    let documentation = Data::new(Documentation::new(Bytes::from(serde_json::to_vec(&document)?))?);
    drop(document);
    let replies = services.replies.clone().map(Data::new);
    let services = Data::new(services);
    let trusted_proxies = Data::new(settings.trusted_proxies);
    let behaviour = Data::new(settings.behaviour);
    let mailbox_access = Data::new(settings.mailbox_access);
    let origins = settings.allowed_origins;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(services.clone())
            .app_data(trusted_proxies.clone())
            .app_data(behaviour.clone())
            .app_data(mailbox_access.clone())
            .app_data(documentation.clone())
            // One per thread.
            .app_data(Rc::new(Meters::new()))
            .app_data(table.clone())
            .into_utoipa_app()
            .configure(routes::routes)
            .into_app()
            .service(pages::activation::page_service())
            .service(pages::password_reset::page_service())
            .service(RequestedLink::Activation.page_service())
            .service(RequestedLink::PasswordReset.page_service())
            .configure(|config| {
                if let Some(replies) = &replies {
                    config.app_data(replies.clone());
                }
                if services.mailbox.is_some() {
                    config
                        .service(pages::mailbox::index)
                        .service(pages::mailbox::json)
                        .service(pages::mailbox::show_email);
                }
                if services.media.is_some() {
                    config.service(pages::media::object);
                }
            })
            .service(Redirect::new("/", "/docs"))
            .service(Redirect::new("/docs", "/docs/"))
            .service(pages::docs::show_document)
            .service(pages::docs::show_file)
            .default_service(web::to(|| async { Err::<&str, Problem>(UnknownPath.into()) }))
            .wrap(from_fn(gate::gate))
            .wrap(from_fn(representation))
            .wrap(from_fn(caching::replies))
            .wrap(from_fn(timeouts::timeouts))
            // Outside all middleware that refuses requests, so that an allowed page can read the reason.
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            // Outside CORS, so that its refusals are problem documents with a request id and are logged.
            .wrap(from_fn(request::context))
    });
    let server = server
        .workers(settings.workers)
        // The server counts per thread.
        .max_connections((settings.max_connections / settings.workers).max(1))
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .client_request_timeout(HEAD_TIMEOUT)
        .on_connect(|connection, _| bound_unread_bytes(connection))
        // The executable handles signals and stops the server through its handle.
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// Allows only pages of these origins to call from a browser (the CORS protocol of the Fetch standard). Credentials are not
/// allowed, because the API uses no cookies: the client sends its token itself.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "cache-control",
            "content-type",
            "if-match",
            "if-none-match",
            "traceparent",
            "tracestate",
            "x-request-id",
        ])
        .expose_headers(["etag", "link", "location", "retry-after", "www-authenticate", "x-request-id"])
        .max_age(PREFLIGHT_MAX_AGE);
    if origins.iter().any(|origin| origin == "*") {
        return cors.allow_any_origin();
    }
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// Bounds how many unread bytes the kernel stores for a client, and how long the client may read none of them before the
/// kernel closes the connection (tcp(7), `TCP_USER_TIMEOUT`).
fn bound_unread_bytes(connection: &dyn Any) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<actix_web::rt::net::TcpStream>() {
        // If an option cannot be set, the connection works without the bound.
        let _ = rustix::net::sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(
            stream,
            u32::try_from(READER_TIMEOUT.as_millis()).unwrap_or(u32::MAX),
        );
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}
