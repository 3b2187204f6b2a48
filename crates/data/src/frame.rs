//! [`Frame`]: a table as it was read, column by column, before anything is learnt from it.
//!
//! A column is one of numbers if each of its cells is a number or missing, else one of text. Among text a
//! number is known by its value, so `1` and `1.0` are the same text, `1`: programs that write tables turn
//! whole numbers into fractions as soon as one is missing.

use crate::reading::{Reading, Texts};
use crate::table::Table;
use crate::{Error, Place};
use std::collections::HashMap;
use std::io::Read;

/// In place of the number of a text: there is none.
pub(crate) const NONE: u32 = u32::MAX;

/// A table of columns, each of numbers or of text, that remembers where its cells come from.
///
/// ```
/// use glassgrad_data::{Cells, Frame};
///
/// let text = "kind,width\ncup,1\n?,2.5\n";
/// let frame = Frame::read_csv(text.as_bytes(), "shop.csv", b',')?;
/// assert_eq!(frame.columns()[0].cells, Cells::Text { texts: vec!["cup".into()], rows: vec![0, u32::MAX] });
/// assert_eq!(frame.columns()[1].cells, Cells::Numbers(vec![1.0, 2.5]));
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub(crate) file: String,
    /// The line of the header, from 1; 0 if there is none.
    pub(crate) header: u64,
    /// The line on which each row begins, from 1; or its number, if it comes from an array.
    lines: Vec<u64>,
    columns: Vec<Column>,
    /// Which column of the file each is, from 0.
    numbers: Vec<usize>,
    /// The columns of the file that are left out.
    ignored: Vec<String>,
}

/// One column of a [`Frame`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name, unlike any other of the frame.
    pub name: String,
    /// What is in it, one entry a row.
    pub cells: Cells,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Finite numbers; NaN where one is missing.
    Numbers(Vec<f64>),
    /// Text.
    Text {
        /// The different texts; not each need occur.
        texts: Vec<String>,
        /// Which of them each row has, from 0; [`u32::MAX`] where one is missing.
        rows: Vec<u32>,
    },
}

impl Frame {
    /// Reads a table with a header, as described in [`csv`](crate::csv) except that any column may hold
    /// text and that values may be [missing](crate::Missing); `name` is what messages call it.
    ///
    /// # Errors
    /// Whatever is wrong with the file, with its place.
    pub fn read_csv<R: Read>(reader: R, name: &str, delimiter: u8) -> Result<Self, Error> {
        Self::read_table(reader, name, delimiter, &[])
    }

    /// The same without the columns of these names.
    pub(crate) fn read_table<R: Read>(
        reader: R,
        name: &str,
        delimiter: u8,
        ignore: &[String],
    ) -> Result<Self, Error> {
        let mut table = Table::open(reader, name, delimiter, ignore)?;
        let frame = Self::read_rows(&mut table, usize::MAX, u64::MAX)?;
        frame.ok_or_else(|| Error::NoRows { file: name.to_owned() })
    }

