//! [`Run::input`]: the data of a run, from its file or from its own rows.

use super::Run;
use super::names::counted;
use crate::failure::Failure;
use glassgrad_data::{Error as DataError, Frame, Input};
use glassgrad_tensor::Scalar;
use std::path::Path;

impl Run {
    /// Reads what is to be trained on.
    pub(super) fn input<T: Scalar>(&self) -> Result<Input<T>, Failure> {
        match self.file()? {
            Some(path) => self.data.open(path, self.data.labels.as_deref()),
            None => self.inline_rows(),
        }
    }

    /// The file to train on; none if the data are rows.
    pub(super) fn file(&self) -> Result<Option<&Path>, Failure> {
        match (&self.data.train, self.data.rows.is_empty()) {
            (Some(path), true) => Ok(Some(path)),
            (None, false) => Ok(None),
            (Some(path), false) => Err(Failure::Usage(format!(
                "{}: found beside the file {} (data.train); expected one of them",
                self.named("data.rows"),
                path.display()
            ))),
            (None, true) => Err(Failure::Usage(
                "no data: expected a file to train on, as in `glassgrad train house.csv --target price`, or data.train \
                 or data.rows in a RUN.toml"
                    .into(),
            )),
        }
    }

    /// The rows that the run has itself.
    fn inline_rows<T: Scalar>(&self) -> Result<Input<T>, Failure> {
        let rows = &self.data.rows;
        let expected = rows[0].len();
        if let Some((row, numbers)) = rows.iter().enumerate().find(|(_, row)| row.len() != expected) {
            return Err(Failure::Data(format!(
                "{}data.rows:{}: found {}; expected {expected}, as the first row has",
                self.said.row(row).map_or(String::new(), |place| format!("{place}: ")),
                row + 1,
                counted(numbers.len(), "number")
            )));
        }
        let name = self.said.part("data.rows");
        Ok(Input::Table(Frame::from_rows(&name, rows).map_err(|error| match error {
            DataError::Empty { .. } => Failure::Data(format!("{}: {error}", self.named("data.rows"))),
            error => error.into(),
        })?))
    }

    /// What is wrong with data, if it is a setting that is wrong, with that.
    pub(super) fn data_failure(&self, error: DataError) -> Failure {
        match error {
            DataError::EmptySide { .. } => {
                self.refusal("data.validation", format!("{error}; 0 holds nothing out"))
            }
            DataError::RepeatedTarget { .. } => self.refusal("data.target", error),
            DataError::NotANumber { ref at, .. } if !self.data.target.contains(&at.name) => {
                Failure::Data(format!("{error}; see --ignore (data.ignore)"))
            }
            error => match self.cut_name(&error) {
                Some(hint) => Failure::Data(format!("{error}; {hint}")),
                None => error.into(),
            },
        }
    }

    /// If a column was not found because its name has a comma, at which its flag was cut, how to say it.
    fn cut_name(&self, error: &DataError) -> Option<String> {
        let (key, names, known) = match error {
            DataError::MissingTarget { known, .. } => ("data.target", &self.data.target, known),
            DataError::NothingToIgnore { known, .. } => ("data.ignore", &self.data.ignore, known),
            _ => return None,
        };
        let flag = names.join(",");
        let meant = known.iter().find(|name| name.contains(',') && flag.contains(*name))?;
        let meant = toml::Value::from(vec![meant.clone()]);
        self.said.is_flagged(key).then(|| {
            format!(
                "the flag is cut at its commas, but a RUN.toml takes names that have some: {key} = {meant}"
            )
        })
    }
}
