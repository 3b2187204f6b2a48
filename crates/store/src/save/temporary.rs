//! [`Temporary`]: a file that is on its way to its name, and what a killed writer leaves of it.

use super::Target;
use crate::system::{self, Attempt};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A locked file in the target's folder, removed when dropped unless it was renamed.
pub(super) struct Temporary {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Temporary {
    /// Makes one; if it is to replace `old`, for its owner's eyes only.
    pub(super) fn create(target: &Target, old: Option<&Metadata>) -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // Names that a killed process of the same number left are passed over.
        const TRIES: usize = 1000;
        for _ in 0..TRIES {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = target.beside(format!("{}.{n}.tmp", process::id()));
            let file = match system::create_new(&path, old) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            let temporary = Self { path, file, renamed: false };
            // Before the lock was there, somebody may have taken the file for stale and removed it.
            let locked = !matches!(system::try_lock(&temporary.file)?, Attempt::Busy);
            if locked && system::is_at(&temporary.file, &temporary.path)? {
                return Ok(temporary);
            }
        }
        Err(io::Error::other("all names for a temporary file are taken"))
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // There is nobody to tell: the error on the way out is the one that matters, and what stays is
            // unlocked, so it will be cleared.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The name of the file that a temporary file of this name was to become.
pub(super) fn meant_for(name: &[u8]) -> Option<&[u8]> {
    let rest = name.strip_prefix(b".")?.strip_suffix(b".tmp")?;
    let (rest, n) = split_last(rest)?;
    let (rest, pid) = split_last(rest)?;
    let number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    (number(n) && number(pid) && !rest.is_empty()).then_some(rest)
}

/// What is before the last dot, and after it.
fn split_last(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    Some((&name[..dot], &name[dot + 1..]))
}

/// Removes a temporary file that nobody holds; whether it did.
pub(super) fn remove_stale(path: &Path) -> io::Result<bool> {
    let gone = |error: &io::Error| error.kind() == ErrorKind::NotFound;
    let file = match system::open_no_follow(path) {
        Ok(file) => file,
        Err(error) if gone(&error) => return Ok(false),
        Err(error) => return Err(error),
    };
    // Renamed since the folder was listed, it may be another file's content now, and its name be free.
    if !matches!(system::try_lock(&file)?, Attempt::Locked) || !system::is_at(&file, path)? {
        return Ok(false);
    }
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
