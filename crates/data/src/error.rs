//! [`Error`]: every mistake that this crate reports, with its place and its remedy.

use crate::mixed::is_written_otherwise;
use crate::wording::{count, listed, nearest, quoted};
use std::fmt::{self, Display, Formatter};
use std::io;

/// A cell of a file: shown as `file:line:column (column "name")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as it was named.
    pub file: String,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The number of the field in its row, from 1.
    pub column: usize,
    /// The name of the column in the header; empty where the header has none.
    pub name: String,
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)?;
        if self.name.is_empty() { Ok(()) } else { write!(f, " (column {})", quoted(&self.name)) }
    }
}

/// What went wrong with data, or with what was asked of it.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Error {
    // Files
    /// There is no such file.
    NotFound { file: String },
    /// A folder where a file was expected.
    Folder { file: String },
    /// The operating system could not read the file.
    Read { file: String, source: io::Error },
    /// No header: the file is empty or blank.
    EmptyFile { file: String },
    /// A header and nothing after it.
    NoRows { file: String },
    /// A row is longer than a reader keeps in memory.
    LongRow { file: String, line: u64, limit: usize },
    /// An odd number of quotation marks in a row.
    OpenQuote { file: String, line: u64 },
    /// A row has another number of fields than the header.
    Ragged { file: String, line: u64, found: usize, expected: usize },
    /// Bytes that are not UTF-8; `byte` counts from the start of the file, from 0.
    NotUtf8 { at: Place, byte: u64 },

    /// A file of labels that is no array, beside one of features that is.
    LabelsFormat { file: String },
    /// A pipe, where a file is read more than once.
    Pipe { file: String },
    /// The content of a file is damaged, or it is not what its name says.
    Damaged { file: String, what: String },
    /// A file of a kind that is not read here, or of one that its name does not tell.
    UnknownFormat { file: String },
    /// Features without targets.
    NoLabels { file: String },
    /// A file of targets beside a table that has its own.
    ExtraLabels { file: String, labels: String },

    /// A file that is compressed with gzip, which its name does not tell.
    Gzip { file: String },
    /// A file of which no part can be read without what comes before it, to be streamed.
    Compressed { file: String },
    /// A file is no longer what it was when it was first read.
    FileChanged { file: String },

    // Headers
    /// A column of the header has no name.
    UnnamedColumn { file: String, line: u64, column: usize },
    /// Two columns have the same name.
    DuplicateColumn { file: String, line: u64, name: String, first: usize, second: usize },
    /// No column has the name of the target.
    MissingTarget { file: String, line: u64, target: String, known: Vec<String> },
    /// No column has the name of one that the network was trained on.
    MissingColumn { file: String, line: u64, name: String, known: Vec<String> },
    /// A column that was not there in training.
    UnknownColumn { file: String, line: u64, name: String, known: Vec<String> },
    /// No column has the name of one that is to be ignored.
    NothingToIgnore { file: String, line: u64, name: String, known: Vec<String> },
    /// Every column is a target.
    NoFeatures { file: String, line: u64, columns: Vec<String> },

    // Cells
    /// A cell with nothing in it.
    EmptyCell { at: Place },
    /// A missing value where none is allowed.
    MissingValue { at: Place },
    /// Text where a number was expected.
    NotANumber { at: Place, found: String },
    /// Text in a target that was not said to be one of classes, most of its different cells being numbers.
    MixedTarget { at: Place, found: String },
    /// A target of text that was not said to be one of classes, most of its texts being there but once.
    RareClasses { file: String, column: String, found: usize, cells: usize },
    /// A label that is a whole number beyond those that an `f64` tells apart.
    LargeLabel { at: Place, found: String },
    /// A cell that is NaN, infinite, or too large for the number type.
    NotFinite { at: Place, found: String },
    /// A number that is to be a probability, but is not from 0 to 1.
    NotAProbability { at: Place, found: String },
    /// A label that is not a whole number, where whole numbers were asked for.
    NotAnInteger { at: Place, found: String },
    /// A label that is none of the known classes.
    UnknownLabel { at: Place, found: String, known: Vec<String> },
    /// A text that the training part did not have.
    UnseenCategory { at: Place, found: String, known: Vec<String> },
    /// No row has a value in this column.
    NoValue { file: String, column: String },
    /// Every row has a missing value, and is dropped.
    NothingLeft { file: String },
    /// More different texts than may become features.
    ManyCategories { file: String, column: String, found: usize, limit: usize },
    /// Integer labels leave out a class.
    MissingClass { file: String, missing: u32, highest: u32 },
    /// All rows are of one class.
    SingleClass { file: String, class: String },

    // Options
    /// A delimiter that CSV cannot have.
    Delimiter { found: u8 },
    /// No target column was asked for.
    NoTarget,
    /// The same target column was asked for twice.
    RepeatedTarget { name: String },

    /// Several columns of labels.
    ManyLabels { columns: Vec<String> },
    /// A label column whose classes have not been looked for.
    OpenClasses { column: String },

    // Arrays
    /// Rows of different lengths; rows count from 0.
    RowWidth { row: usize, found: usize, expected: usize },
    /// An array of another width than the network was trained on.
    Width { file: String, found: usize, expected: usize },
    /// No rows or no columns.
    Empty { what: &'static str },
    /// Features and targets have different numbers of rows.
    RowCounts { features: usize, targets: usize },
    /// There are more or fewer names than things to name.
    NameCount { what: &'static str, found: usize, expected: usize },
    /// Two things have the same name.
    RepeatedName { what: &'static str, name: String },
    /// A number that is NaN or infinite; row and column count from 0.
    NonFinite { what: &'static str, row: usize, column: usize },
    /// A label that is not below the number of classes; rows count from 0.
    LabelRange { row: usize, label: u32, classes: usize },
    /// Too few or too many classes.
    ClassCount { found: usize, limit: usize },
    /// A row that is not there; rows count from 0.
    NoSuchRow { row: usize, rows: usize },
    /// A column that is not there; columns count from 0.
    NoSuchColumn { column: usize, columns: usize },
    /// An array of another shape than was expected.
    Shape { what: &'static str, found: (usize, usize), expected: (usize, usize) },

    // Scaling, splitting, batches
    /// The spread of a column, counted from 0, is beyond `f64`.
    Overflow { column: usize },
    /// A held-out fraction outside (0, 1).
    Fraction { found: f64 },
    /// A fraction that leaves one side without rows.
    EmptySide { fraction: f64, rows: usize, held_out: usize },
    /// A batch of no rows.
    BatchSize,
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Read { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// How numbers are written.
const PLAIN: &str = "with a point before its decimals and no other marks, such as 1234.5";

impl Display for Error {
    #[allow(clippy::too_many_lines, reason = "one arm a message")]
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { file } => {
                write!(f, "{file}: no such file; check the path and the working directory")
            }
            Self::Folder { file } => {
                write!(f, "{file}: a folder; expected a CSV file: name a file inside it")
            }
            Self::Read { file, source } => write!(f, "{file}: cannot be read: {source}"),
            Self::EmptyFile { file } => {
                write!(f, "{file}: empty; expected a header line of column names, then one row a line")
            }
            Self::NoRows { file } => {
                write!(f, "{file}: no data rows after the header; expected at least one")
            }
            Self::LongRow { file, line, limit } => write!(
                f,
                "{file}:{line}: a row of more than {limit} bytes; is a line break or a closing quotation mark missing?"
            ),
            Self::OpenQuote { file, line } => write!(
                f,
                "{file}:{line}: a quotation mark without its partner; \
                 close it, or put the cell into quotation marks and write those inside it twice"
            ),
            Self::Ragged { file, line, found, expected } => write!(
                f,
                "{file}:{line}: {}, but the header has {expected}; \
                 expected one field a column: is a delimiter missing, or one too many?",
                count(*found, "field")
            ),
            Self::NotUtf8 { at, byte } => {
                write!(f, "{at}: byte {byte} of the file is not UTF-8 text; save the file as plain UTF-8")
            }
            Self::LabelsFormat { file } => {
                write!(
                    f,
                    "{file}: labels of an array; expected an array too, in a file whose name ends in .npy or .idx"
                )
            }
            Self::Pipe { file } => {
                write!(f, "{file}: a pipe, which can be read but once; expected a file")
            }
            Self::Damaged { file, what } => {
                write!(f, "{file}: damaged, or not what its name says: {what}")
            }
            Self::UnknownFormat { file } => write!(
                f,
                "{file}: its name does not tell what it is; expected a name that ends in .csv, .tsv, .npy or .idx \
                 (or ubyte, as MNIST's do), each with or without .gz"
            ),
            Self::NoLabels { file } => {
                write!(f, "{file}: features without targets; name the file with the labels as well")
            }
            Self::ExtraLabels { file, labels } => write!(
                f,
                "{labels}: a file of labels, but {file} is a table with a column for the target; name that column"
            ),
            Self::Gzip { file } => write!(
                f,
                "{file}: compressed with gzip, but its name does not say so; name it {file}.gz, or unpack it"
            ),
            Self::Compressed { file } => write!(
                f,
                "{file}: compressed, or no plain file, and so cannot be streamed: expected one of which any part can be read; \
                 unpack it first, as gunzip -k does"
            ),
            Self::FileChanged { file } => write!(
                f,
                "{file}: changed since it was first read; expected the same file to the end: begin again, or stream a copy"
            ),
            Self::UnnamedColumn { file, line, column } => write!(
                f,
                "{file}:{line}:{column}: a column without a name; \
                 name it in the header, or leave it out if it is only a row number"
            ),
            Self::DuplicateColumn { file, line, name, first, second } => {
                write!(
                    f,
                    "{file}:{line}: columns {first} and {second} are both named {}; rename one",
                    quoted(name)
                )
            }
            Self::MissingTarget { file, line, target, known } => {
                write!(f, "{}: no column named {}; ", header(file, *line), quoted(target))?;
                columns_are(f, target, known)
            }
            Self::MissingColumn { file, line, name, known } => {
                write!(
                    f,
                    "{}: no column named {}, which the network was trained on; ",
                    header(file, *line),
                    quoted(name)
                )?;
                columns_are(f, name, known)
            }
            Self::UnknownColumn { file, line, name, known } => {
                write!(
                    f,
                    "{}: column {} is none that the network was trained on; ",
                    header(file, *line),
                    quoted(name)
                )?;
                did_you_mean(f, name, known)?;
                write!(f, "leave it out, or have it ignored: it was trained on {}", listed(known))
            }
            Self::NothingToIgnore { file, line, name, known } => {
                write!(f, "{}: no column to be ignored is named {}; ", header(file, *line), quoted(name))?;
                did_you_mean(f, name, known)?;
                write!(f, "the columns are {}", listed(known))
            }
            Self::NoFeatures { file, line, columns } => write!(
                f,
                "{}: no column is left for the features: the columns are {}; \
                 add a feature, ask for fewer targets, or check the delimiter",
                header(file, *line),
                listed(columns)
            ),
            Self::EmptyCell { at } => {
                write!(f, "{at}: an empty cell; expected a value: fill it in, or leave the row out")
            }
            Self::MissingValue { at } => write!(
                f,
                "{at}: a missing value; expected one: fill it in, leave the row out, \
                 or let missing values be means, or their rows dropped (a target can only be dropped)"
            ),
            Self::NotANumber { at, found } if is_written_otherwise(found) => {
                write!(f, "{at}: found {}, expected a number {PLAIN}", quoted(found))
            }
            Self::NotANumber { at, found } => write!(
                f,
                "{at}: found {}, expected a number: write text as numbers, or leave the column out",
                quoted(found)
            ),
            Self::MixedTarget { at, found } if is_written_otherwise(found) => write!(
                f,
                "{at}: found {}, expected a number {PLAIN}; or if these are classes, say so",
                quoted(found)
            ),
            Self::MixedTarget { at, found } => write!(
                f,
                "{at}: found {}, expected a number, as most of the column is; if these are classes, say so",
                quoted(found)
            ),
            Self::RareClasses { file, column, found, cells } => write!(
                f,
                "{file}: target {} has {found} different texts in {}; expected numbers, or classes that most rows share; if \
                 these are classes, say so",
                quoted(column),
                count(*cells, "row")
            ),
            Self::LargeLabel { at, found } => write!(
                f,
                "{at}: found a label near {found}, expected whole numbers below 2^53: labels that large are not told apart as \
                 numbers; make them text, as id9007199254740993"
            ),
            Self::NotFinite { at, found } if found.parse().is_ok_and(f64::is_finite) => write!(
                f,
                "{at}: found {}, expected a number that an f32 holds, which ends at 3.4e38, also when it is scaled: use a \
                 larger unit, or f64",
                quoted(found)
            ),
            Self::NotFinite { at, found } => write!(
                f,
                "{at}: found {}, expected a finite number that fits the number type: \
                 correct it, or leave the row out",
                quoted(found)
            ),
            Self::NotAProbability { at, found } => write!(
                f,
                "{at}: found {}, expected a probability, a number from 0 to 1: correct it, or choose a loss for values",
                quoted(found)
            ),
            Self::NotAnInteger { at, found } => write!(
                f,
                "{at}: found label {}, expected a whole number 0, 1, 2, …: \
                 number the classes from 0, or read the labels as text",
                quoted(found)
            ),
            Self::UnknownLabel { at, found, known } => {
                write!(f, "{at}: found label {}, expected one of {}", quoted(found), listed(known))
            }
            Self::UnseenCategory { at, found, known } => write!(
                f,
                "{at}: found {}, which the training part did not have; expected one of {}: correct it, \
                 or let unseen texts be zeros",
                quoted(found),
                listed(known)
            ),
            Self::NoValue { file, column } => {
                write!(f, "{file}: column {} has no value in any row; leave it out", quoted(column))
            }
            Self::NothingLeft { file } => write!(
                f,
                "{file}: every row has a missing value, and none is left; fill some in, or leave out a column"
            ),
            Self::ManyCategories { file, column, found, limit } => write!(
                f,
                "{file}: column {} has {found} different texts; expected at most {limit}, each being a feature: \
                 leave the column out if it only names the rows, or allow more categories",
                quoted(column)
            ),
            Self::MissingClass { file, missing, highest } => write!(
                f,
                "{file}: labels go up to {highest}, but no row has label {missing}; \
                 expected every class from 0 on: number them without gaps, or read the labels as text"
            ),
            Self::SingleClass { file, class } => write!(
                f,
                "{file}: every row is of class {}; expected at least 2 classes to tell apart",
                quoted(class)
            ),
            Self::Delimiter { found } => write!(
                f,
                "delimiter {}: expected one ASCII character that is no quotation mark, line break or NUL",
                quoted(&char::from(*found).to_string())
            ),
            Self::NoTarget => write!(f, "no target column was named; expected at least one"),
            Self::RepeatedTarget { name } => {
                write!(f, "target column {} was named twice; name each once", quoted(name))
            }
            Self::ManyLabels { columns } => write!(
                f,
                "{} of classes were named: {}; expected one, or a regression",
                count(columns.len(), "column"),
                listed(columns)
            ),
            Self::OpenClasses { column } => write!(
                f,
                "the classes of column {} are not known; look for them with Frame::target, or name them",
                quoted(column)
            ),
            Self::RowWidth { row, found, expected } => write!(
                f,
                "row {row} (counted from 0) has {}, but row 0 has {expected}; expected equally many",
                count(*found, "number")
            ),
            Self::Width { file, found, expected } => write!(
                f,
                "{file}: rows of {}; expected the {expected} that the network was trained on",
                count(*found, "number")
            ),
            Self::Empty { what } => write!(f, "no {what}; expected at least one"),
            Self::RowCounts { features, targets } => write!(
                f,
                "{} of features, but {} of targets; expected one target a row",
                count(*features, "row"),
                count(*targets, "row")
            ),
            Self::NameCount { what, found, expected } => {
                write!(f, "{} for {}; expected one each", count(*found, "name"), count(*expected, what))
            }
            Self::RepeatedName { what, name } => {
                write!(f, "two of the names are {}; expected another for each {what}", quoted(name))
            }
            Self::NonFinite { what, row, column } => write!(
                f,
                "{what}: row {row}, column {column} (counted from 0) is NaN or infinite; expected a finite number"
            ),
            Self::LabelRange { row, label, classes } => write!(
                f,
                "row {row} (counted from 0) has label {label}; expected 0 to {}, there being {classes} classes",
                classes.saturating_sub(1)
            ),
            Self::ClassCount { found, limit } => {
                write!(f, "{}; expected 2 to {limit}", count(*found, "class"))
            }
            Self::NoSuchRow { row, rows } => {
                write!(f, "row {row} (counted from 0) of a table of {}", count(*rows, "row"))
            }
            Self::NoSuchColumn { column, columns } => {
                write!(f, "column {column} (counted from 0) of a table of {}", count(*columns, "column"))
            }
            Self::Shape { what, found, expected } => write!(
                f,
                "{what}: an array of [{}, {}]; expected [{}, {}] (rows, columns)",
                found.0, found.1, expected.0, expected.1
            ),
            Self::Overflow { column } => write!(
                f,
                "column {column} (counted from 0) spans more than an f64 can hold; use a larger unit for it"
            ),
            Self::Fraction { found } => {
                write!(f, "held-out fraction {found}; expected a number between 0 and 1, both excluded")
            }
            Self::EmptySide { fraction, rows, held_out } => write!(
                f,
                "a fraction of {fraction} holds out {held_out} of {}; expected at least one row on each side",
                count(*rows, "row")
            ),
            Self::BatchSize => write!(f, "batch size 0; expected at least 1"),
        }
    }
}

impl Error {
    /// What seems to stand between two fields of a file, if a column was looked for in a header of a single one.
    pub fn likely_delimiter(&self) -> Option<char> {
        match self {
            Self::MissingTarget { known, .. } | Self::MissingColumn { known, .. } => likely_delimiter(known),
            _ => None,
        }
    }
}

fn likely_delimiter(columns: &[String]) -> Option<char> {
    let [header] = columns else { return None };
    [';', '\t', '|'].into_iter().find(|&delimiter| header.contains(delimiter))
}

fn columns_are(f: &mut Formatter<'_>, wanted: &str, known: &[String]) -> fmt::Result {
    match likely_delimiter(known) {
        None => {
            did_you_mean(f, wanted, known)?;
            write!(f, "the columns are {}", listed(known))
        }
        Some(found) => {
            write!(f, "the only column is {}, in which {found:?} may be the delimiter", listed(known))
        }
    }
}

/// Where the header is; an array has none.
fn header(file: &str, line: u64) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}") }
}

fn did_you_mean(f: &mut Formatter<'_>, wanted: &str, known: &[String]) -> fmt::Result {
    match nearest(wanted, known) {
        Some(name) => write!(f, "did you mean {}? ", quoted(name)),
        None => Ok(()),
    }
}
