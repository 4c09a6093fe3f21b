use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use domain::ports::Randomness;
use secrecy::SecretString;

/// The folder of everything embedded.
#[derive(Clone, Debug)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder where there is none, and sees that it can be written.
    ///
    /// # Errors
    ///
    /// Why it cannot be used, and what to do.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let advice = || format!("{} cannot be written: choose another folder with DATA_DIR", path.display());
        create_private(path).with_context(advice)?;
        let path = fs::canonicalize(path).with_context(advice)?;
        // What can be made here can be written here; the file is gone again at once.
        tempfile::tempfile_in(&path).with_context(advice)?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The generated secret. The first process that asks writes it; all others, and every later start, find it.
    ///
    /// # Errors
    ///
    /// Why it can be neither written nor read.
    pub fn secret(&self, randomness: &dyn Randomness) -> anyhow::Result<SecretString> {
        let file = self.0.join("secret.key");
        let context = || format!("the generated secret {}", file.display());
        if !file.try_exists().with_context(context)? {
            let bits = [randomness.bits128(), randomness.bits128()].concat();
            let secret = bits.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
            write_once(&self.0, &file, &secret).with_context(context)?;
        }
        let secret = fs::read_to_string(&file).with_context(context)?;
        if secret.trim().len() < security::MIN_SECRET_BYTES {
            bail!("{} is damaged: delete it, and everybody has to log in again", file.display());
        }
        Ok(secret.trim().into())
    }
}

/// Makes a folder that nobody but its owner can look into: it holds hashes, letters and the secret.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that appears whole or not at all, only if it is not there, and that nobody but its owner can read.
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
    let path = file.to_string_lossy();
    let escaped = path.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/.-_~".contains(&byte) {
            text.push(byte.into());
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("sqlite://{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_mean_something_in_a_url_are_escaped() {
        assert_eq!(sqlite_url(Path::new("/a b/c?d#é.sqlite")), "sqlite:///a%20b/c%3Fd%23%C3%A9.sqlite");
    }
}
