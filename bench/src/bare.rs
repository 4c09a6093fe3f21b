//! The baseline for responses from memory: a bare actix-web server.

use std::{io, net::SocketAddr, process::Stdio, thread};

use actix_web::{
    App, HttpResponse, HttpServer,
    http::header::ContentType,
    web::{self, Bytes},
};
use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

use crate::process;

/// Options of the bare server.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Bare {
    /// Size of the body, in bytes
    #[arg(long)]
    bytes: usize,
    /// Number of worker threads
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

/// The subcommand: prints its address, and serves until its standard input is closed, so that it never outlives its parent.
pub(crate) fn serve(bare: &Bare) -> anyhow::Result<()> {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    // A JSON string: two of its bytes are the quotation marks.
    let body = Bytes::from(format!("\"{}\"", "x".repeat(bare.bytes.saturating_sub(2))));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            let respond = move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type(ContentType::json()).body(body) }
            };
            App::new().default_service(web::to(respond))
        });
        let server = server.workers(bare.workers).bind(("127.0.0.1", 0)).context("no port is free")?;
        for address in server.addrs() {
            println!("{address}");
        }
        server.run().await.context("the bare server failed")
    })
}

/// A bare server in a child process, which is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Responder {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    // Holds its standard input open, and kills it when dropped.
    _child: Child,
}

impl Responder {
    /// Starts a server whose response bodies have this number of bytes.
    pub(crate) async fn start(bytes: usize) -> anyhow::Result<Self> {
        let mut command = process::this_program()?;
        command.args(["bare", "--bytes", &bytes.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the bare server cannot be started")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .await
                .context("the output of the bare server cannot be read")?;
        }
        let address = line.trim().parse().context("the bare server printed no address")?;
        Ok(Self { address, _child: child })
    }
}
