//! [`Inputs`]: a file as [`Input::read`] reads it, but a block of rows at a time.

use crate::format::Format;
use crate::frames::BLOCK_BYTES;
use crate::input::WHITE;
use crate::npy::{Array, Shape};
use crate::open::{Bytes, open, unreadable};
use crate::{Error, Frames, Input, ReadOptions, idx};
use glassgrad_tensor::Scalar;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The rows of a file from the first to the last, compressed or not, of which a block is in memory.
///
/// ```
/// use glassgrad_data::{Inputs, ReadOptions};
///
/// # let path = std::env::temp_dir().join(format!("glassgrad-inputs-{}.idx", std::process::id()));
/// # std::fs::write(&path, [0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6])?;
/// let blocks = Inputs::<f32>::open(&path, None, &ReadOptions::default(), 2)?; // three rows of two pixels
/// let rows = blocks.map(|block| block.map(|block| block.rows())).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(rows, [2, 1]);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Inputs<T> {
    rows: Rows<T>,
}

#[derive(Debug)]
enum Rows<T> {
    Table(Box<Frames>),
    Arrays(Box<Arrays>),
    /// An array that comes by columns, so that none of its rows is in one piece.
    Whole(Option<Box<Input<T>>>),
}

/// Features, and their labels if these have a file of their own.
#[derive(Debug)]
struct Arrays {
    features: Rest,
    labels: Option<Rest>,
    ignore: Vec<String>,
    /// Rows of a block.
    block: u64,
}

impl<T: Scalar> Inputs<T> {
    /// Reads the header of a file, and of its labels if they have a file of their own; blocks are of at most `rows` rows,
    /// but for an NPY array in Fortran order, which is one block.
    ///
    /// # Errors
    /// As of [`Input::read`], as far as headers and the sizes of the files tell. Whatever is wrong with a row is told when its
    /// block is read.
    pub fn open(
        path: &Path,
        labels: Option<&Path>,
        options: &ReadOptions,
        rows: usize,
    ) -> Result<Self, Error> {
        if let Some(frames) = Frames::open(path, options, rows)? {
            return match labels {
                None => Ok(Inputs { rows: Rows::Table(Box::new(frames)) }),
                Some(labels) => {
                    let [file, labels] = [path, labels].map(|path| path.display().to_string());
                    Err(Error::ExtraLabels { file, labels })
                }
            };
        }
        let features = Rest::open(path, options.pixels)?;
        let labels = labels.map(|labels| Rest::open(labels, false)).transpose()?;
        if [Some(&features), labels.as_ref()].into_iter().flatten().any(|rest| rest.shape.by_columns) {
            let labels = labels.map(|rest| rest.path);
            let whole = Input::read(path, labels.as_deref(), options)?;
            return Ok(Inputs { rows: Rows::Whole(Some(Box::new(whole))) });
        }
        let [of_features, of_labels] =
            [Some(&features), labels.as_ref()].map(|rest| rest.map(|rest| rest.shape.rows));
        if let (Some(features), Some(targets)) = (of_features, of_labels)
            && features != targets
        {
            return Err(Error::RowCounts { features: features as usize, targets: targets as usize });
        }
        let block = (rows as u64).min(BLOCK_BYTES / features.shape.row()).max(1);
        let ignore = options.ignore.clone();
        Ok(Inputs { rows: Rows::Arrays(Box::new(Arrays { features, labels, ignore, block })) })
    }
}

/// Nothing comes after an error that makes sense.
impl<T: Scalar> Iterator for Inputs<T> {
    type Item = Result<Input<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.rows {
            Rows::Table(frames) => frames.next().map(|frame| frame.map(Input::Table)),
            Rows::Arrays(arrays) => arrays.next().transpose(),
            Rows::Whole(input) => input.take().map(|input| Ok(*input)),
        }
    }
}

impl Arrays {
    /// The next block; none at the end.
    fn next<T: Scalar>(&mut self) -> Result<Option<Input<T>>, Error> {
        let Arrays { features, labels, ignore, block } = self;
        let first = 1 + features.done;
        let Some(array) = features.read(*block)? else { return Ok(None) };
        let labels = match labels {
            None => None,
            Some(labels) => labels.read(*block)?.map(|array| (labels.file.as_str(), array)),
        };
        Input::of_rows(&features.file, first, array, features.one, labels, ignore).map(Some)
    }
}

/// The rows of an array that have not been read.
#[derive(Debug)]
struct Rest {
    bytes: BufReader<Bytes<File>>,
    path: PathBuf,
    file: String,
    shape: Shape,
    /// What a byte is divided by.
    one: f64,
    /// Rows read.
    done: u64,
}

impl Rest {
    fn open(path: &Path, pixels: bool) -> Result<Self, Error> {
        let file = path.display().to_string();
        let format = Format::of(&file)?;
        let (bytes, size) = open(path)?;
        let mut bytes = BufReader::new(bytes);
        let (shape, one) = match format {
            Format::Npy => {
                let shape = Shape::read(&mut bytes, &file)?;
                (shape, if pixels && shape.is_bytes() { WHITE } else { 1.0 })
            }
            Format::Idx => (idx::shape(&mut bytes, &file)?, WHITE),
            Format::Csv | Format::Tsv => return Err(Error::LabelsFormat { file }),
        };
        shape.check(&file, size)?;
        Ok(Rest { bytes, path: path.to_owned(), file, shape, one, done: 0 })
    }

    /// The next rows, at most so many; none at the end, which is to be that of the file.
    fn read(&mut self, rows: u64) -> Result<Option<Array>, Error> {
        let rows = rows.min(self.shape.rows - self.done);
        let failed = |source| unreadable(self.file.clone(), source);
        if rows == 0 {
            let ended = self.bytes.fill_buf().map_err(failed)?.is_empty();
            return if ended { Ok(None) } else { Err(self.shape.differs(&self.file, "more bytes")) };
        }
        // A row may be promised that no memory holds.
        let mut data = Vec::new();
        let length = rows * self.shape.row();
        self.bytes.by_ref().take(length).read_to_end(&mut data).map_err(failed)?;
        if (data.len() as u64) < length {
            let found = self.done * self.shape.row() + data.len() as u64;
            return Err(self.shape.differs(&self.file, &format!("{found} bytes")));
        }
        self.done += rows;
        Ok(Some(self.shape.array(data)))
    }
}
