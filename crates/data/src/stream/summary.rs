//! [`Summary`]: what is remembered of a column while its blocks pass.

use crate::encoding::categories;
use crate::frame::{Cells, Frame, NONE};
use crate::task::WholeNumbers;
use crate::{Error, Kind, Place};
use std::collections::HashMap;

/// A column of which the rows so far are forgotten.
#[derive(Debug)]
pub(super) struct Summary {
    /// Whether it is known to have text, so that its numbers are texts as well.
    text: bool,
    /// Whether text has come after numbers, which are gone: they must come once more.
    late: bool,
    /// The first text that is no number, and where.
    first: Option<(Place, String)>,
    /// How often each text was there.
    counts: HashMap<String, usize>,
    /// How many numbers, and their mean.
    present: usize,
    mean: f64,
    /// As long as they may be the numbers of classes.
    whole: Option<WholeNumbers>,
    /// The most different texts.
    limit: usize,
}

impl Summary {
    pub(super) fn new(text: bool, limit: usize) -> Self {
        Summary {
            text,
            late: false,
            first: None,
            counts: HashMap::new(),
            present: 0,
            mean: 0.0,
            whole: Some(WholeNumbers::default()),
            limit,
        }
    }

    /// Whether the file is to be read once more, and the column has text.
    pub(super) fn turned(&self) -> (bool, bool) {
        (self.late, self.text || self.late)
    }

    /// Takes in these rows of a block.
    pub(super) fn add(&mut self, frame: &Frame, column: usize, rows: &[usize]) -> Result<(), Error> {
        match &frame.columns()[column].cells {
            Cells::Numbers(numbers) if !self.text => {
                let present: Vec<f64> =
                    rows.iter().map(|&row| numbers[row]).filter(|number| !number.is_nan()).collect();
                let all = self.present + present.len();
                // Each is divided before the sum, which so stays finite.
                let mean: f64 = present.iter().map(|number| number / present.len() as f64).sum();
                let share = present.len() as f64 / all.max(1) as f64;
                self.mean = self.mean * (1.0 - share) + mean * share;
                self.present = all;
                self.whole = self.whole.take().and_then(|mut whole| whole.add(&present).then_some(whole));
                Ok(())
            }
            Cells::Text { .. } if !self.text && self.present > 0 => {
                self.late = true;
                Ok(())
            }
            cells => {
                self.text = true;
                let (texts, of) = cells.as_text();
                for &row in rows.iter().filter(|&&row| of[row] != NONE) {
                    let text = &texts[of[row] as usize];
                    if self.first.is_none() && text.parse::<f64>().is_err() {
                        self.first = Some((frame.place(row, column), text.clone()));
                    }
                    match self.counts.get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(self.counts.insert(text.clone(), 1)),
                    }
                }
                if self.counts.len() > self.limit {
                    let place = frame.place(0, column);
                    return self.kind(&place.file, &place.name).map(drop);
                }
                Ok(())
            }
        }
    }

    /// What a feature becomes.
    pub(super) fn kind(&self, file: &str, column: &str) -> Result<Kind, Error> {
        if self.text {
            let found = self.counts.iter().map(|(text, &count)| (text, count)).collect();
            return categories(file, column, found, self.limit, || match &self.first {
                Some((at, found)) => Err(Error::NotANumber { at: at.clone(), found: found.clone() }),
                None => Ok(()),
            });
        }
        match self.present {
            0 => Err(Error::NoValue { file: file.to_owned(), column: column.to_owned() }),
            _ => Ok(Kind::Number { mean: self.mean }),
        }
    }

    /// Whether a target is one of classes.
    pub(super) fn looks_like_classes(&self) -> bool {
        self.text || self.whole.as_ref().is_some_and(WholeNumbers::are_repeated)
    }

    /// The different texts; of the numbers of classes, how they are written.
    pub(super) fn texts(&self) -> Vec<String> {
        match &self.whole {
            Some(whole) if !self.text => whole.texts(),
            _ => self.counts.keys().cloned().collect(),
        }
    }
}
