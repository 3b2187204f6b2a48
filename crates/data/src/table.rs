//! [`Table`]: the rows of a CSV file one after the other, each cell with its place.

use crate::lines::{Lines, RECORD_LIMIT};
use crate::open::unreadable;
use crate::row::Row;
use crate::{Error, Place};
use glassgrad_tensor::Scalar;
use memchr::memchr_iter;
use std::collections::HashMap;
use std::io::{self, Read};

/// A table whose header has been read, at one of its rows.
#[derive(Debug)]
pub(crate) struct Table<R> {
    file: String,
    /// The names of the columns, no two alike.
    columns: Vec<String>,
    /// Those that are not ignored, from 0.
    kept: Vec<usize>,
    /// The line on which the header begins.
    header: u64,
    lines: Lines<R>,
    row: Row,
    /// Rows read after the header.
    rows: u64,
}

impl<R: Read> Table<R> {
    /// Reads the header. Of the columns to be ignored, names may be missing or repeated.
    pub(crate) fn open(reader: R, file: &str, delimiter: u8, ignore: &[String]) -> Result<Self, Error> {
        if !delimiter.is_ascii() || b"\"\r\n\0".contains(&delimiter) {
            return Err(Error::Delimiter { found: delimiter });
        }
        let mut table = Table {
            file: file.to_owned(),
            columns: Vec::new(),
            kept: Vec::new(),
            header: 0,
            lines: Lines::new(reader),
            row: Row::new(delimiter),
            rows: 0,
        };
        if !table.advance()? {
            return Err(Error::EmptyFile { file: table.file });
        }
        table.header = table.line();
        let mut numbers = HashMap::new();
        for number in 1..=table.row.len() {
            let name = table.text(number - 1)?.to_owned();
            if ignore.contains(&name) {
                table.columns.push(name);
                continue;
            }
            table.kept.push(number - 1);
            let (file, line) = (file.to_owned(), table.line());
            if name.is_empty() {
                return Err(Error::UnnamedColumn { file, line, column: number });
            }
            if let Some(first) = numbers.insert(name.clone(), number) {
                return Err(Error::DuplicateColumn { file, line, name, first, second: number });
            }
            table.columns.push(name);
        }
        Ok(table)
    }

    /// Rows of a table of which the header has been read, with the columns that are kept: those in `reader`, which `lines`
    /// lines and `offset` bytes come before in the file.
    pub(crate) fn inside(
        reader: R,
        file: &str,
        delimiter: u8,
        (header, columns, kept): (u64, Vec<String>, Vec<usize>),
        (offset, lines): (u64, u64),
    ) -> Self {
        let lines = Lines::after(reader, offset, lines);
        let file = file.to_owned();
        Table { file, columns, kept, header, lines, row: Row::new(delimiter), rows: 0 }
    }

    /// How many bytes and lines of the file the rows so far have taken.
    pub(crate) fn passed(&self) -> (u64, u64) {
        self.lines.passed()
    }

    /// The columns that are features and those that are these targets, as positions from 0.
    pub(crate) fn columns_for(&self, targets: &[String]) -> Result<(Vec<usize>, Vec<usize>), Error> {
        if targets.is_empty() {
            return Err(Error::NoTarget);
        }
        let mut chosen = Vec::with_capacity(targets.len());
        for target in targets {
            match self.columns.iter().position(|name| name == target) {
                Some(column) if chosen.contains(&column) => {
                    return Err(Error::RepeatedTarget { name: target.clone() });
                }
                Some(column) => chosen.push(column),
                None => {
                    return Err(Error::MissingTarget {
                        file: self.file.clone(),
                        line: self.line(),
                        target: target.clone(),
                        known: self.columns.clone(),
                    });
                }
            }
        }
        let features: Vec<usize> =
            (0..self.columns.len()).filter(|column| !chosen.contains(column)).collect();
        if features.is_empty() {
            let columns = self.columns.clone();
            return Err(Error::NoFeatures { file: self.file.clone(), line: self.line(), columns });
        }
        Ok((features, chosen))
    }

