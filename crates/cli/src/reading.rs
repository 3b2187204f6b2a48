//! [`ReadFlags::read`]: new data for a model, which it has been trained for but not on.

use crate::failure::Failure;
use crate::run::flags::delimiter;
use crate::run::{Run, check_delimiter, check_file};
use clap::Args;
use glassgrad_data::{Frames, Input};
use glassgrad_tensor::Scalar;
use glassgrad_train::Notes;
use std::path::Path;

/// Rows of a table that are read at once.
const BLOCK: usize = 4096;

/// In what a file differs from the one that was trained on.
#[derive(Args, Debug)]
pub(crate) struct ReadFlags {
    /// What stands between two fields of the data, such as ';', or tab [default: as in training]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<char>,
    /// Columns that are skipped, beside those that training skipped; several, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    ignore: Vec<String>,
}

/// Data as they are read, a block at a time.
pub(crate) type Blocks<T> = Box<dyn Iterator<Item = Result<Input<T>, Failure>>>;

impl ReadFlags {
    /// Reads a file as the data of the run were, except for these flags: a table a block at a time, an array at once.
    pub(crate) fn read<T: Scalar>(
        &self,
        notes: &Notes,
        path: &Path,
        labels: Option<&Path>,
    ) -> Result<Blocks<T>, Failure> {
        let mut settings = Run::parse("the run of the model", &notes.run).unwrap_or_default().data;
        settings.delimiter = self.delimiter.unwrap_or(settings.delimiter);
        settings.ignore.extend(self.ignore.iter().cloned());
        check_file(path)?;
        check_delimiter(self.delimiter, path)?;
        if labels.is_none()
            && let Some(frames) = Frames::open(path, &settings.reading(), BLOCK)?
        {
            return Ok(Box::new(frames.map(|frame| Ok(Input::Table(frame?)))));
        }
        Ok(Box::new(std::iter::once(settings.open(path, labels))))
    }
}
