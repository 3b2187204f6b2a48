//! [`Frames`]: a CSV file a block of rows at a time, for who needs each row but once.

use crate::format::Format;
use crate::open::{Bytes, open};
use crate::table::Table;
use crate::{Error, Frame, ReadOptions};
use std::fs::File;
use std::path::Path;

/// The most bytes of a block, but for one row.
pub(crate) const BLOCK_BYTES: u64 = 4 << 20;

/// The rows of a file from the first to the last, in frames of at most so many.
///
/// ```
/// use glassgrad_data::{Frames, ReadOptions};
///
/// # let path = std::env::temp_dir().join(format!("glassgrad-frames-{}.csv", std::process::id()));
/// # std::fs::write(&path, "x\n1\n2\n3\n")?;
/// let frames = Frames::open(&path, &ReadOptions::default(), 2)?.expect("a name that ends in .csv");
/// let rows = frames.map(|frame| frame.map(|frame| frame.rows())).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(rows, [2, 1]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Frames {
    table: Table<Bytes<File>>,
    rows: usize,
}

impl Frames {
    /// Reads the header of a file; one whose name ends in `.gz` is unpacked. None if its name, as of
    /// [`Input::read`](crate::Input::read), is not that of a CSV file.
    ///
    /// # Errors
    /// If there is no such file, its name says nothing, or something is wrong with its header.
    pub fn open(path: &Path, options: &ReadOptions, rows: usize) -> Result<Option<Self>, Error> {
        let file = path.display().to_string();
        let Some(delimiter) = Format::of(&file)?.delimiter(options) else { return Ok(None) };
        let table = Table::open(open(path)?.0, &file, delimiter, &options.ignore)?;
        Ok(Some(Frames { table, rows: rows.max(1) }))
    }
}

/// Nothing comes after an error that makes sense.
impl Iterator for Frames {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Frame::read_rows(&mut self.table, self.rows, BLOCK_BYTES).transpose()
    }
}
