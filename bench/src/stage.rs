//! The environment of a benchmark: a database, the service's executable, and a temporary folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::TempDir;

use crate::{logins::Account, postgres::Postgres, server::Theater};

/// The account that logs in.
pub(crate) const ACCOUNT: Account<'static> =
    Account { email: "bench@example.com", password: "Bench-Pass-1!" };

/// The environment. Fields are dropped in this order, so the folder is removed last.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The service's executable.
    pub(crate) theater: Theater,
    /// The database.
    pub(crate) postgres: Postgres,
    folder: TempDir,
}

impl Stage {
    /// Starts PostgreSQL, runs the migrations, and creates the account.
    pub(crate) async fn set(executable: &Path) -> anyhow::Result<Self> {
        let executable = fs::canonicalize(executable).with_context(|| {
            format!("{} is missing: cargo build --release -p theater", executable.display())
        })?;
        let folder = tempfile::Builder::new()
            .prefix("theater-bench-")
            .tempdir()
            .context("no temporary folder can be created")?;
        eprintln!("starting PostgreSQL");
        let postgres = Postgres::start().await?;
        let theater = Theater::new(executable, folder.path().to_owned(), postgres.url());
        theater.run(&["migrate", "up"], "").await?;
        theater.run(&["create-admin", ACCOUNT.email, "--password-stdin"], ACCOUNT.password).await?;
        Ok(Self { theater, postgres, folder })
    }

    /// The path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file with these lines into the folder.
    pub(crate) fn write_lines<'a>(
        &self,
        name: &str,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<PathBuf> {
        let path = self.file(name);
        let text: String = lines.into_iter().flat_map(|line| [line, "\n"]).collect();
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }
}
