//! [`Error`]: every failure that this crate reports, with its path and its remedy.
//!
//! A program that ends with the exit codes of `sysexits.h` finds them apart by variant: what cannot be
//! believed ([`Error::Refused`] and the like) is 65, a place that cannot be written to ([`Error::Place`]) 73,
//! a write that failed ([`Error::Write`]) 74, and a file in another's hands ([`Error::Locked`]) 75.

use crate::container::{Dtype, Refusal};
use crate::lock::Holder;
use crate::wording::{listed, quoted};
use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::PathBuf;

/// What went wrong with a file, or with what was to be put into it.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Error {
    // Reading
    /// There is no such file.
    NotFound { path: PathBuf },
    /// A folder, device or pipe where a file was expected.
    NotAFile { path: PathBuf, expected: &'static str },
    /// The operating system could not read the file.
    Read { path: PathBuf, source: io::Error },
    /// The file is damaged, of another kind or of another version.
    Refused { path: PathBuf, refusal: Refusal },
    /// The file is sound but has no section of this name.
    NoSection { path: PathBuf, section: String, known: Vec<String> },
    /// The numbers of a section are of another type.
    WrongType { path: PathBuf, section: String, found: Dtype, expected: Dtype },

    // What is to be written
    /// A section that could not be read again.
    Section { section: String, problem: String },
    /// A header that could not be read again.
    Header { problem: String },

    // Writing
    /// No file can be written there.
    Place { path: PathBuf, problem: Problem },
    /// The operating system could not write, or not finish.
    Write { path: PathBuf, step: Step, source: io::Error },
    /// Somebody else is writing the file; `None` if it cannot be told who.
    Locked { path: PathBuf, holder: Option<Holder> },
}

/// Why no file can be written at a place.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Problem {
    /// The path is a folder.
    Folder,
    /// The path is a device, a pipe or a socket.
    Special,
    /// The path ends without naming a file.
    NoName,
    /// The path is a symbolic link to nothing.
    Dangling { to: PathBuf },
    /// The folder of the file does not exist.
    MissingFolder { folder: PathBuf },
    /// What should be the folder of the file is none.
    NotAFolder { folder: PathBuf },
    /// The operating system does not let files be made in the folder.
    Denied { folder: PathBuf, source: io::Error },
}

/// What was being done when a write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Looking at the place where the file is to be.
    Look,
    /// Making the temporary file.
    Create,
    /// Giving the temporary file the mode and owner of the old file.
    Mode,
    /// Writing the bytes.
    Write,
    /// Making the bytes durable.
    Sync,
    /// Putting the new file in the place of the old.
    Rename,
    /// Making the name durable: the one step after which the new file is already in place.
    SyncFolder,
    /// Taking the lock.
    Lock,
    /// Removing a file that is no longer wanted.
    Remove,
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Look => "looking at its place",
            Self::Create => "making a temporary file beside it",
            Self::Mode => "giving the new file the mode of the old",
            Self::Write => "writing",
            Self::Sync => "waiting for the disk",
            Self::Rename => "putting the new file in its place",
            Self::SyncFolder => "waiting for the disk to take its name",
            Self::Lock => "taking the lock",
            Self::Remove => "removing it",
        })
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => write!(f, "a folder; name a file inside it"),
            Self::Special => write!(f, "not a regular file; choose another path"),
            Self::NoName => write!(f, "names no file; expected a file name at its end"),
            Self::Dangling { to } => {
                write!(
                    f,
                    "a symbolic link to {}, which does not exist; remove the link or make its target",
                    to.display()
                )
            }
            Self::MissingFolder { folder } => {
                write!(f, "there is no folder {}; make it first", folder.display())
            }
            Self::NotAFolder { folder } => write!(f, "{} is not a folder", folder.display()),
            Self::Denied { folder, source } => write!(
                f,
                "no file can be made in the folder {}: {source}; choose a folder that you may write to",
                folder.display()
            ),
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { path } => {
                write!(f, "{}: no such file; check the path and the working directory", path.display())
            }
            Self::NotAFile { path, expected } => {
                write!(f, "{}: not a regular file; expected a {expected}", path.display())
            }
            Self::Read { path, source } => write!(f, "{}: cannot be read: {source}", path.display()),
            Self::Refused { path, refusal } => write!(f, "{}: {refusal}", path.display()),
            Self::NoSection { path, section, known } => write!(
                f,
                "{}: no section named {}; the sections are {}",
                path.display(),
                quoted(section),
                listed(known)
            ),
            Self::WrongType { path, section, found, expected } => write!(
                f,
                "{}: section {}: found numbers of type {found}, expected {expected}",
                path.display(),
                quoted(section)
            ),
            Self::Section { section, problem } => write!(f, "section {}: {problem}", quoted(section)),
            Self::Header { problem } => write!(f, "the header cannot be written: {problem}"),
            Self::Place { path, problem } => write!(f, "{}: cannot be written: {problem}", path.display()),
            Self::Write { path, step, source } => {
                write!(f, "{}: failed while {step}: {source}", path.display())?;
                match step {
                    Step::SyncFolder => {
                        write!(f, "; the new file is in place, but a power failure may bring back the old")
                    }
                    Step::Lock | Step::Remove => Ok(()),
                    _ => write!(f, "; what was there before is untouched"),
                }
            }
            Self::Locked { path, holder: Some(holder) } => write!(
                f,
                "{}: {holder} is writing it; wait for it to end, or choose another path",
                path.display()
            ),
            Self::Locked { path, holder: None } => write!(
                f,
                "{}: another process is writing it; wait for it to end, or choose another path",
                path.display()
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { source, .. }
            | Self::Write { source, .. }
            | Self::Place { problem: Problem::Denied { source, .. }, .. } => Some(source),
            _ => None,
        }
    }
}
