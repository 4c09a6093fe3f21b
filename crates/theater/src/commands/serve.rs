use std::{
    net::{SocketAddr, TcpListener},
    sync::atomic::Ordering,
    time::Duration,
};

use anyhow::{Context, bail};
use application::{
    accounts::{self, ensure_first_admin},
    catalogue::{
        Catalogue,
        import::{drafted, import_movies},
    },
};
use domain::accounts::{Email, Password};
use sample_data::SAMPLE_CSV;
use tokio_util::sync::CancellationToken;

use super::{csv_rows, observation, signal::stop_requested, start};
use crate::{
    config::{Config, FirstAdmin},
    wiring::Wired,
};

/// Timeout of running jobs after a stop signal.
const JOBS_TIMEOUT: Duration = Duration::from_secs(4);

pub(super) async fn serve() -> anyhow::Result<()> {
    let mut config = start()?;
    // Bound first, so that a port in use is reported before anything is changed.
    let listener = listen(&config)?;
    config.server.address = listener.local_addr().context("the socket has no address")?;
    let metrics = observation::listen(&config.observation)?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    let queue = wired.queue().await?;
    wired.prepare_objects().await;
    if config.sample_data {
        load_sample(&wired.services.catalogue).await?;
    }
    let admin = first_admin(&wired, config.accounts.first_admin.clone()).await?;

    let stop = CancellationToken::new();
    let metrics = observation::start(metrics, &wired, &queue, &stop)?;
    let mut jobs = wired.start_jobs(queue, config.worker_in_process, &stop);
    let settings = config.server.settings();
    let stopping = settings.behaviour.stopping.clone();
    let server =
        api::bind(listener, wired.services.clone(), settings).context("the server cannot be started")?;
    let handle = server.handle();
    let mut running = tokio::spawn(server);
    let asked_to_stop = stop_requested();
    if wired.services.mailbox.is_some() && config.server.mailbox_open {
        tracing::warn!(
            "DEV_MAILBOX=open: other machines can read the mailbox, which contains the links of every account"
        );
    }
    print_banner(&config, &wired, admin.as_ref(), metrics);

    // If one part ends by itself, the whole service ends, so that its supervisor restarts it.
    tokio::select! {
        () = asked_to_stop => {}
        outcome = &mut running => {
            outcome.context("the server panicked")?.context("the server failed")?;
            bail!("the server ended by itself");
        }
        Some(ended) = jobs.join_next() => {
            ended.context("the job worker panicked")?;
            bail!("the job worker ended by itself");
        }
    }
    tracing::info!("stopping: not ready any more, finishing requests in flight");
    stopping.store(true, Ordering::Relaxed);
    tokio::time::sleep(config.server.shutdown_delay).await;
    wired.stop_hashing();
    handle.stop(true).await;
    stop.cancel();
    if tokio::time::timeout(JOBS_TIMEOUT, jobs.join_all()).await.is_err() {
        tracing::warn!("running jobs did not finish in time and will be retried");
    }
    running.await.context("the server panicked")?.context("the server failed")
}

fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.server.address;
    TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}: stop the program that does, or choose another PORT (or HOST)")
    })
}

/// Loads the sample into an empty catalogue.
async fn load_sample(catalogue: &Catalogue) -> anyhow::Result<()> {
    if catalogue.queries.count().await? > 0 {
        return Ok(());
    }
    let refused = |refusal| tracing::error!(?refusal, "the sample has an invalid row");
    let report = import_movies(catalogue, csv_rows(SAMPLE_CSV)?.map(drafted), refused, |_| {}).await?;
    tracing::info!(movies = report.added, "loaded the sample catalogue");
    Ok(())
}

async fn first_admin(
    wired: &Wired,
    wanted: Option<FirstAdmin>,
) -> anyhow::Result<Option<(Email, Option<Password>)>> {
    let Some(FirstAdmin { email, password }) = wanted else { return Ok(None) };
    let chosen = password.is_some();
    match ensure_first_admin(&wired.services.accounts, email.clone(), password).await? {
        accounts::FirstAdmin::Present => Ok(None),
        // Only a generated password is shown.
        accounts::FirstAdmin::Created { password } => Ok(Some((email, (!chosen).then_some(password)))),
    }
}

fn print_banner(
    config: &Config,
    wired: &Wired,
    admin: Option<&(Email, Option<Password>)>,
    metrics: Option<SocketAddr>,
) {
    let url = config.server.public_url();
    println!("\nMovie Theater {} is running.\n", env!("CARGO_PKG_VERSION"));
    println!("  Try it         {url}/docs");
    println!("  API            {url}/api/v1");
    if wired.services.mailbox.is_some() {
        let readers =
            if config.server.mailbox_open { "open to other machines" } else { "for this machine only" };
        println!("  Mailbox        {url}/dev/mailbox   ({readers})");
    }
    if let Some(metrics) = metrics {
        println!("  Metrics        http://{metrics}/metrics");
    }
    if let Some((email, password)) = admin {
        println!("  Administrator  {email}");
        match password {
            Some(password) => println!("  Password       {}   (shown this once)", password.expose()),
            None => println!("  Password       the one in ADMIN_PASSWORD"),
        }
    } else {
        println!("  New password   `theater create-admin EMAIL` sets one, or creates an administrator");
    }
    let folder =
        std::path::absolute(&config.storage.folder).unwrap_or_else(|_| config.storage.folder.clone());
    println!("  Data           {}", folder.display());
    println!("  Stop           Ctrl+C\n");
}
