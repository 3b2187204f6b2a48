//! What the standard library does not offer on Unix, or only since a later version: locks, owners, host name.

use rustix::fs::{FlockOperation, Gid, Mode, OFlags, Uid, fchmod, fchown, flock};
use rustix::io::Errno;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// What came of trying to take a lock.
pub(crate) enum Attempt {
    /// It is ours, until the file is closed.
    Locked,
    /// It is somebody else's.
    Busy,
    /// This file system has no locks.
    Unsupported,
}

/// Makes a file that was not there. One that is to replace `old` is its owner's alone until [`hand_on`].
pub(crate) fn create_new(path: &Path, old: Option<&Metadata>) -> io::Result<File> {
    let mode = old.map_or(0o666, |_| 0o600);
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Opens a file for reading, but no symbolic link.
pub(crate) fn open_no_follow(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(no_follow()).open(path)
}

/// Opens a file for reading and writing, or makes it; a symbolic link is not followed.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).custom_flags(no_follow()).open(path)
}

/// Flags by which neither a symbolic link nor a named pipe, waiting for its other end, is fallen for.
fn no_follow() -> i32 {
    (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().try_into().expect("flags are small")
}

/// Tries to be the only one to hold a file.
pub(crate) fn try_lock(file: &File) -> io::Result<Attempt> {
    loop {
        return match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Attempt::Locked),
            Err(Errno::INTR) => continue,
            Err(Errno::WOULDBLOCK) => Ok(Attempt::Busy),
            // As Lustre without -o flock has it, and some file systems in user space.
            Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::NOLCK) => Ok(Attempt::Unsupported),
            Err(error) => Err(error.into()),
        };
    }
}

/// Whether the file is still the one that is found at `path`.
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Gives a file the mode of an old one and, where that is permitted, its owner and group. What the old group
/// might do, another group may not.
pub(crate) fn hand_on(old: &Metadata, new: &File) -> io::Result<()> {
    let ours = new.metadata()?;
    let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
    let mut kept = 0o777;
    if (ours.uid(), ours.gid()) != (old.uid(), old.gid()) {
        // A group may be given away by its members, an owner only by root. INVAL: unknown in this container.
        let refused = |result: rustix::io::Result<()>| match result {
            Err(Errno::PERM | Errno::INVAL) => Ok(true),
            result => result.map(|()| false),
        };
        if refused(fchown(new, Some(owner), Some(group)))? && refused(fchown(new, None, Some(group)))? {
            kept = 0o707;
        }
    }
    Ok(fchmod(new, Mode::from_raw_mode(old.mode() & kept))?)
}

/// A folder whose entries can be made durable.
pub(crate) struct Folder(File);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self)
    }

    /// Waits until its entries have reached the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        match self.0.sync_all() {
            // The answer of file systems that cannot sync a folder.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }
}

/// The name of this machine.
pub(crate) fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
