//! [`Reading`]: a column while it is read, one of numbers until a text turns up.

use crate::frame::{Cells, NONE};
use crate::missing::is_missing;
use crate::table::Table;
use crate::{Error, Place};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::io::Read;

/// A column while it is read.
#[derive(Debug)]
pub(crate) enum Reading {
    Numbers {
        numbers: Numbers,
        /// The first number that is infinite, and its row.
        infinite: Option<(usize, String)>,
    },
    Text(Texts),
}

impl Default for Reading {
    fn default() -> Self {
        Reading::Numbers { numbers: Numbers::default(), infinite: None }
    }
}

impl Reading {
    /// Takes the cell in this column of the row.
    #[inline]
    pub(crate) fn push<R: Read>(&mut self, table: &Table<R>, column: usize) -> Result<(), Error> {
        match self {
            Reading::Numbers { numbers, .. } => match table.plain(column) {
                Some(number) => numbers.push(number),
                None => self.push_text(table.text(column)?),
            },
            Reading::Text(texts) => {
                if !texts.push_known(table.bytes(column)) {
                    texts.push(table.text(column)?, table.bytes(column));
                }
            }
        }
        Ok(())
    }

    /// Takes what is no plain number.
    fn push_text(&mut self, text: &str) {
        match self {
            Reading::Text(texts) => texts.push(text, text.as_bytes()),
            Reading::Numbers { numbers, .. } if is_missing(text) => numbers.push(f64::NAN),
            Reading::Numbers { numbers, infinite } => {
                if let Ok(number) = text.parse::<f64>() {
                    if number.is_infinite() {
                        infinite.get_or_insert_with(|| {
                            (numbers.all.len() + numbers.recent.len(), text.to_owned())
                        });
                    }
                    numbers.push(number);
                } else {
                    self.turn_into_text();
                    self.push_text(text);
                }
            }
        }
    }

    fn turn_into_text(&mut self) {
        let mut texts = Texts::default();
        if let Reading::Numbers { numbers, .. } = self {
            for number in std::mem::take(numbers).finish() {
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
            Reading::Numbers { numbers, infinite: None } => Ok(Cells::Numbers(numbers.finish())),
            Reading::Text(Texts { names, rows, .. }) => Ok(Cells::Text { texts: names, rows }),
        }
    }
}

/// A column of numbers while it is read. The last are kept apart: the vectors of a wide table all begin at the
/// same offset in a page of memory, so that the ends of only some of them fit into the cache at once, and a number a time
/// would wait for the memory each time.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    all: Vec<f64>,
    recent: Vec<f64>,
}

impl Numbers {
    #[inline]
    fn push(&mut self, number: f64) {
        const RECENT: usize = 32;
        if self.recent.len() == RECENT {
            self.all.append(&mut self.recent);
        }
        self.recent.push(number);
    }

    fn finish(mut self) -> Vec<f64> {
        self.all.append(&mut self.recent);
        self.all
    }
}

/// A column of text while it is read.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<u32>,
    /// The number of each text, however it was written: 1 and 1.0 are the same.
    known: HashMap<Box<[u8]>, u32, RandomState>,
}

impl Texts {
    /// Takes a text as it is written, if it has been so before.
    fn push_known(&mut self, written: &[u8]) -> bool {
        let known = self.known.get(written).copied();
        self.rows.extend(known);
        known.is_some()
    }

    /// Takes a text, and remembers how it is written.
    fn push(&mut self, text: &str, written: &[u8]) {
        let number = match text.parse::<f64>() {
            _ if is_missing(text) => NONE,
            Ok(number) if number.is_nan() => NONE,
            Ok(number) => self.number_of(&in_full(number)),
            Err(_) => self.number_of(text),
        };
        self.known.insert(written.into(), number);
        self.rows.push(number);
    }

    pub(crate) fn push_number(&mut self, number: f64) {
        let number = if number.is_nan() { NONE } else { self.number_of(&in_full(number)) };
        self.rows.push(number);
    }

    fn number_of(&mut self, text: &str) -> u32 {
        self.known.get(text.as_bytes()).copied().unwrap_or_else(|| {
            let number = self.names.len() as u32;
            self.names.push(text.to_owned());
            self.known.insert(text.as_bytes().into(), number);
            number
        })
    }
}

/// How a number is written as a text: as its value, which -0 and 0 have in common.
fn in_full(number: f64) -> String {
    (number + 0.0).to_string()
}
