//! [`Place`]: where a file is to be written; looked at before the work is done, and held until it is written.

use crate::failure::Failure;
use glassgrad_store::{Lock, check_writable, clear_stale};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Whether a path is another, or would be inside it, however both are spelt; neither need be there.
pub(crate) fn is_within(path: &Path, other: &Path) -> bool {
    true_path(path).starts_with(true_path(other))
}

/// A path without links and dots, as far as there is one.
fn true_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) if folder == Path::new("") => true_path(Path::new(".")).join(name),
        (Some(folder), Some(name)) => true_path(folder).join(name),
        _ => path.into(),
    })
}

/// Whether the name of a file ends in a dot and this, letter case aside.
pub(crate) fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// A path to write to, held against other writers.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    _lock: Lock,
}

impl Place {
    /// Takes it, if a file can be written there that takes nothing from anybody: neither a file that is read as well, one
    /// of `inputs`, nor, unless by `force`, one that is there already. Until it is written, what is there stays.
    pub(crate) fn take<'a>(
        path: &Path,
        force: bool,
        inputs: impl IntoIterator<Item = &'a Path>,
    ) -> Result<Self, Failure> {
        check_writable(path)?;
        // Whoever is writing here is waited for by nobody, and what has been written in the meantime is seen.
        let lock = Lock::take(path)?;
        if path.exists() {
            let here = true_path(path);
            let path = path.display();
            if inputs.into_iter().any(|input| true_path(input) == here) {
                return Err(Failure::Usage(format!(
                    "{path}: it is read, and cannot be written too; expected another path for the output"
                )));
            }
            if !force {
                return Err(Failure::CannotCreate(format!(
                    "{path}: there is such a file already; add --force to replace it, or choose another path"
                )));
            }
        }
        clear_stale(path)?;
        Ok(Self { path: path.to_path_buf(), _lock: lock })
    }

    /// Where.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        Ok(glassgrad_store::replace(&self.path, write)?)
    }

    /// Writes all of the file at once.
    pub(crate) fn write_all(&self, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
        self.write(|file| file.write_all(bytes.as_ref()))
    }
}
