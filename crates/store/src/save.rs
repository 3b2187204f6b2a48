//! Saving: afterwards the path holds the old file or the new one, whole.
//!
//! [`replace()`] writes a temporary file in the same folder, waits for the disk (`fsync`), renames it to the
//! path, which no reader can see half done, and waits for the disk to take the folder's new entry. A process
//! killed in between leaves the old file and a temporary one, which [`clear_stale`] removes at the next start.
//!
//! # Which temporary files are stale
//! Those on which nobody holds a lock (`flock`). The writer takes one when it makes the file, and the kernel
//! drops it when the writer ends, however it ends: so neither a process number that was given out again nor a
//! writer in another container is mistaken. The number in the name, `.model.ckpt.<pid>.<n>.tmp`, is for people.
//!
//! # Mode, owner, links
//! A new file has the mode that the umask leaves of 0666. A file that is replaced hands on its mode, and its
//! owner and group where the system permits that; where it does not, no other group gets the rights of the old
//! one. Until then the temporary file is readable to nobody but its owner.
//! Access-control lists and extended attributes are not kept, and a hard link keeps pointing at the old file. A
//! symbolic link is followed: the file that it points to is replaced, and the link stays.
//!
//! # Elsewhere than on Unix
//! The order is the same, but the folder is not synced, mode and owner are those of a new file, and nothing is
//! locked, so that no temporary file is taken for stale.

mod target;
mod temporary;

use crate::error::{Error, Problem, Step};
use crate::system::{self, Folder};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
pub(crate) use target::Target;
use temporary::Temporary;

/// Replaces the file at `path`, or makes it, with what `write` writes.
///
/// When it returns `Ok`, the new file has reached the disk. When it returns an error, the temporary file is
/// removed and the old file is as it was, with one exception: after [`Step::SyncFolder`] the new file is in
/// place, but may not be there after a power failure.
///
/// # Errors
/// [`Error::Place`] where there can be no file; [`Error::Write`] naming the step that failed, with what `write`
/// returned for [`Step::Write`].
pub fn replace<F>(path: impl AsRef<Path>, write: F) -> Result<(), Error>
where
    F: FnOnce(&mut dyn Write) -> io::Result<()>,
{
    let path = path.as_ref();
    let failed = |step| move |source| Error::Write { path: path.into(), step, source };
    let target = Target::of(path)?;
    // Opened before anything is written, so that one thing less can fail after the rename.
    let folder = Folder::open(&target.folder).map_err(failed(Step::Look))?;
    let temporary = Temporary::create(&target, target.old.as_ref()).map_err(failed(Step::Create))?;
    if let Some(old) = &target.old {
        system::hand_on(old, temporary.file()).map_err(failed(Step::Mode))?;
    }

    let mut sink = BufWriter::with_capacity(1 << 16, temporary.file());
    write(&mut sink).and_then(|()| sink.flush()).map_err(failed(Step::Write))?;
    drop(sink);
    temporary.file().sync_all().map_err(failed(Step::Sync))?;
    temporary.rename(&target.file()).map_err(failed(Step::Rename))?;
    folder.sync().map_err(failed(Step::SyncFolder))
}

/// Whether [`replace()`] could write at `path` now: found by making a temporary file there and removing it.
///
/// For a program to ask before it computes for hours. It cannot know whether the disk will have room.
///
/// # Errors
/// [`Error::Place`], saying what is in the way.
pub fn check_writable(path: impl AsRef<Path>) -> Result<(), Error> {
    let path = path.as_ref();
    let target = Target::before_work(path)?;
    let denied = |source| Problem::Denied { folder: target.folder.clone(), source };
    Folder::open(&target.folder)
        .and_then(|_| Temporary::create(&target, None))
        .map(drop)
        .map_err(|source| Error::Place { path: path.into(), problem: denied(source) })
}

/// Removes the temporary files that killed writers of `path` left behind, and names them.
///
/// Files that are being written, by whatever process, are not touched.
///
/// # Errors
/// [`Error::Place`] where there can be no file; [`Error::Write`] if the folder cannot be listed or a stale file
/// not removed.
pub fn clear_stale(path: impl AsRef<Path>) -> Result<Vec<PathBuf>, Error> {
    let target = Target::before_work(path.as_ref())?;
    clear(&target.folder, |name| name == target.name.as_encoded_bytes())
}

/// Removes the stale temporary files of a folder that were to become a file of a `wanted` name.
pub(crate) fn clear(folder: &Path, wanted: impl Fn(&[u8]) -> bool) -> Result<Vec<PathBuf>, Error> {
    let failed = |path: &Path, step| {
        let path = path.to_path_buf();
        move |source| Error::Write { path, step, source }
    };
    let mut removed = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder, Step::Look))? {
        let entry = entry.map_err(failed(folder, Step::Look))?;
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let name = entry.file_name();
        if !is_file || !temporary::meant_for(name.as_encoded_bytes()).is_some_and(&wanted) {
            continue;
        }
        let path = entry.path();
        if temporary::remove_stale(&path).map_err(failed(&path, Step::Remove))? {
            removed.push(path);
        }
    }
    Ok(removed)
}