    /// The names of these columns.
    pub(crate) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|&column| self.columns[column].clone()).collect()
    }

    /// Goes to the next row; false at the end of a table, which is to have at least one.
    pub(crate) fn next_row(&mut self) -> Result<bool, Error> {
        let expected = self.columns.len();
        let mut found = self.advance()?;
        while found && expected > 1 && self.row.len() == 1 && self.bytes(0).trim_ascii().is_empty() {
            found = self.advance()?; // a line of blanks is as empty as an empty one
        }
        if found && self.row.len() != expected {
            let (file, found) = (self.file.clone(), self.row.len());
            return Err(Error::Ragged { file, line: self.line(), found, expected });
        }
        self.rows += u64::from(found);
        if self.rows == 0 { Err(Error::NoRows { file: self.file.clone() }) } else { Ok(found) }
    }

    /// Appends the numbers in these columns of the row.
    pub(crate) fn numbers<T: Scalar>(&self, columns: &[usize], to: &mut Vec<T>) -> Result<(), Error> {
        for &column in columns {
            let number = match self.plain(column) {
                Some(number) => number,
                None => self
                    .cell(column)?
                    .parse()
                    .map_err(|_| Error::NotANumber { at: self.place(column), found: self.found(column) })?,
            };
            let number = T::from_f64(number);
            if !number.is_finite() {
                return Err(Error::NotFinite { at: self.place(column), found: self.found(column) });
            }
            to.push(number);
        }
        Ok(())
    }

    fn found(&self, column: usize) -> String {
        String::from_utf8_lossy(self.bytes(column)).trim_ascii().to_owned()
    }

    /// The text in this column of the row, which is not empty.
    pub(crate) fn cell(&self, column: usize) -> Result<&str, Error> {
        match self.text(column)? {
            "" => Err(Error::EmptyCell { at: self.place(column) }),
            text => Ok(text),
        }
    }

    /// Where this column of the row is.
    pub(crate) fn place(&self, column: usize) -> Place {
        self.place_on(self.line(), column)
    }

    /// Where this column of a row was that began on `line`.
    pub(crate) fn place_on(&self, line: u64, column: usize) -> Place {
        let name = self.columns.get(column).cloned().unwrap_or_default();
        Place { file: self.file.clone(), line, column: column + 1, name }
    }

    /// The name of the file.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The names of all columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.columns
    }

    /// The columns that are not ignored, from 0.
    pub(crate) fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// The line on which the header begins.
    pub(crate) fn header_line(&self) -> u64 {
        self.header
    }

    /// The line on which the row begins.
    pub(crate) fn line(&self) -> u64 {
        self.lines.line()
    }

    /// The bytes in this column of the row.
    pub(crate) fn bytes(&self, column: usize) -> &[u8] {
        self.row.bytes(self.lines.record(), column)
    }

    /// The number in this column of the row, if it is [plain](crate::decimal::plain).
    pub(crate) fn plain(&self, column: usize) -> Option<f64> {
        self.row.number(column)
    }

    /// The text in this column of the row, without the blanks around it.
    pub(crate) fn text(&self, column: usize) -> Result<&str, Error> {
        std::str::from_utf8(self.bytes(column)).map(str::trim_ascii).map_err(|_| {
            let before =
                std::str::from_utf8(self.lines.record()).map_or_else(|error| error.valid_up_to(), str::len);
            Error::NotUtf8 { at: self.place(column), byte: self.lines.position() + before as u64 }
        })
    }

    /// Reads the next record, if there is one.
    fn advance(&mut self) -> Result<bool, Error> {
        let found = self.lines.start();
        if !self.checked(found)? {
            return Ok(false);
        }
        if self.row.cut(self.lines.record()) {
            return Ok(true);
        }
        self.row.begin();
        let mut taken = 0;
        loop {
            let (more, whole) = self.row.feed(&self.lines.record()[taken..]);
            taken += more;
            if whole {
                break;
            }
            let found = self.lines.extend();
            self.checked(found)?;
        }
        self.lines.cut(taken);
        if memchr_iter(b'"', self.lines.record()).count() % 2 == 1 {
            return Err(Error::OpenQuote { file: self.file.clone(), line: self.line() });
        }
        Ok(true)
    }

    /// Whether there was another line, if it could be read and is not too long.
    fn checked(&self, found: io::Result<bool>) -> Result<bool, Error> {
        let found = found.map_err(|source| unreadable(self.file.clone(), source))?;
        if found && self.lines.is_too_long() {
            return Err(Error::LongRow { file: self.file.clone(), line: self.line(), limit: RECORD_LIMIT });
        }
        Ok(found)
    }
}
