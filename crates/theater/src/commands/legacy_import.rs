use std::path::Path;

use anyhow::{Context, bail};
use legacy_import::{LegacyDatabase, import_legacy};

use super::start;
use crate::wiring::Wired;

pub(super) async fn legacy_import(avatars: Option<&Path>) -> anyhow::Result<()> {
    let config = start()?;
    // Not an argument: all users of the machine can read those, and the URL contains a password.
    let url = std::env::var("ORIGINAL_DATABASE_URL")
        .context("ORIGINAL_DATABASE_URL must be set to the postgres:// URL of the py-online-cinema")?;
    if let Some(folder) = avatars
        && !folder.is_dir()
    {
        bail!("{} is not a folder", folder.display());
    }
    let advice = "start the database of the py-online-cinema, or correct ORIGINAL_DATABASE_URL";
    let legacy = LegacyDatabase::connect(&url).await.with_context(|| format!("no database: {advice}"))?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    wired.prepare_objects().await;
    let log = |what: String| eprintln!("{what}");
    let services = &wired.services;
    let report = import_legacy(&legacy, &services.profiles, &services.catalogue, avatars, log)
        .await
        .context("the import stopped: imported data is retained, and the same command continues it")?;
    println!(
        "Accounts: {} added, {} already there, {} refused. Profiles: {}. Pictures: {}. Movies: {} added, {} already there, {} refused.",
        report.accounts,
        report.known_accounts,
        report.refused_accounts,
        report.profiles,
        report.avatars,
        report.movies.added,
        report.movies.existing,
        report.movies.refused,
    );
    Ok(())
}
