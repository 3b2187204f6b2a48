//! [`Target`]: where a path leads, once links are followed.

use crate::error::{Error, Problem, Step};
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The place of a file that there is or may be.
pub(crate) struct Target {
    pub(crate) folder: PathBuf,
    pub(crate) name: OsString,
    /// The file that is there now.
    pub(super) old: Option<Metadata>,
}

impl Target {
    /// For a program that has not begun its work yet: whatever is wrong is wrong with the place.
    pub(crate) fn before_work(path: &Path) -> Result<Self, Error> {
        Self::of(path).map_err(|error| match error {
            Error::Write { path, source, .. } => {
                let folder = folder_of(&path).into();
                Error::Place { path, problem: Problem::Denied { folder, source } }
            }
            error => error,
        })
    }

    pub(crate) fn of(path: &Path) -> Result<Self, Error> {
        let no = |problem| Error::Place { path: path.into(), problem };
        let failed = |source| Error::Write { path: path.into(), step: Step::Look, source };

        let link = found(fs::symlink_metadata(path)).map_err(failed)?;
        let path = match link {
            Some(link) if link.is_symlink() => match found(fs::canonicalize(path)).map_err(failed)? {
                Some(file) => file,
                None => return Err(no(Problem::Dangling { to: fs::read_link(path).map_err(failed)? })),
            },
            _ => path.to_path_buf(),
        };
        let old = found(fs::metadata(&path)).map_err(failed)?;
        match &old {
            Some(old) if old.is_dir() => return Err(no(Problem::Folder)),
            Some(old) if !old.is_file() => return Err(no(Problem::Special)),
            _ => {}
        }
        let ends_in_name = !path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let name = path.file_name().filter(|_| ends_in_name).ok_or_else(|| no(Problem::NoName))?;
        let folder = folder_of(&path);
        let target = Self { folder: folder.into(), name: name.into(), old };
        match found(fs::metadata(folder)).map_err(failed)? {
            Some(found) if found.is_dir() => Ok(target),
            Some(_) => Err(no(Problem::NotAFolder { folder: target.folder })),
            None => Err(no(Problem::MissingFolder { folder: target.folder })),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// A hidden file beside it: `.<name>.<ending>`.
    pub(crate) fn beside(&self, ending: impl AsRef<OsStr>) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(".");
        name.push(ending);
        self.folder.join(name)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// `None` for what does not exist. A file on the way where a folder was expected is left to be found as such.
fn found<X>(result: io::Result<X>) -> io::Result<Option<X>> {
    match result {
        Ok(x) => Ok(Some(x)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}
