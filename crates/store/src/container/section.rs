//! Sections: matrices with a name, and the rules that their table must keep.

use super::refusal::Refusal;
use super::{MAX_HEADER, aligned};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};

/// A number type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dtype {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl Dtype {
    /// Bytes a number: 4 or 8.
    pub fn size(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

impl Display for Dtype {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

/// Numbers to be written, row by row.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Data<'a> {
    /// Numbers of 4 bytes.
    F32(&'a [f32]),
    /// Numbers of 8 bytes.
    F64(&'a [f64]),
}

impl Data<'_> {
    pub(super) fn dtype(self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
        }
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::F32(numbers) => numbers.len(),
            Self::F64(numbers) => numbers.len(),
        }
    }
}

impl<'a, T: Element> From<&'a [T]> for Data<'a> {
    fn from(numbers: &'a [T]) -> Self {
        T::data(numbers)
    }
}

/// A number type that sections can be read into: f32 or f64.
pub trait Element: Copy + sealed::Sealed {
    /// Its name in a file.
    const DTYPE: Dtype;

    #[doc(hidden)]
    fn data(numbers: &[Self]) -> Data<'_>;

    #[doc(hidden)]
    fn append(bytes: &[u8], numbers: &mut Vec<Self>);
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Element for f32 {
    const DTYPE: Dtype = Dtype::F32;

    fn data(numbers: &[Self]) -> Data<'_> {
        Data::F32(numbers)
    }

    fn append(bytes: &[u8], numbers: &mut Vec<Self>) {
        let number = |bytes: &[u8]| Self::from_le_bytes(bytes.try_into().expect("4 bytes"));
        numbers.extend(bytes.chunks_exact(4).map(number));
    }
}

impl Element for f64 {
    const DTYPE: Dtype = Dtype::F64;

    fn data(numbers: &[Self]) -> Data<'_> {
        Data::F64(numbers)
    }

    fn append(bytes: &[u8], numbers: &mut Vec<Self>) {
        let number = |bytes: &[u8]| Self::from_le_bytes(bytes.try_into().expect("8 bytes"));
        numbers.extend(bytes.chunks_exact(8).map(number));
    }
}

/// A matrix to be written.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// Its name, of which there is one in a file.
    pub name: &'a str,
    /// At least 1.
    pub rows: usize,
    /// At least 1.
    pub columns: usize,
    /// `rows · columns` numbers, row by row.
    pub data: Data<'a>,
}

impl<'a> Section<'a> {
    /// The matrix `name`, of `rows · columns` numbers given row by row.
    pub fn new(name: &'a str, rows: usize, columns: usize, data: impl Into<Data<'a>>) -> Self {
        Self { name, rows, columns, data: data.into() }
    }
}

/// What the table says of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionInfo {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) rows: u64,
    pub(super) columns: u64,
    pub(super) offset: u64,
    pub(super) checksum: u64,
}

impl SectionInfo {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its numbers.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many columns it has.
    pub fn columns(&self) -> u64 {
        self.columns
    }

    /// Where in the file its first byte is.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes of its numbers; `None` where the product does not fit 64 bits.
    pub(super) fn bytes(&self) -> Option<u64> {
        self.rows.checked_mul(self.columns)?.checked_mul(self.dtype.size())
    }
}

/// Whether a table describes a file of `length` bytes whose header ends at `end`, with nothing left over.
pub(super) fn check(sections: &[SectionInfo], mut end: u64, length: u64) -> Result<(), Refusal> {
    let mut names = HashSet::new();
    for section in sections {
        let name = || section.name.clone();
        if section.name.is_empty() || !names.insert(&section.name) {
            return Err(Refusal::SectionName { section: name() });
        }
        let (rows, columns) = (section.rows, section.columns);
        let bytes = section.bytes().filter(|bytes| *bytes > 0);
        let bytes = bytes.ok_or_else(|| Refusal::SectionShape { section: name(), rows, columns })?;
        let place = aligned(end).filter(|place| *place == section.offset);
        let place = place.ok_or_else(|| Refusal::SectionPlace {
            section: name(),
            found: section.offset,
            expected: end.next_multiple_of(super::ALIGNMENT),
        })?;
        end = match place.checked_add(bytes) {
            Some(end) if end <= length => end,
            _ => return Err(Refusal::Truncated { section: name(), offset: place, bytes, length }),
        };
    }
    if end == length { Ok(()) } else { Err(Refusal::Trailing { end, length }) }
}

/// Whether a section may be written: else what is wrong with it.
pub(super) fn check_new(section: &Section<'_>) -> Result<(), String> {
    let Section { name, rows, columns, data } = section;
    let (expected, found) = (rows.checked_mul(*columns), data.len());
    if name.is_empty() || name.len() > MAX_HEADER {
        return Err("a name that is empty or too long".into());
    }
    if expected != Some(found) || found == 0 {
        return Err(format!(
            "found {found} numbers, expected rows times columns, [{rows}, {columns}], at least one"
        ));
    }
    Ok(())
}
