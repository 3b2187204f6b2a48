//! [`Lock`]: one writer a path, by agreement.
//!
//! The lock is a `flock` on a file of its own, `.<name>.lock` beside the path, since the file at the path is
//! replaced at every save. It says who holds it: process, host and since when. The kernel lets go of it when
//! the holder ends, however it ends, so no lock is ever stale: the file that a killed holder leaves is taken
//! over by the next. Who lets go removes the file first; whoever has just opened that file notices, once it has
//! the lock, that it is no longer the one at the path, and begins anew.
//!
//! It holds among those who ask, across processes and, where the file system passes locks on (NFS does), across
//! machines. Where a file system has no locks (and elsewhere than on Unix), taking one succeeds and guards
//! nothing: a training run must not fail for want of a courtesy. [`replace()`](crate::replace()) does not ask
//! for a lock: two writers without one replace each other's files, but never mix them.

mod date;

use crate::error::{Error, Problem, Step};
use crate::save::Target;
use crate::system::{self, Attempt};
use std::fmt::{self, Display, Formatter};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The number of the process, on its host.
    pub pid: u32,
    /// The name of the machine.
    pub host: String,
    /// When it was taken, by the clock of that machine; whole seconds.
    pub since: SystemTime,
}

impl Holder {
    fn this_process() -> Self {
        Self { pid: process::id(), host: system::host(), since: SystemTime::now() }
    }

    /// As [`Holder::read`] reads it.
    fn write(&self, mut file: &File) -> io::Result<()> {
        let since = date::seconds(self.since);
        let text = format!("{} {since} {}\n", self.pid, self.host);
        file.set_len(0)?;
        file.write_all(text.as_bytes())
    }

    /// `None` for what is no holder, such as a file that is being written.
    fn read(file: &File) -> Option<Self> {
        const LONGEST: u64 = 512;
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).ok()?;
        let mut words = text.strip_suffix('\n')?.splitn(3, ' ');
        let (pid, since) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let since = UNIX_EPOCH.checked_add(std::time::Duration::from_secs(since))?;
        Some(Self { pid, host: words.next()?.into(), since })
    }
}

impl Display for Holder {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let since = date::utc(self.since);
        write!(f, "process {} on {}, since {since},", self.pid, self.host.escape_debug())
    }
}

/// The right to write a path, given back when dropped.
#[derive(Debug)]
#[must_use = "the lock is given back when this is dropped"]
pub struct Lock {
    /// The locked file and its path; `None` where there are no locks.
    held: Option<(File, PathBuf)>,
}

impl Lock {
    /// Takes the lock of a path without waiting.
    ///
    /// # Errors
    /// [`Error::Locked`] with the holder; [`Error::Place`] if no file can be made beside the path;
    /// [`Error::Write`] if the system could not lock.
    pub fn take(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |source| Error::Write { path: path.into(), step: Step::Lock, source };
        let target = Target::before_work(path)?;
        let sidecar = target.beside("lock");
        loop {
            let file = system::open_or_create(&sidecar).map_err(|source| {
                let problem = Problem::Denied { folder: target.folder.clone(), source };
                Error::Place { path: path.into(), problem }
            })?;
            match system::try_lock(&file).map_err(failed)? {
                Attempt::Locked if system::is_at(&file, &sidecar).map_err(failed)? => {
                    let lock = Self { held: Some((file, sidecar)) };
                    if let Some((file, _)) = &lock.held {
                        Holder::this_process().write(file).map_err(failed)?;
                    }
                    return Ok(lock);
                }
                Attempt::Locked => {} // its holder removed it after it was opened here
                Attempt::Busy => {
                    return Err(Error::Locked { path: path.into(), holder: Holder::read(&file) });
                }
                Attempt::Unsupported => {
                    // Nobody else's either: without locks there is nothing to hold.
                    let _ = fs::remove_file(&sidecar);
                    return Ok(Self { held: None });
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((_, sidecar)) = &self.held {
            // Removed before the file is closed, and so unlocked. If that fails, the next holder takes it over.
            let _ = fs::remove_file(sidecar);
        }
    }
}
