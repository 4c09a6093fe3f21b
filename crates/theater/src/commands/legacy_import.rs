use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, bail};
use application::moving::legacy_import as import_all;
use persistence::LegacySource;

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
    let legacy = LegacySource::connect(&url).await.with_context(|| format!("no database: {advice}"))?;
    let wired = Wired::new(&config).await?;
    wired.migrate().await?;
    wired.prepare_objects().await;
    let picture = |key: &str| {
        let Some(folder) = avatars else { return Ok(None) };
        let path = safe_path(key).ok_or("its key points outside the folder")?;
        fs::read(folder.join(path)).map(Some).map_err(|error| error.to_string())
    };
    let log = |what: String| eprintln!("{what}");
    let services = &wired.services;
    let report = import_all(&legacy, &services.profiles, &services.catalogue, picture, log)
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

/// Returns the path of a key within its folder; a key may be a URL, of which the bucket and all before it are ignored.
/// `None` if the path would leave the folder.
fn safe_path(key: &str) -> Option<PathBuf> {
    let key = match key.split_once("://") {
        Some((_, rest)) => rest.splitn(3, '/').nth(2)?.split('?').next()?,
        None => key,
    };
    let path = Path::new(key);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_its_key_or_url_and_only_inside_its_folder() {
        let found = |key| safe_path(key).map(|path| path.display().to_string());
        assert_eq!(found("avatars/7_avatar.jpg").as_deref(), Some("avatars/7_avatar.jpg"));
        assert_eq!(found("http://minio:9000/theater/me.png?X-Amz=1").as_deref(), Some("me.png"));
        for key in
            ["../secret", "/etc/passwd", "avatars/../../x", "http://minio:9000/theater/../x", "http://minio"]
        {
            assert_eq!(found(key), None, "{key}");
        }
    }
}