    /// The next rows of a table: `rows` of them, or fewer if these take `bytes` bytes; none at its end.
    pub(crate) fn read_rows<R: Read>(
        table: &mut Table<R>,
        rows: usize,
        bytes: u64,
    ) -> Result<Option<Self>, Error> {
        let mut columns: Vec<Reading> = table.kept().iter().map(|_| Reading::default()).collect();
        let mut lines = Vec::new();
        let start = table.passed().0;
        while lines.len() < rows && table.passed().0 - start < bytes && table.next_row()? {
            lines.push(table.line());
            for (cells, &column) in columns.iter_mut().zip(table.kept()) {
                cells.push(table, column)?;
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let columns = columns
            .into_iter()
            .zip(table.kept())
            .map(|(cells, &column)| {
                let place = |row: usize| table.place_on(lines[row], column);
                Ok(Column { name: table.header()[column].clone(), cells: cells.finish(place)? })
            })
            .collect::<Result<_, Error>>()?;
        let (file, header, numbers) = (table.file().to_owned(), table.header_line(), table.kept().to_vec());
        let ignored = without(table.header(), &numbers);
        Ok(Some(Frame { file, header, lines, columns, numbers, ignored }))
    }

    /// Rows of numbers, NaN where one is missing. Their columns are named x0, x1, …, but the last is y.
    ///
    /// # Errors
    /// If there are no rows or fewer than two columns, rows differ in length, or a number is infinite.
    pub fn from_rows(name: &str, rows: &[Vec<f64>]) -> Result<Self, Error> {
        let expected = rows.first().ok_or(Error::Empty { what: "rows" })?.len();
        if let Some(row) = rows.iter().position(|row| row.len() != expected) {
            return Err(Error::RowWidth { row, found: rows[row].len(), expected });
        }
        if expected < 2 {
            return Err(Error::Empty {
                what: if expected == 0 { "columns" } else { "features beside the target" },
            });
        }
        let names = (0..expected - 1).map(|column| format!("x{column}")).chain(["y".to_owned()]);
        Self::from_numbers(name, 1, names, &[], |column| rows.iter().map(|row| row[column]).collect())
    }

    /// Columns of numbers, none infinite, that are equally long, without those that are ignored; `first` is the number of
    /// their first row.
    pub(crate) fn from_numbers(
        file: &str,
        first: u64,
        names: impl Iterator<Item = String>,
        ignore: &[String],
        column: impl Fn(usize) -> Vec<f64>,
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.collect();
        let numbers: Vec<usize> =
            (0..names.len()).filter(|&column| !ignore.contains(&names[column])).collect();
        let ignored = without(&names, &numbers);
        let columns: Vec<Column> = numbers
            .iter()
            .map(|&number| Column { name: names[number].clone(), cells: Cells::Numbers(column(number)) })
            .collect();
        let rows = columns.first().map_or(0, |column| column.cells.len());
        let lines = (first..first + rows as u64).collect();
        let frame = Frame { file: file.to_owned(), header: 0, lines, columns, numbers, ignored };
        for (number, column) in frame.columns.iter().enumerate() {
            if let Cells::Numbers(numbers) = &column.cells {
                if let Some(row) = numbers.iter().position(|number| number.is_infinite()) {
                    return Err(Error::NotFinite {
                        at: frame.place(row, number),
                        found: numbers[row].to_string(),
                    });
                }
            }
        }
        Ok(frame)
    }

    /// How many rows, at least 1.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Where the column of each name is, from 0: for who looks for many.
    pub(crate) fn positions(&self) -> HashMap<&str, usize> {
        self.columns.iter().map(|column| column.name.as_str()).zip(0..).collect()
    }

    /// Where the column of this name is, from 0. In a table without a header its number does as well.
    pub fn position(&self, name: &str) -> Option<usize> {
        let number =
            || self.numbers.iter().position(|number| self.header == 0 && name.parse() == Ok(*number));
        self.columns.iter().position(|column| column.name == name).or_else(number)
    }

    /// These rows in this order.
    ///
    /// # Errors
    /// If no row is chosen, or one that is not there.
    pub fn select(&self, rows: &[usize]) -> Result<Self, Error> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "rows" });
        }
        if let Some(&row) = rows.iter().find(|&&row| row >= self.rows()) {
            return Err(Error::NoSuchRow { row, rows: self.rows() });
        }
        let columns = self.columns.iter().map(|column| Column {
            name: column.name.clone(),
            cells: match &column.cells {
                Cells::Numbers(numbers) => Cells::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
                Cells::Text { texts, rows: cells } => {
                    Cells::Text { texts: texts.clone(), rows: rows.iter().map(|&row| cells[row]).collect() }
                }
            },
        });
        Ok(Frame {
            file: self.file.clone(),
            header: self.header,
            lines: rows.iter().map(|&row| self.lines[row]).collect(),
            columns: columns.collect(),
            numbers: self.numbers.clone(),
            ignored: self.ignored.clone(),
        })
    }

    /// The line of the file that a row begins on, from 1; of rows without a file, which row it was.
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// Where a cell is, or was.
    pub fn place(&self, row: usize, column: usize) -> Place {
        let name = self.columns[column].name.clone();
        Place { file: self.file.clone(), line: self.lines[row], column: self.numbers[column] + 1, name }
    }

    /// The same table without the columns of these names, as if it had been read so.
    #[must_use]
    pub fn ignoring(mut self, names: &[String]) -> Self {
        let columns = std::mem::take(&mut self.columns).into_iter().zip(std::mem::take(&mut self.numbers));
        for (column, number) in columns {
            if names.contains(&column.name) {
                self.ignored.push(column.name);
            } else {
                self.columns.push(column);
                self.numbers.push(number);
            }
        }
        self
    }

    /// The names of the columns that were left out when the table was read.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Whether columns of all these names were left out when the table was read.
    ///
    /// # Errors
    /// If there is none of one of the names.
    pub fn check_ignored(&self, names: &[String]) -> Result<(), Error> {
        match names.iter().find(|name| !self.ignored.contains(name)) {
            Some(name) => Err(Error::NothingToIgnore {
                file: self.file.clone(),
                line: self.header,
                name: name.clone(),
                known: self.names().into_iter().chain(self.ignored.iter().cloned()).collect(),
            }),
            None => Ok(()),
        }
    }
}

/// The names of the columns that are not kept.
fn without(names: &[String], kept: &[usize]) -> Vec<String> {
    let mut kept = kept.iter().copied().peekable();
    let left_out = names.iter().enumerate().filter(|(column, _)| kept.next_if_eq(column).is_none());
    left_out.map(|(_, name)| name.clone()).collect()
}

impl Cells {
    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Cells::Numbers(numbers) => numbers.len(),
            Cells::Text { rows, .. } => rows.len(),
        }
    }

    /// How many are not missing.
    pub(crate) fn present(&self) -> usize {
        match self {
            Cells::Numbers(numbers) => numbers.iter().filter(|number| !number.is_nan()).count(),
            Cells::Text { rows, .. } => rows.iter().filter(|&&text| text != NONE).count(),
        }
    }

    /// The different texts, and which of them each row has; of numbers, how they are written.
    pub(crate) fn as_text(&self) -> (Vec<String>, Vec<u32>) {
        match self {
            Cells::Numbers(numbers) => {
                let mut texts = Texts::default();
                for &number in numbers {
                    texts.push_number(number);
                }
                (texts.names, texts.rows)
            }
            Cells::Text { texts, rows } => (texts.clone(), rows.clone()),
        }
    }
}
