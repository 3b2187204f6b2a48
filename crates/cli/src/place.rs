//! Where a file is to be written: looked at before the work is done.

use crate::failure::Failure;
use glassgrad_store::check_writable;
use std::path::Path;

/// Whether a file can be written here: there is none yet, unless by `force`, and one can be made.
pub(crate) fn free(path: &Path, force: bool) -> Result<(), Failure> {
    check_writable(path)?;
    if !force && path.exists() {
        return Err(Failure::CannotCreate(format!(
            "{}: there is such a file already; add --force to replace it, or choose another path",
            path.display()
        )));
    }
    Ok(())
}

/// Writes a text file, whole or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(glassgrad_store::replace(path, |file| file.write_all(text.as_bytes()))?)
}
