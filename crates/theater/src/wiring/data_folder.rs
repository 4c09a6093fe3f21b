use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use domain::environment::Randomness;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;

/// Characters of a path that are escaped in a URL.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// The folder of the embedded database, pictures, mailbox and generated secret.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Creates the folder if it is missing and checks that it is writable.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let advice = || format!("{} cannot be written: choose another folder with DATA_DIR", path.display());
        create_private(path).with_context(advice)?;
        let path = fs::canonicalize(path).with_context(advice)?;
        // This file checks write access and is removed at once.
        tempfile::tempfile_in(&path).with_context(advice)?;
        Ok(Self(path))
    }

    /// Returns the absolute path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the generated secret. The first process writes it; other processes and later starts read it.
    pub fn secret(&self, randomness: &dyn Randomness) -> anyhow::Result<SecretString> {
        let file = self.0.join("secret.key");
        let context = || format!("the generated secret {}", file.display());
        if !file.try_exists().with_context(context)? {
            let bits = || u128::from_be_bytes(randomness.bits128());
            let secret = format!("{:032x}{:032x}", bits(), bits());
            write_once(&self.0, &file, &secret).with_context(context)?;
        }
        let secret = fs::read_to_string(&file).with_context(context)?;
        if secret.trim().len() < security::MIN_SECRET_BYTES {
            bail!("{} is damaged: delete it; all users then have to log in again", file.display());
        }
        Ok(secret.trim().into())
    }
}

/// Creates a folder that only its owner can read: it holds password hashes, emails and the secret.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Atomically creates a file that only its owner can read. Leaves an existing file unchanged.
fn write_once(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    let mut partial = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut partial, text.as_bytes())?;
    partial.as_file().sync_all()?;
    match partial.persist_noclobber(file) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// The URL of a SQLite file.
#[must_use]
pub fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}", utf8_percent_encode(&file.to_string_lossy(), ESCAPED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_of_urls_are_escaped() {
        assert_eq!(sqlite_url(Path::new("/a b/c?d#é.sqlite")), "sqlite:///a%20b/c%3Fd%23%C3%A9.sqlite");
    }
}
