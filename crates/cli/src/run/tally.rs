//! [`Tally`]: what was left out of the data or made up, counted while they are encoded.

use crate::failure::Failure;
use glassgrad_data::{EncodingOptions, Error, Missing, Outcome};
use std::collections::BTreeMap;

/// What became of so many rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows: usize,
    pub(crate) dropped: usize,
    pub(crate) filled: usize,
    /// The columns with texts that training did not see, and how many cells.
    pub(crate) unseen: BTreeMap<String, usize>,
}

impl Tally {
    /// What came of so many rows.
    pub(crate) fn of<D>(outcome: &Outcome<D>, rows: usize) -> Self {
        let mut tally = Tally::default();
        tally.add(outcome, rows);
        tally
    }

    fn add<D>(&mut self, outcome: &Outcome<D>, rows: usize) {
        self.rows += rows;
        self.dropped += rows - outcome.rows.len();
        self.filled += outcome.filled;
        for (column, cells) in &outcome.unseen {
            *self.unseen.entry(column.clone()).or_default() += cells;
        }
    }

    /// Takes in what came of a block of so many rows, encoded by these options. There may be nothing of it; but not if it is all there was: see
    /// [`check`](Self::check).
    pub(crate) fn take<D>(
        &mut self,
        outcome: Result<Outcome<D>, Error>,
        rows: usize,
        options: &EncodingOptions,
    ) -> Result<Option<Outcome<D>>, Failure> {
        match outcome {
            Err(Error::NothingLeft { .. }) => {
                self.rows += rows;
                self.dropped += rows;
                Ok(None)
            }
            outcome => {
                let outcome = outcome.map_err(|error| as_trained(error, options))?;
                self.add(&outcome, rows);
                Ok(Some(outcome))
            }
        }
    }

    /// Whether a row is left.
    pub(crate) fn check(&self, file: &str) -> Result<(), Error> {
        if self.dropped < self.rows || self.rows == 0 {
            return Ok(()); // or nothing was read
        }
        Err(Error::NothingLeft { file: file.to_owned() })
    }

    /// What there is to say of it.
    pub(crate) fn remarks(&self, what: &str) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.dropped > 0 {
            remarks.push(format!("{} of {what} left out, with missing values", self.dropped));
        }
        if self.filled > 0 {
            remarks.push(format!("{} missing values filled in, in {what}", self.filled));
        }
        for (column, cells) in &self.unseen {
            remarks.push(format!(
                "column {column:?}: {cells} of {what} have a text that training did not see, and count as none of its categories"
            ));
        }
        remarks
    }
}

/// Why data do not suit a model, which was told in training what to do with such.
fn as_trained(error: Error, options: &EncodingOptions) -> Failure {
    let key = match &error {
        Error::MissingValue { .. } if options.missing == Missing::Error => "missing",
        Error::MissingValue { .. } => return Failure::Data(error.to_string()), // of a target
        Error::UnseenCategory { .. } => "unseen",
        _ => return error.into(),
    };
    Failure::Data(format!("{error}; the model has data.{key} = \"error\" from its training (train --{key})"))
}
