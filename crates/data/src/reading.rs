//! [`Reading`]: a column while it is read, one of numbers until a text turns up.

use crate::frame::{Cells, NONE};
use crate::missing::is_missing;
use crate::{Error, Place};
use std::collections::HashMap;

/// A column while it is read.
#[derive(Debug)]
pub(crate) enum Reading {
    Numbers {
        numbers: Vec<f64>,
        /// The first number that is infinite, and its row.
        infinite: Option<(usize, String)>,
    },
    Text(Texts),
}

impl Default for Reading {
    fn default() -> Self {
        Reading::Numbers { numbers: Vec::new(), infinite: None }
    }
}

impl Reading {
    pub(crate) fn push(&mut self, text: &str) {
        match self {
            Reading::Text(texts) => texts.push(text),
            Reading::Numbers { .. } if is_missing(text) => self.push_number(f64::NAN, text),
            Reading::Numbers { .. } => {
                if let Ok(number) = text.parse() {
                    self.push_number(number, text);
                } else {
                    self.turn_into_text();
                    self.push(text);
                }
            }
        }
    }

    /// A finite number, however it was written.
    pub(crate) fn push_plain(&mut self, number: f64) {
        match self {
            Reading::Numbers { numbers, .. } => numbers.push(number),
            Reading::Text(texts) => texts.push_number(number),
        }
    }

    fn push_number(&mut self, number: f64, text: &str) {
        if let Reading::Numbers { numbers, infinite } = self {
            if number.is_infinite() {
                infinite.get_or_insert_with(|| (numbers.len(), text.to_owned()));
            }
            numbers.push(number);
        }
    }

    fn turn_into_text(&mut self) {
        let mut texts = Texts::default();
        if let Reading::Numbers { numbers, .. } = self {
            for &number in numbers.iter() {
                texts.push_number(number);
            }
        }
        *self = Reading::Text(texts);
    }

    pub(crate) fn finish(self, place: impl Fn(usize) -> Place) -> Result<Cells, Error> {
        match self {
            Reading::Numbers { infinite: Some((row, found)), .. } => {
                Err(Error::NotFinite { at: place(row), found })
            }
            Reading::Numbers { numbers, infinite: None } => Ok(Cells::Numbers(numbers)),
            Reading::Text(Texts { names, rows, .. }) => Ok(Cells::Text { texts: names, rows }),
        }
    }
}

/// A column of text while it is read.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<u32>,
    known: HashMap<String, u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        if is_missing(text) {
            return self.rows.push(NONE);
        }
        match text.parse() {
            Ok(number) => self.push_number(number),
            Err(_) => self.add(text),
        }
    }

    pub(crate) fn push_number(&mut self, number: f64) {
        if number.is_nan() { self.rows.push(NONE) } else { self.add(&number.to_string()) }
    }

    fn add(&mut self, text: &str) {
        let number = self.known.get(text).copied().unwrap_or_else(|| {
            let number = self.names.len() as u32;
            self.names.push(text.to_owned());
            self.known.insert(text.to_owned(), number);
            number
        });
        self.rows.push(number);
    }
}
