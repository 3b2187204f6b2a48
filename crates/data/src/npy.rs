//! NPY files, as `numpy.save` writes them.
//!
//! The bytes `\x93NUMPY`, the version of the format (1, 2 or 3), the length of the header, the header, and then
//! the numbers. The header is the text of a Python dictionary with the keys `descr`, `fortran_order` and
//! `shape` (NumPy Enhancement Proposal 1). Read here are arrays of booleans, integers of 1 to 8 bytes and floats of
//! 4 or 8, in little-endian order. The first dimension is the rows; the others together are the columns. Fortran
//! order, in which pandas gives a table of numbers, is read where there are at most two dimensions. A complete
//! header is some hundred bytes, and one beyond [`HEADER`] is refused.

use crate::Error;
use crate::open::{rest, unreadable};
use ndarray::Array2;
use std::io::{BufRead, ErrorKind, Read};

/// The most bytes of a header.
const HEADER: usize = 1 << 12;

/// The numbers of a file, `[rows, columns]`; one of one dimension has one column.
#[derive(Debug)]
pub(crate) enum Array {
    /// Of type `u1`.
    Bytes(Array2<u8>),
    /// Of any other. An integer beyond 2⁵³ is rounded.
    Numbers(Array2<f64>),
}

impl Array {
    /// How many rows.
    pub(crate) fn rows(&self) -> usize {
        match self {
            Array::Bytes(bytes) => bytes.nrows(),
            Array::Numbers(numbers) => numbers.nrows(),
        }
    }

    /// The numbers, whatever they were.
    pub(crate) fn numbers(self) -> Array2<f64> {
        match self {
            Array::Bytes(bytes) => bytes.mapv(f64::from),
            Array::Numbers(numbers) => numbers,
        }
    }
}

/// Reads a file, of which `size` is the length if it is known.
pub(crate) fn read(mut bytes: impl BufRead, file: &str, size: Option<u64>) -> Result<Array, Error> {
    let shape = Shape::read(&mut bytes, file)?;
    let data = rest(bytes, file, shape.start, shape.bytes(), size)?;
    if !shape.by_columns {
        return Ok(shape.array(data));
    }
    let turned = Shape { rows: shape.columns as u64, columns: shape.rows as usize, ..shape };
    Ok(match turned.array(data) {
        Array::Bytes(bytes) => Array::Bytes(in_rows(&bytes)),
        Array::Numbers(numbers) => Array::Numbers(in_rows(&numbers)),
    })
}

/// The rows of an array that is given by its columns.
fn in_rows<A: Clone>(columns: &Array2<A>) -> Array2<A> {
    columns.t().as_standard_layout().into_owned()
}

/// What the bytes after a header are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    kind: Number,
    /// How many, at least 1.
    pub(crate) rows: u64,
    /// How many, at least 1.
    pub(crate) columns: usize,
    /// The length of the header.
    pub(crate) start: u64,
    /// Whether they come column after column.
    pub(crate) by_columns: bool,
}

impl Shape {
    /// Bytes, row after row, that come `start` bytes after the beginning of a file; as many as can be counted.
    pub(crate) fn of_bytes(rows: u64, columns: usize, start: u64) -> Self {
        Shape { kind: Number::Bytes, rows, columns, start, by_columns: false }
    }

    /// Reads a header.
    pub(crate) fn read(bytes: &mut impl Read, file: &str) -> Result<Self, Error> {
        let damaged = |what: &str| Error::Damaged { file: file.to_owned(), what: what.to_owned() };
        let mut take = |buffer: &mut [u8]| {
            bytes.read_exact(buffer).map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => damaged("the NPY header is cut off"),
                _ => unreadable(file.to_owned(), error),
            })
        };
        let mut start = [0; 8];
        take(&mut start)?;
        if start[..6] != *b"\x93NUMPY" {
            return Err(damaged("an NPY file begins with \\x93NUMPY"));
        }
        let mut length = [0; 4];
        let before = match start[6] {
            1 => 10,
            2 | 3 => 12,
            other => return Err(damaged(&format!("NPY version {other}; expected 1, 2 or 3"))),
        };
        take(&mut length[..before - 8])?;
        let length = u32::from_le_bytes(length) as usize;
        if length > HEADER {
            return Err(damaged(&format!("an NPY header of {length} bytes; expected at most {HEADER}")));
        }
        let mut header = vec![0; length];
        take(&mut header)?;
        let header = std::str::from_utf8(&header).map_err(|_| damaged("the NPY header is no text"))?;
        let Header { kind, rows, columns, by_columns } =
            Header::parse(header).map_err(|what| damaged(&what))?;
        let wide = kind.width();
        let bytes_in_all = rows.checked_mul(columns).and_then(|count| count.checked_mul(wide as u64));
        let bytes_in_all = bytes_in_all.ok_or_else(|| damaged("the shape is beyond any memory"))?;
        if bytes_in_all == 0 {
            return Err(damaged(&format!("an array of {rows} by {columns}; expected rows and columns")));
        }
        Ok(Shape { kind, rows, columns: columns as usize, start: (before + length) as u64, by_columns })
    }

    /// Of all numbers.
    pub(crate) fn bytes(&self) -> u64 {
        self.rows * self.row()
    }

    /// Of the numbers of a row.
    pub(crate) fn row(&self) -> u64 {
        (self.columns * self.kind.width()) as u64
    }

    /// Whether the numbers are bytes.
    pub(crate) fn is_bytes(&self) -> bool {
        self.kind == Number::Bytes
    }

    /// Whether a file of `size` bytes, if that is known, has the numbers that its header announces.
    pub(crate) fn check(&self, file: &str, size: Option<u64>) -> Result<(), Error> {
        match size.map(|size| size.saturating_sub(self.start)) {
            Some(found) if found != self.bytes() => Err(self.differs(file, &format!("{found} bytes"))),
            _ => Ok(()),
        }
    }

    /// That something else comes after the header than it announces.
    pub(crate) fn differs(&self, file: &str, found: &str) -> Error {
        let what = format!("{found} after the header, which announces {}", self.bytes());
        Error::Damaged { file: file.to_owned(), what }
    }

    /// Whole rows.
    pub(crate) fn array(&self, data: Vec<u8>) -> Array {
        let shape = (data.len() / self.row() as usize, self.columns);
        let whole = "whole rows";
        if self.kind == Number::Bytes {
            return Array::Bytes(Array2::from_shape_vec(shape, data).expect(whole));
        }
        let numbers = data.chunks_exact(self.kind.width()).map(|bytes| self.kind.value(bytes)).collect();
        Array::Numbers(Array2::from_shape_vec(shape, numbers).expect(whole))
    }
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Bytes,
    Signed(usize),
    Unsigned(usize),
    Single,
    Double,
}

