//! The cells of one column of a [`Frame`], as what the column was learnt to be.

use crate::frame::{Cells, Frame, NONE};
use crate::{Error, Missing};
use std::borrow::Cow;
use std::collections::HashMap;

impl Frame {
    /// The numbers of a column, NaN where one is missing. All are finite, as those of a column without text are already.
    pub(crate) fn numbers(&self, column: usize) -> Result<Cow<'_, [f64]>, Error> {
        let (texts, rows) = match &self.columns()[column].cells {
            Cells::Numbers(numbers) => return Ok(numbers.into()),
            Cells::Text { texts, rows } => (texts, rows),
        };
        let values: Vec<Option<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let number = |(row, &text): (usize, &u32)| match text {
            NONE => Ok(f64::NAN),
            text => {
                let value = values[text as usize];
                value.filter(|number| number.is_finite()).ok_or_else(|| {
                    let (at, found) = (self.place(row, column), texts[text as usize].clone());
                    match value {
                        Some(_) => Error::NotFinite { at, found },
                        None => Error::NotANumber { at, found },
                    }
                })
            }
        };
        rows.iter().enumerate().map(number).collect::<Result<Vec<_>, _>>().map(Cow::from)
    }

    /// The numbers of these classes in a column, none where the label is missing.
    pub(crate) fn labels(&self, column: usize, classes: &[String]) -> Result<Vec<Option<u32>>, Error> {
        let (texts, rows) = self.columns()[column].cells.as_text();
        let numbers: HashMap<&str, u32> = classes.iter().map(String::as_str).zip(0..).collect();
        let known: Vec<Option<u32>> = texts.iter().map(|text| numbers.get(text.as_str()).copied()).collect();
        let label = |(row, &text): (usize, &u32)| match text {
            NONE => Ok(None),
            text => known[text as usize].map(Some).ok_or_else(|| Error::UnknownLabel {
                at: self.place(row, column),
                found: texts[text as usize].clone(),
                known: classes.to_vec(),
            }),
        };
        rows.iter().enumerate().map(label).collect()
    }

    /// Takes the rows out of `keep` that have no value in a column, or refuses the first.
    pub(crate) fn mark_missing(
        &self,
        column: usize,
        policy: Missing,
        keep: &mut [bool],
    ) -> Result<(), Error> {
        let missing = |row: usize| match &self.columns()[column].cells {
            Cells::Numbers(numbers) => numbers[row].is_nan(),
            Cells::Text { rows, .. } => rows[row] == NONE,
        };
        for (row, keep) in keep.iter_mut().enumerate() {
            match policy {
                Missing::Error if missing(row) => {
                    return Err(Error::MissingValue { at: self.place(row, column) });
                }
                Missing::Drop => *keep &= !missing(row),
                Missing::Error | Missing::Mean => {}
            }
        }
        Ok(())
    }
}
