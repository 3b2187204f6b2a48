//! [`ReadFlags`]: in what new data for a model differ from those that it was trained on.

use crate::failure::Failure;
use crate::model::run_of;
use crate::run::flags::delimiter;
use crate::run::{DataSettings, check_delimiter};
use clap::Args;
use glassgrad_train::Notes;
use std::path::Path;

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

impl ReadFlags {
    /// How a file is read: as the data of the run were, except for these flags.
    pub(crate) fn settings(&self, file: &Path, model: &Path, notes: &Notes) -> Result<DataSettings, Failure> {
        check_delimiter(self.delimiter, file)?;
        // A model that another program has made need not be of a run.
        let mut settings =
            if notes.run.is_empty() { DataSettings::default() } else { run_of(model, notes)?.data };
        settings.delimiter = self.delimiter.unwrap_or(settings.delimiter);
        settings.ignore.extend(self.ignore.iter().cloned());
        Ok(settings)
    }
}
