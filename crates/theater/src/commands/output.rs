use std::{
    fs::{self, File},
    io::{self, Stdout, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::NamedTempFile;

use super::csv_file::CsvWriter;

/// The destination of a command's output.
pub(super) enum Output {
    /// Standard output.
    Stdout(Stdout),
    /// A pipe or a device: written directly, because it cannot be replaced.
    Device(File),
    /// A file that appears only when it is complete.
    File {
        /// The incomplete file, in the same folder.
        partial: NamedTempFile,
        /// The path of the complete file.
        path: PathBuf,
    },
}

impl Output {
    /// Opens the file, or standard output if none is given.
    fn open(file: Option<&Path>) -> io::Result<Self> {
        let Some(file) = file else { return Ok(Self::Stdout(io::stdout())) };
        if fs::metadata(file).is_ok_and(|metadata| !metadata.is_file()) {
            return Ok(Self::Device(File::options().write(true).open(file)?));
        }
        // The target of a link is replaced, not the link.
        let path = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(".theater-").suffix(".part");
        // Not private like other temporary files: it becomes an ordinary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let partial = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self::File { partial, path })
    }

    /// Syncs the file to disk and moves it to its path.
    fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Self::File { partial, path } = self {
            partial.as_file().sync_all()?;
            partial.persist(path)?;
        }
        Ok(())
    }

    fn target(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(stdout) => stdout,
            Self::Device(device) => device,
            Self::File { partial, .. } => partial,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.target().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target().flush()
    }
}

/// Starts a CSV of movies in this file, or on standard output if none is given.
pub(super) fn start_csv(file: Option<&Path>) -> anyhow::Result<CsvWriter<Output>> {
    Output::open(file).and_then(CsvWriter::new).with_context(|| unwritable(file))
}

/// Completes the output if `written` is `Ok`. Returns `None` if the reader closed early, such as `head`: that is not an
/// error.
pub(super) fn finish_csv<T>(
    rows: CsvWriter<Output>,
    written: io::Result<T>,
    file: Option<&Path>,
) -> anyhow::Result<Option<T>> {
    match written.and_then(|value| rows.finish()?.finish().map(|()| value)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(None),
        outcome => outcome.map(Some).with_context(|| unwritable(file)),
    }
}

fn unwritable(file: Option<&Path>) -> String {
    let name = file.map_or("standard output".into(), |file| file.display().to_string());
    format!("{name} cannot be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        fs::read_dir(folder).unwrap().map(name).collect()
    }

    #[test]
    fn a_file_appears_only_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("movies.csv");
        fs::write(&file, "as it was").unwrap();
        let mut output = Output::open(Some(&file)).unwrap();
        output.write_all(b"as it is").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "as it was");
        output.finish().unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "as it is");
        assert_eq!(names(folder.path()), ["movies.csv"]);
    }

    #[test]
    fn an_unfinished_output_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("movies.csv");
        let rows = start_csv(Some(&file)).unwrap();
        let error =
            finish_csv::<()>(rows, Err(io::Error::other("the disk is full")), Some(&file)).unwrap_err();
        assert!(
            format!("{error:#}").ends_with("movies.csv cannot be written: the disk is full"),
            "{error:#}"
        );
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("movies.csv"), folder.path().join("link"));
        fs::write(&file, "as it was").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mut output = Output::open(Some(&link)).unwrap();
        output.write_all(b"as it is").unwrap();
        output.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "as it is");
        assert!(matches!(Output::open(Some(Path::new("/dev/null"))).unwrap(), Output::Device(_)));
    }
}