impl Number {
    fn named(descr: &str) -> Option<Self> {
        Some(match descr {
            "|u1" | "|b1" => Number::Bytes,
            "|i1" => Number::Signed(1),
            "<i2" => Number::Signed(2),
            "<i4" => Number::Signed(4),
            "<i8" => Number::Signed(8),
            "<u2" => Number::Unsigned(2),
            "<u4" => Number::Unsigned(4),
            "<u8" => Number::Unsigned(8),
            "<f4" => Number::Single,
            "<f8" => Number::Double,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Number::Bytes => 1,
            Number::Signed(width) | Number::Unsigned(width) => width,
            Number::Single => 4,
            Number::Double => 8,
        }
    }

    /// The number that these bytes are, as many as it is wide.
    fn value(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let unsigned = u64::from_le_bytes(word);
        match self {
            Number::Bytes | Number::Unsigned(_) => unsigned as f64,
            Number::Signed(width) => {
                let unused = 64 - 8 * width as u32;
                let signed = i64::from_le_bytes((unsigned << unused).to_le_bytes());
                (signed >> unused) as f64 // with the sign of its highest bit
            }
            Number::Single => f64::from(f32::from_bits(unsigned as u32)),
            Number::Double => f64::from_bits(unsigned),
        }
    }
}

/// What a header says.
#[derive(Debug, PartialEq)]
struct Header {
    kind: Number,
    rows: u64,
    columns: u64,
    by_columns: bool,
}

impl Header {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("the NPY header {:?} is none that numpy.save writes", text.trim_end());
        let inside =
            text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or_else(wrong)?;
        let (mut descr, mut fortran, mut shape) = (None, None, None);
        let mut left = inside.trim_start();
        while !left.is_empty() {
            let (key, after) = quoted(left).ok_or_else(wrong)?;
            let after = after.trim_start().strip_prefix(':').ok_or_else(wrong)?.trim_start();
            let (value, after) = match after.as_bytes().first() {
                Some(b'(') => after.split_at(after.find(')').ok_or_else(wrong)? + 1),
                _ => after.split_at(after.find(',').unwrap_or(after.len())),
            };
            let slot = match key {
                "descr" => &mut descr,
                "fortran_order" => &mut fortran,
                "shape" => &mut shape,
                _ => return Err(wrong()),
            };
            if slot.replace(value.trim()).is_some() {
                return Err(wrong());
            }
            let after = after.trim_start();
            left = match after.strip_prefix(',') {
                Some(next) => next.trim_start(),
                None if after.is_empty() => after,
                None => return Err(wrong()),
            };
        }
        let (descr, fortran, shape) = descr
            .zip(fortran)
            .zip(shape)
            .map(|((descr, fortran), shape)| (descr, fortran, shape))
            .ok_or_else(wrong)?;
        let kind =
            quoted(descr).filter(|(_, after)| after.is_empty()).and_then(|(name, _)| Number::named(name));
        let kind = kind.ok_or_else(|| {
            format!(
                "an array of type {descr}; expected booleans, integers or floats in little-endian order; \
                 save it as numpy.float64"
            )
        })?;
        let dimensions = dimensions(shape).ok_or_else(wrong)?;
        let [rows, others @ ..] = &dimensions[..] else {
            return Err("an array of shape (), a single number; expected rows".to_owned());
        };
        let columns = others.iter().try_fold(1_u64, |columns, &size| columns.checked_mul(size));
        let columns =
            columns.ok_or_else(|| format!("an array of shape {shape}, which is beyond any memory"))?;
        // Where at most one size is more than 1, both orders are the same.
        let in_line = dimensions.iter().filter(|&&size| size != 1).count() <= 1;
        let header = |by_columns| Ok(Header { kind, rows: *rows, columns, by_columns });
        match fortran {
            "False" => header(false),
            "True" if in_line => header(false),
            "True" if others.len() == 1 => header(true),
            "True" => Err(format!(
                "an array of shape {shape} in Fortran order, which is read of at most two dimensions; save \
                 numpy.ascontiguousarray of it"
            )),
            _ => Err(wrong()),
        }
    }
}

/// The text between the single quotation marks that `text` begins with, and what comes after.
fn quoted(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('\'')?.split_once('\'')
}

/// The numbers of a Python tuple.
fn dimensions(text: &str) -> Option<Vec<u64>> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?.trim();
    let inside = inside.strip_suffix(',').unwrap_or(inside);
    if inside.is_empty() {
        return Some(Vec::new());
    }
    inside.split(',').map(|number| number.trim().parse().ok()).collect()
}
