//! How a file is read: what its name says that it holds, and [`ReadOptions`], what has to be said besides.

use crate::Error;

/// What the name of a file does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// What stands between two fields of a CSV file; a comma by default.
    pub delimiter: u8,
    /// Columns of a table that are skipped, whatever is in them. Those that are not there are no error.
    pub ignore: Vec<String>,
    /// Whether the bytes of an NPY file are pixels, with or without labels, 255 standing for 1 as it does in IDX: what a
    /// network wants that was trained on [pixels](crate::input::holds_pixels). Else they stand for themselves.
    pub pixels: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { delimiter: b',', ignore: Vec::new(), pixels: false }
    }
}

/// What a file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    Csv,
    Tsv,
    Npy,
    Idx,
}

impl Format {
    /// What stands between two fields; none in an array.
    pub(crate) fn delimiter(self, options: &ReadOptions) -> Option<u8> {
        match self {
            Format::Csv => Some(options.delimiter),
            Format::Tsv => Some(b'\t'),
            Format::Npy | Format::Idx => None,
        }
    }

    pub(crate) fn of(file: &str) -> Result<Self, Error> {
        let lower = file.to_lowercase();
        let name = lower.strip_suffix(".gz").unwrap_or(&lower);
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        match name {
            // A pipe has no name of its own.
            "/dev/stdin" => Ok(Format::Csv),
            _ if name.starts_with("/dev/fd/") || ends(&[".csv"]) => Ok(Format::Csv),
            _ if ends(&[".tsv"]) => Ok(Format::Tsv),
            _ if ends(&[".npy"]) => Ok(Format::Npy),
            _ if ends(&[".idx", "ubyte"]) => Ok(Format::Idx),
            _ => Err(Error::UnknownFormat { file: file.to_owned() }),
        }
    }
}
