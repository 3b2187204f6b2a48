//! Columns in which text stands among numbers: a slip of the pen, or categories such as 1, 2, 3+.
//!
//! Nobody can tell for sure, so the rule is simple. Where more than half of the different cells are numbers, or look like
//! numbers that are written in another manner, as 1.037,5 or $5: a target is refused unless it has been said to be one of classes, a feature of more than [`FEW`] different cells is
//! refused, and one of fewer is taken for categories, which [`Input::mixed`] tells.

use crate::encoding::{Encoded, Encoding, Kind};
use crate::frame::{Cells, Frame, NONE};
use crate::task::occurring;
use crate::wording::{count, quoted};
use crate::{Error, Input, Place};
use glassgrad_tensor::Scalar;
use std::fmt::{self, Display, Formatter};

/// The most different cells of a feature in which text may stand among a majority of numbers.
pub(crate) const FEW: usize = 20;

/// A feature that is taken for categories though most of its different cells are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixed {
    /// The first cell that is no number.
    pub at: Place,
    /// What is in it.
    pub found: String,
    /// How many cells are no numbers.
    pub cells: usize,
    /// How many categories there are.
    pub categories: usize,
}

impl Display for Mixed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Mixed { at, found, cells, categories } = self;
        let are = if *cells == 1 { "is no number" } else { "are no numbers" };
        write!(
            f,
            "{at}: found {} among numbers; {} {are}, and so the {categories} different values of the column are taken \
             for categories",
            quoted(found),
            count(*cells, "cell")
        )
    }
}

impl<T: Scalar> Input<T> {
    /// The columns of the training part that are learnt as categories though most of their different cells are numbers.
    pub fn mixed(&self, encoding: &Encoding) -> Vec<Mixed> {
        let Input::Table(frame) = self else { return Vec::new() };
        let mut learnt = encoding.columns.iter().peekable();
        let columns = frame.columns().iter().enumerate();
        // They stand in the order of the table.
        let learnt = columns.filter_map(|(position, column)| {
            learnt.next_if(|learnt| learnt.name == column.name).map(|learnt| (position, learnt))
        });
        learnt.filter_map(|(position, learnt)| frame.mixed(position, learnt)).collect()
    }
}

impl Cells {
    /// Whether more than half of the different cells are numbers, or look like numbers that are written in another manner.
    pub fn are_mostly_numbers(&self) -> bool {
        match self {
            Cells::Numbers(_) => true,
            Cells::Text { .. } => mostly_numbers(&occurring(self)),
        }
    }
}

impl Frame {
    fn mixed(&self, column: usize, learnt: &Encoded) -> Option<Mixed> {
        let (Kind::Categories { names, .. }, Cells::Text { texts, rows }) =
            (&learnt.kind, &self.columns()[column].cells)
        else {
            return None;
        };
        if !mostly_numbers(names) {
            return None;
        }
        let numbers: Vec<bool> = texts.iter().map(|text| is_number(text)).collect();
        let mut words = rows.iter().enumerate().filter(|&(_, &text)| text != NONE && !numbers[text as usize]);
        let (row, &text) = words.next()?;
        let (at, found) = (self.place(row, column), texts[text as usize].clone());
        Some(Mixed { at, found, cells: 1 + words.count(), categories: names.len() })
    }

    /// Refuses the first text of a target that has not been said to be one of classes, if most of its different cells are
    /// numbers.
    pub(crate) fn refuse_mixed_target(&self, column: usize) -> Result<(), Error> {
        match self.first_word(column) {
            Some((at, found)) if self.columns()[column].cells.are_mostly_numbers() => {
                Err(Error::MixedTarget { at, found })
            }
            _ => Ok(()),
        }
    }

    /// The first text in a column that is no number, and where.
    pub(crate) fn first_word(&self, column: usize) -> Option<(Place, String)> {
        let Cells::Text { texts, rows } = &self.columns()[column].cells else { return None };
        let words: Vec<bool> = texts.iter().map(|text| !is_number(text)).collect();
        let row = rows.iter().position(|&text| text != NONE && words[text as usize])?;
        Some((self.place(row, column), texts[rows[row] as usize].clone()))
    }
}

/// Whether more than half of these texts are numbers, or look like some.
pub(crate) fn mostly_numbers<'a>(texts: impl IntoIterator<Item = &'a String>) -> bool {
    let (mut numbers, mut all) = (0, 0);
    for text in texts {
        numbers += usize::from(is_number(text) || is_written_otherwise(text));
        all += 1;
    }
    2 * numbers > all
}

/// Whether this text, which stands for no missing value, is a number.
pub(crate) fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// Whether this text is a number, but none as numbers are written here: with a decimal comma, a mark between thousands, a
/// sign of money or of per cent, or a minus that is not on keyboards.
pub(crate) fn is_written_otherwise(text: &str) -> bool {
    const MARKS: [char; 8] = [',', '.', '_', '\'', '’', ' ', '\u{a0}', '\u{202f}'];
    let around = |c: char| "$€£¥%+-−".contains(c) || c.is_whitespace();
    let number = text.trim_matches(around);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_thousands = |text: &str, mark: char| {
        let (first, groups) = text.split_once(mark).unwrap_or_default();
        digits(first) && first.len() <= 3 && groups.split(mark).all(|group| group.len() == 3 && digits(group))
    };
    let whole = |text: &str, but: Option<char>| {
        digits(text) || MARKS.iter().any(|&mark| Some(mark) != but && in_thousands(text, mark))
    };
    let with_decimals = |mark: char| {
        number.rsplit_once(mark).is_some_and(|(before, after)| whole(before, Some(mark)) && digits(after))
    };
    !is_number(text) && (whole(number, None) || with_decimals(',') || with_decimals('.'))
}
