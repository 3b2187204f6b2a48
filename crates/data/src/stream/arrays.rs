//! [`Arrays`]: a file of features and, if there is one, a file of their labels, as blocks of rows.

use super::source::{Span, part, plain, size_of};
use crate::format::Format;
use crate::frames::BLOCK_BYTES;
use crate::input::WHITE;
use crate::npy::{Array, Shape};
use crate::{Error, Input, idx};
use glassgrad_tensor::Scalar;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_64;

/// Features, and labels unless the last column is the target.
#[derive(Clone, Debug)]
pub(super) struct Arrays {
    features: ArrayFile,
    labels: Option<ArrayFile>,
    /// Columns that are left out, where there are no labels.
    ignore: Vec<String>,
}

/// A file that is an array.
#[derive(Clone, Debug)]
struct ArrayFile {
    path: PathBuf,
    file: String,
    shape: Shape,
    /// What a byte is divided by.
    one: f64,
}

impl ArrayFile {
    fn open(path: &Path) -> Result<Self, Error> {
        let file = path.display().to_string();
        let format = Format::of(&file)?;
        let mut bytes = BufReader::new(plain(path)?);
        let (shape, one) = match format {
            Format::Npy => (Shape::read(&mut bytes, &file)?, 1.0),
            Format::Idx => (idx::shape(&mut bytes, &file)?, WHITE),
            Format::Csv | Format::Tsv => return Err(Error::LabelsFormat { file }),
        };
        if shape.by_columns {
            let what = "an array in Fortran order, of which no row is in one piece; save numpy.ascontiguousarray of it";
            return Err(Error::Damaged { file, what: what.to_owned() });
        }
        shape.check(&file, Some(fs::metadata(path).map_or(0, |metadata| metadata.len())))?;
        Ok(ArrayFile { path: path.to_owned(), file, shape, one })
    }

    fn read(&self, span: &Span) -> Result<(Array, u64), Error> {
        let row = self.shape.row();
        let start = self.shape.start + span.lines * row;
        let bytes = part(&self.path, &self.file, start, span.rows as u64 * row)?;
        let hash = XxHash3_64::oneshot(&bytes);
        Ok((self.shape.array(bytes), hash))
    }
}

impl Arrays {
    pub(super) fn open(path: &Path, labels: Option<&Path>, ignore: Vec<String>) -> Result<Self, Error> {
        let features = ArrayFile::open(path)?;
        let labels = labels.map(ArrayFile::open).transpose()?;
        match &labels {
            Some(labels) if labels.shape.rows != features.shape.rows => {
                let [features, targets] = [features.shape.rows, labels.shape.rows].map(|rows| rows as usize);
                Err(Error::RowCounts { features, targets })
            }
            _ => Ok(Arrays { features, labels, ignore }),
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.features.file
    }

    /// How many bytes there are now.
    pub(super) fn size(&self) -> Result<u64, Error> {
        let of_labels = self.labels.as_ref().map_or(Ok(0), |labels| size_of(&labels.path, &labels.file))?;
        Ok(size_of(&self.features.path, &self.features.file)? + of_labels)
    }

    /// Blocks of at most so many rows.
    pub(super) fn spans(&self, rows: usize) -> impl Iterator<Item = Span> + '_ {
        let (all, row) = (self.features.shape.rows, self.features.shape.row());
        let each = (rows as u64).min((BLOCK_BYTES / row).max(1));
        (0..all.div_ceil(each)).map(move |block| {
            let (lines, rows) = (block * each, each.min(all - block * each));
            Span { offset: lines * row, length: rows * row, lines, rows: rows as usize }
        })
    }

    pub(super) fn read<T: Scalar>(&self, span: &Span) -> Result<(Input<T>, u64), Error> {
        let ArrayFile { file, one, .. } = &self.features;
        let (array, mut hash) = self.features.read(span)?;
        let mut labels = None;
        if let Some(of_labels) = &self.labels {
            let (array, more) = of_labels.read(span)?;
            hash ^= more.rotate_left(1);
            labels = Some((of_labels.file.as_str(), array));
        }
        Ok((Input::of_rows(file, span.lines + 1, array, *one, labels, &self.ignore)?, hash))
    }
}
