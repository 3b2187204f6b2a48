//! [`Summary`]: what is remembered of a column while its blocks pass.

use crate::encoding::categories;
use crate::frame::{Cells, Frame, NONE};
use crate::mixed::{Mixed, is_number, mostly_numbers};
use crate::task::WholeNumbers;
use crate::{Error, Kind, Place, Task};
use std::collections::HashMap;

/// A text that is no number, or a number that is no label, and where it stands.
pub(super) type Word = (Place, String);

/// A column of which the rows so far are forgotten.
#[derive(Debug)]
pub(super) struct Summary {
    /// Whether it is known to have text, so that its numbers are texts as well.
    text: bool,
    /// Whether text has come after numbers, which are gone: they must come once more.
    late: bool,
    /// What it is to be as a target, if it is one.
    target: Option<Task>,
    /// The first text of all rows that is no number, and where, if the column is one of text for that.
    word: Option<Word>,
    /// The first of the rows taken in.
    first: Option<Word>,
    /// Of a target, the first number that could be no label, and where.
    large: Option<Word>,
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
    /// Of a column in which an earlier reading has found this word.
    pub(super) fn new(word: Option<Word>, target: Option<Task>, limit: usize) -> Self {
        Summary {
            // Classes are known by their texts, whatever these are.
            text: word.is_some() || target == Some(Task::Classification),
            late: false,
            target,
            word,
            first: None,
            large: None,
            counts: HashMap::new(),
            present: 0,
            mean: 0.0,
            whole: Some(WholeNumbers::default()),
            limit,
        }
    }

    /// Whether the file is to be read once more, and the word for which the column is one of text.
    pub(super) fn turned(&self) -> (bool, Option<Word>) {
        (self.late, self.word.clone())
    }

    /// Takes in these rows of a block.
    pub(super) fn add(&mut self, frame: &Frame, column: usize, rows: &[usize]) -> Result<(), Error> {
        if self.target.is_some() && self.large.is_none() {
            self.large = frame.large_label(column);
        }
        if self.word.is_none() {
            self.word = frame.first_word(column);
        }
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
                    if self.first.is_none() && !is_number(text) {
                        self.first = Some((frame.place(row, column), text.clone()));
                    }
                    match self.counts.get_mut(text) {
                        Some(count) => *count += 1,
                        None => drop(self.counts.insert(text.clone(), 1)),
                    }
                }
                if self.counts.len() > self.limit { self.refuse(frame, column) } else { Ok(()) }
            }
        }
    }

    /// More different texts than there may be: nothing that comes later can mend it.
    fn refuse(&self, frame: &Frame, column: usize) -> Result<(), Error> {
        let (found, limit) = (self.counts.len(), self.limit);
        match self.target {
            None => {
                let place = frame.place(0, column);
                self.kind(&place.file, &place.name).map(drop)
            }
            Some(Task::Regression) => self.refuse_word(),
            Some(Task::Auto | Task::Classification) => {
                self.looks_like_classes()?;
                Err(Error::ClassCount { found, limit })
            }
        }
    }

    fn refuse_word(&self) -> Result<(), Error> {
        match self.word.clone() {
            Some((at, found)) => Err(Error::NotANumber { at, found }),
            None => Ok(()),
        }
    }

    /// What a feature becomes.
    pub(super) fn kind(&self, file: &str, column: &str) -> Result<Kind, Error> {
        if self.text {
            let found = self.counts.iter().map(|(text, &count)| (text, count)).collect();
            return categories(file, column, found, self.limit, || self.refuse_word());
        }
        match self.present {
            0 => Err(Error::NoValue { file: file.to_owned(), column: column.to_owned() }),
            _ => Ok(Kind::Number { mean: self.mean }),
        }
    }

    /// A feature that is taken for categories though most of its different cells are numbers.
    pub(super) fn mixed(&self, kind: &Kind) -> Option<Mixed> {
        let Kind::Categories { names, .. } = kind else { return None };
        let (at, found) = self.first.clone().filter(|_| mostly_numbers(names))?;
        let words = self.counts.iter().filter(|(text, _)| !is_number(text));
        Some(Mixed { at, found, cells: words.map(|(_, count)| count).sum(), categories: names.len() })
    }

    /// Whether a target is one of classes.
    pub(super) fn looks_like_classes(&self) -> Result<bool, Error> {
        match self.word.clone() {
            Some((at, found)) if self.target == Some(Task::Auto) && mostly_numbers(self.counts.keys()) => {
                Err(Error::MixedTarget { at, found })
            }
            _ => Ok(self.text || self.whole.as_ref().is_some_and(WholeNumbers::are_repeated)),
        }
    }

    /// The different texts, of the numbers of classes how they are written; and how many cells have one.
    pub(super) fn texts(&self) -> Result<(Vec<String>, usize), Error> {
        match (&self.large, &self.whole) {
            (Some((at, found)), _) => Err(Error::LargeLabel { at: at.clone(), found: found.clone() }),
            (None, Some(whole)) if !self.text => Ok((whole.texts(), self.present)),
            _ => Ok((self.counts.keys().cloned().collect(), self.counts.values().sum())),
        }
    }
}
