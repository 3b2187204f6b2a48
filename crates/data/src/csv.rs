//! CSV tables of numbers: [`read_csv`].
//!
//! A table is UTF-8 text: a header of column names, then one row a line, each with as many fields as
//! the header (RFC 4180; LF or CRLF; a byte order mark is passed over). Blank lines are left out, and
//! blanks around a field are no part of it. Every column that is not a target is a feature and must be
//! numeric; numbers are decimal, with a point, and are read as `f64` before they become `T`.
//!
//! Nothing is guessed and nothing is filled in: an empty cell, `NaN`, a word, a short row are errors
//! that name file, line and column. A row may take 4 MiB, so a file without line breaks is refused
//! before it fills the memory.

use crate::labels::Labels;
use crate::open::open;
use crate::table::Table;
use crate::{Dataset, Error};
use glassgrad_tensor::Scalar;
use ndarray::Array2;
use std::io::Read;
use std::path::Path;

/// Which labels a file may have, and which class each is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Classes {
    /// Any text. The classes are the different texts of the file: in the order of their values if all
    /// are numbers, else in the order of their code points.
    Distinct,
    /// The whole numbers 0 to C − 1, each at least once; label k is class k.
    Integers,
    /// One of these names; the k-th is class k. So a second file gets the classes of the first.
    Known(Vec<String>),
}

/// What is to be predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A label: classification.
    Label {
        /// The name of its column.
        column: String,
        /// Which classes there are.
        classes: Classes,
    },
    /// One number or more: regression.
    Values {
        /// The names of their columns, in the order of the outputs.
        columns: Vec<String>,
    },
}

/// How a CSV file is read.
///
/// ```
/// use glassgrad_data::{Classes, CsvOptions};
///
/// let german = CsvOptions { delimiter: b';', ..CsvOptions::regression(["price", "rent"]) };
/// let numbered = CsvOptions::classification("digit").classes(Classes::Integers);
/// # assert_ne!(german, numbered);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// The columns that are not features.
    pub target: Target,
    /// What stands between two fields; an ASCII character.
    pub delimiter: u8,
}

impl CsvOptions {
    /// Labels in this column, [`Classes::Distinct`]; fields separated by commas.
    pub fn classification(column: impl Into<String>) -> Self {
        let target = Target::Label { column: column.into(), classes: Classes::Distinct };
        CsvOptions { target, delimiter: b',' }
    }

    /// Values in these columns; fields separated by commas.
    pub fn regression<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        CsvOptions { target: Target::Values { columns }, delimiter: b',' }
    }

    /// The same, with these classes; values have none.
    #[must_use]
    pub fn classes(mut self, which: Classes) -> Self {
        if let Target::Label { classes, .. } = &mut self.target {
            *classes = which;
        }
        self
    }
}

/// Reads the table at `path`; one whose name ends in `.gz` is unpacked while it is read.
///
/// # Errors
/// Whatever is wrong with the file, with its place: see [`Error`].
pub fn read_csv<T: Scalar>(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Dataset<T>, Error> {
    let path = path.as_ref();
    let (bytes, _) = open(path)?;
    read_csv_from(bytes, &path.display().to_string(), options)
}

/// Reads a table from anything that can be read; `name` is what messages call it.
///
/// # Errors
/// As of [`read_csv`].
pub fn read_csv_from<T: Scalar, R: Read>(
    reader: R,
    name: &str,
    options: &CsvOptions,
) -> Result<Dataset<T>, Error> {
    let mut table = Table::open(reader, name, options.delimiter, &[])?;
    let mut x = Vec::new();
    let (dataset, features, targets) = match &options.target {
        Target::Label { column, classes } => {
            let (features, targets) = table.columns_for(std::slice::from_ref(column))?;
            let mut labels = Labels::new(classes)?;
            while table.next_row()? {
                table.numbers(&features, &mut x)?;
                labels.push(&table, targets[0])?;
            }
            let (labels, classes) = labels.finish(name)?;
            let dataset = Dataset::with_labels(matrix(x, features.len()), labels, classes.len())?;
            (dataset.with_classes(classes)?, features, targets)
        }
        Target::Values { columns } => {
            let (features, targets) = table.columns_for(columns)?;
            let mut y = Vec::new();
            while table.next_row()? {
                table.numbers(&features, &mut x)?;
                table.numbers(&targets, &mut y)?;
            }
            let (x, y) = (matrix(x, features.len()), matrix(y, targets.len()));
            (Dataset::with_values(x, y)?, features, targets)
        }
    };
    dataset.with_columns(table.names(&features))?.with_target_columns(table.names(&targets))
}

/// Rows of `width` numbers each, one after the other.
fn matrix<T: Scalar>(numbers: Vec<T>, width: usize) -> Array2<T> {
    Array2::from_shape_vec((numbers.len() / width, width), numbers).expect("whole rows are read")
}
