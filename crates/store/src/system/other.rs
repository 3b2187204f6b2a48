//! The reduced form of `unix.rs`: no locks, no owners, no syncing of folders.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// What came of trying to take a lock.
#[allow(dead_code, reason = "there are no locks here")]
pub(crate) enum Attempt {
    /// It is ours, until the file is closed.
    Locked,
    /// It is somebody else's.
    Busy,
    /// There are no locks.
    Unsupported,
}

/// Makes a file that was not there.
pub(crate) fn create_new(path: &Path, _old: Option<&Metadata>) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Opens a file for reading.
pub(crate) fn open_no_follow(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a file for reading and writing, or makes it.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// There are no locks.
#[allow(clippy::unnecessary_wraps, reason = "it is fallible on Unix")]
pub(crate) fn try_lock(_file: &File) -> io::Result<Attempt> {
    Ok(Attempt::Unsupported)
}

/// Nobody takes files for stale here, so each is where it was made.
#[allow(clippy::unnecessary_wraps, reason = "it is fallible on Unix")]
pub(crate) fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// A new file has the mode of a new file.
#[allow(clippy::unnecessary_wraps, reason = "it is fallible on Unix")]
pub(crate) fn hand_on(_old: &Metadata, _new: &File) -> io::Result<()> {
    Ok(())
}

/// A folder, whose entries cannot be made durable.
pub(crate) struct Folder;

#[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "as it is on Unix")]
impl Folder {
    pub(crate) fn open(_path: &Path) -> io::Result<Self> {
        Ok(Self)
    }

    /// Nothing can be waited for.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The name of this machine.
pub(crate) fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this machine".into())
}
