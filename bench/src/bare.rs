//! The baseline for responses from memory: a bare actix-web server.

use actix_web::{App, HttpResponse, HttpServer, http::header::ContentType, rt::System, web};

/// Options of the bare server.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Bare {
    /// Size of the body, in bytes
    #[arg(long)]
    bytes: usize,
    /// Port on 127.0.0.1
    #[arg(long)]
    port: u16,
}

/// Responds to every request with the same body, over two worker threads.
pub(crate) fn serve(Bare { bytes, port }: Bare) -> anyhow::Result<()> {
    let body = web::Bytes::from("x".repeat(bytes));
    let respond = move || {
        let body = body.clone();
        async move { HttpResponse::Ok().content_type(ContentType::json()).body(body) }
    };
    let server = HttpServer::new(move || App::new().default_service(web::to(respond.clone()))).workers(2);
    Ok(System::new().block_on(async move { server.bind(("127.0.0.1", port))?.run().await })?)
}
