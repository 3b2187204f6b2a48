//! [`Source`]: a file, and how any block of it is read.

use super::arrays::Arrays;
use super::cut_off;
use crate::format::Format;
use crate::frames::BLOCK_BYTES;
use crate::open::{Bytes, open};
use crate::table::Table;
use crate::{Error, Frame, Input, ReadOptions};
use glassgrad_tensor::Scalar;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_64;

/// Where a block is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Bytes before it, and its own; of an array, not counting the header.
    pub(super) offset: u64,
    pub(super) length: u64,
    /// Lines before it; of an array, rows.
    pub(super) lines: u64,
    /// Its rows.
    pub(super) rows: usize,
}

/// A file of which any block can be read.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// CSV.
    Table {
        path: PathBuf,
        file: String,
        delimiter: u8,
        ignore: Vec<String>,
        /// The line of the header, the names of the columns, and those that are not ignored.
        header: (u64, Vec<String>, Vec<usize>),
    },
    /// NPY or IDX.
    Arrays(Arrays),
}

impl Source {
    /// Looks at the header of a file.
    pub(super) fn open(path: &Path, labels: Option<&Path>, options: ReadOptions) -> Result<Self, Error> {
        let file = path.display().to_string();
        let Some(delimiter) = Format::of(&file)?.delimiter(&options) else {
            return Arrays::open(path, labels, options.ignore).map(Source::Arrays);
        };
        if let Some(labels) = labels {
            return Err(Error::ExtraLabels { file, labels: labels.display().to_string() });
        }
        let table = Table::open(plain(path)?, &file, delimiter, &options.ignore)?;
        let header = (table.header_line(), table.header().to_vec(), table.kept().to_vec());
        Ok(Source::Table { path: path.to_owned(), file, delimiter, ignore: options.ignore, header })
    }

    /// What messages call the file.
    pub(super) fn file(&self) -> &str {
        match self {
            Source::Table { file, .. } => file,
            Source::Arrays(arrays) => arrays.file(),
        }
    }

    /// How many bytes there are now.
    pub(super) fn size(&self) -> Result<u64, Error> {
        match self {
            Source::Table { path, file, .. } => size_of(path, file),
            Source::Arrays(arrays) => arrays.size(),
        }
    }

    /// Reads the file from its beginning to its end, in blocks of at most so many rows.
    pub(super) fn each<T: Scalar>(
        &self,
        rows: usize,
        mut visit: impl FnMut(Span, Input<T>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Source::Table { path, file, delimiter, ignore, .. } = self else {
            return self.spans(rows).try_for_each(|span| visit(span, self.read(&span)?.0));
        };
        let mut table = Table::open(plain(path)?, file, *delimiter, ignore)?;
        loop {
            let (offset, lines) = table.passed();
            let Some(frame) = Frame::read_rows(&mut table, rows, BLOCK_BYTES)? else { return Ok(()) };
            let length = table.passed().0 - offset;
            visit(Span { offset, length, lines, rows: frame.rows() }, Input::Table(frame))?;
        }
    }

    /// The blocks of an array.
    fn spans(&self, rows: usize) -> impl Iterator<Item = Span> + '_ {
        let arrays = match self {
            Source::Arrays(arrays) => Some(arrays),
            Source::Table { .. } => None,
        };
        arrays.into_iter().flat_map(move |arrays| arrays.spans(rows))
    }

    /// Reads a block, with the hash of its bytes.
    pub(super) fn read<T: Scalar>(&self, span: &Span) -> Result<(Input<T>, u64), Error> {
        let Source::Table { path, file, delimiter, header, .. } = self else {
            let Source::Arrays(arrays) = self else { unreachable!("there are two kinds") };
            return arrays.read(span);
        };
        let bytes = part(path, file, span.offset, span.length)?;
        let hash = XxHash3_64::oneshot(&bytes);
        let before = (span.offset, span.lines);
        let mut table = Table::inside(bytes.as_slice(), file, *delimiter, header.clone(), before);
        match Frame::read_rows(&mut table, usize::MAX, u64::MAX) {
            Ok(Some(frame)) if frame.rows() == span.rows => Ok((Input::Table(frame), hash)),
            _ => Err(Error::FileChanged { file: file.clone() }),
        }
    }
}

/// Opens a file that is not compressed.
pub(super) fn plain(path: &Path) -> Result<File, Error> {
    match open(path)? {
        (Bytes::Plain(file), Some(_)) => Ok(file),
        (Bytes::Plain(_), None) => Err(Error::Pipe { file: path.display().to_string() }),
        _ => Err(Error::Compressed { file: path.display().to_string() }),
    }
}

/// How many bytes a file has.
pub(super) fn size_of(path: &Path, file: &str) -> Result<u64, Error> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(|source| cut_off(file, source))
}

/// These bytes of a file.
pub(super) fn part(path: &Path, file: &str, offset: u64, length: u64) -> Result<Vec<u8>, Error> {
    let failed = |source| cut_off(file, source);
    let mut opened = File::open(path).map_err(failed)?;
    opened.seek(SeekFrom::Start(offset)).map_err(failed)?;
    let mut bytes = vec![0; length as usize];
    opened.read_exact(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
