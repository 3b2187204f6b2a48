//! [`Input`]: a file of data, read by the reader that its name asks for.

use crate::arrays::frame_of;
use crate::csv::Target;
use crate::encode::Outcome;
use crate::format::Format;
use crate::holes::{Means, Whole};
use crate::npy::Array;
use crate::open::open;
use crate::split::stratified;
use crate::{
    Dataset, Encoding, EncodingOptions, Error, Features, Frame, Missing, ReadOptions, Scaling, Standardize,
    Task, idx, npy,
};
use glassgrad_tensor::Scalar;
use std::io::BufReader;
use std::path::Path;

/// Data as they were read, before anything is learnt from them.
///
/// The same steps serve every format; what is learnt, is learnt from the training part alone:
///
/// ```
/// use glassgrad_data::{EncodingOptions, Frame, Input, Scaling, ScalingKind, Task};
///
/// let text = "kind,width,price\ncup,1,3.5\njug,2,4.5\ncup,3,5.25\njug,4,7\n";
/// let input = Input::<f32>::Table(Frame::read_csv(text.as_bytes(), "shop.csv", b',')?);
/// let target = input.target(&["price".into()], Task::Auto)?;
/// let (training, held_out) = input.split(&target, 0.25, 0)?;
/// let encoding = training.fit(&target, EncodingOptions::default())?;
/// let mut training = training.encode(&encoding)?.data;
/// let scaling = Scaling::fit(ScalingKind::Standard, &training, &encoding.categories())?;
/// scaling.apply(&mut training)?;
/// # let _ = held_out;
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Input<T> {
    /// A table, the targets among its columns.
    Table(Frame),
    /// An array of features; they are named x0, x1, ….
    Array {
        /// The name of the file.
        file: String,
        /// `[rows, columns]`; NaN is a missing value.
        features: Features<T>,
        /// The targets, as many rows; none if they are not known.
        labels: Option<Frame>,
    },
}

impl<T: Scalar> Input<T> {
    /// Reads a file; its name tells the format, letter case aside:
    ///
    /// | ends in | what it is |
    /// |---|---|
    /// | `.csv`, `.tsv` | a [`Frame`], its fields separated by `options.delimiter` or by tabs |
    /// | `.npy` | with `labels`, an array of features; without, a [`Frame`] of columns x0, x1, …, which may be named by their numbers alone |
    /// | `.idx`, `ubyte` | an array of images as bytes, of which 255 stands for 1 |
    ///
    /// Each may end in `.gz` as well. `/dev/stdin` and `/dev/fd/…` are CSV. `labels` is a file of the targets, NPY or IDX, of
    /// as many rows, its column being named y, or its columns y0, y1, ….
    ///
    /// # Errors
    /// Whatever is wrong with the files, with its place; or an ending that is not listed.
    pub fn read(path: impl AsRef<Path>, labels: Option<&Path>, options: &ReadOptions) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let format = Format::of(&file)?;
        if let Some(delimiter) = format.delimiter(options) {
            if let Some(labels) = labels {
                return Err(Error::ExtraLabels { file, labels: labels.display().to_string() });
            }
            return Frame::read_table(open(path)?.0, &file, delimiter, &options.ignore).map(Input::Table);
        }
        let labels = labels.map(read_labels).transpose()?;
        let array = read_array(path, &file, format)?;
        let is_pixels = format == Format::Idx || (options.pixels && matches!(array, Array::Bytes(_)));
        let one = if is_pixels { WHITE } else { 1.0 };
        match labels {
            Some(labels) if labels.rows() != array.rows() => {
                Err(Error::RowCounts { features: array.rows(), targets: labels.rows() })
            }
            labels => Self::of_array(&file, 1, array, one, labels, &options.ignore),
        }
    }

    /// How many rows, at least 1.
    pub fn rows(&self) -> usize {
        match self {
            Input::Table(frame) => frame.rows(),
            Input::Array { features, .. } => features.dim().0,
        }
    }

    /// The name of the file, or of what else the data came from.
    pub fn file(&self) -> &str {
        match self {
            Input::Table(frame) => &frame.file,
            Input::Array { file, .. } => file,
        }
    }

    /// Where a row is in its file, or was: the line that it begins on; of an array, its number, from 1.
    pub fn line(&self, row: usize) -> u64 {
        match self {
            Input::Table(frame) => frame.line(row),
            Input::Array { labels: Some(labels), .. } => labels.line(row),
            Input::Array { labels: None, .. } => 1 + row as u64,
        }
    }

    /// What the target is: see [`Frame::target`]. The targets of an array are all its labels, unless named.
    ///
    /// # Errors
    /// As of [`Frame::target`]; or if an array has no labels.
    pub fn target(&self, columns: &[String], task: Task) -> Result<Target, Error> {
        match self {
            Input::Table(frame) => frame.target(columns, task),
            Input::Array { labels, file, .. } => {
                let labels = labels.as_ref().ok_or_else(|| Error::NoLabels { file: file.clone() })?;
                if columns.is_empty() {
                    labels.target(&labels.names(), task)
                } else {
                    labels.target(columns, task)
                }
            }
        }
    }

    /// The training part and the held-out part: see [`mod@crate::split`]. Labels are stratified; rows
    /// without a label are one class more.
    ///
    /// # Errors
    /// If `fraction` is not between 0 and 1, a part would be empty, or a label is none of the target's
    /// classes.
    pub fn split(&self, target: &Target, fraction: f64, seed: u64) -> Result<(Self, Self), Error> {
        let (classes, count) = match self {
            Input::Table(frame) => frame.classes(target)?,
            Input::Array { labels: Some(labels), .. } => labels.classes(target)?,
            Input::Array { labels: None, .. } => (vec![0; self.rows()], 1),
        };
        let (training, held_out) = stratified(self.rows(), |row| classes[row], count, fraction, seed)?;
        Ok((self.select(&training)?, self.select(&held_out)?))
    }

    /// These rows in this order.
    ///
    /// # Errors
    /// If no row is chosen, or one that is not there.
    pub fn select(&self, rows: &[usize]) -> Result<Self, Error> {
        Ok(match self {
            Input::Table(frame) => Input::Table(frame.select(rows)?),
            Input::Array { file, features, labels } => {
                if rows.is_empty() {
                    return Err(Error::Empty { what: "rows" });
                }
                if let Some(&row) = rows.iter().find(|&&row| row >= self.rows()) {
                    return Err(Error::NoSuchRow { row, rows: self.rows() });
                }
                let labels = labels.as_ref().map(|labels| labels.select(rows)).transpose()?;
                Input::Array { file: file.clone(), features: features.select(rows), labels }
            }
        })
    }

    /// Learns the encoding, this being the training part: see [`Encoding::fit`].
    ///
    /// # Errors
    /// As of [`Encoding::fit`].
    pub fn fit(&self, target: &Target, options: EncodingOptions) -> Result<Encoding, Error> {
        match self {
            Input::Table(frame) => Encoding::fit(frame, target, options),
            Input::Array { file, features, .. } => {
                let mut means = Means::default();
                if options.missing == Missing::Mean {
                    means.add(features, &(0..self.rows()).collect::<Vec<_>>());
                }
                Encoding::of_numbers(means.finish(file, features.dim().1)?, target, options)
            }
        }
    }

    /// The data set: see [`Encoding::encode`].
    ///
    /// # Errors
    /// As of [`Encoding::encode`]; or if an array has no labels, or another number of columns.
    pub fn encode(&self, encoding: &Encoding) -> Result<Outcome<Dataset<T>>, Error> {
        self.encode_scaled(encoding, &Scaling::None, None)
    }

    /// The data set, its features scaled, and its values if there is a scale for them. In a table each number is
    /// scaled as the `f64` that was read, and rounded to `T` once: numbers that differ by little, such as seconds
    /// since 1970, keep what tells them apart. Those of an array have been rounded already.
    ///
    /// # Errors
    /// As of [`encode`](Self::encode); or if another number of columns was fitted.
    pub fn encode_scaled(
        &self,
        encoding: &Encoding,
        scaling: &Scaling,
        values: Option<&Standardize>,
    ) -> Result<Outcome<Dataset<T>>, Error> {
        match self {
            Input::Table(frame) => encoding.encode_scaled(frame, scaling, values),
            Input::Array { file, features, labels } => {
                let labels = labels.as_ref().ok_or_else(|| Error::NoLabels { file: file.clone() })?;
                fits(encoding, file, features)?;
                let complete = encoding.complete_targets(labels)?;
                let Whole { features, rows, filled } =
                    encoding.whole(file, features, |row| labels.line(row), complete)?;
                let data = encoding.with_targets(labels, features, &rows, values)?;
                let mut outcome = Outcome { data, rows, filled, unseen: Vec::new() };
                scaling.apply(&mut outcome.data)?;
                Ok(outcome)
            }
        }
    }

    /// The features alone: see [`Encoding::encode_features`].
    ///
    /// # Errors
    /// As of [`Encoding::encode_features`]; or if an array has another number of columns.
    pub fn encode_features(&self, encoding: &Encoding) -> Result<Outcome<Features<T>>, Error> {
        self.encode_features_scaled(encoding, &Scaling::None)
    }

    /// The features alone, scaled: see [`encode_scaled`](Self::encode_scaled).
    ///
    /// # Errors
    /// As of [`encode_features`](Self::encode_features); or if another number of columns was fitted.
    pub fn encode_features_scaled(
        &self,
        encoding: &Encoding,
        scaling: &Scaling,
    ) -> Result<Outcome<Features<T>>, Error> {
        match self {
            Input::Table(frame) => encoding.features_of(frame, vec![true; frame.rows()], scaling),
            Input::Array { file, features, .. } => {
                fits(encoding, file, features)?;
                let Whole { features: mut data, rows, filled } =
                    encoding.whole(file, features, |row| 1 + row as u64, vec![true; self.rows()])?;
                scaling.apply_to(&mut data)?;
                Ok(Outcome { data, rows, filled, unseen: Vec::new() })
            }
        }
    }
}

/// Whether an array has the columns that the network was trained on.
fn fits<T: Scalar>(encoding: &Encoding, file: &str, features: &Features<T>) -> Result<(), Error> {
    let (found, expected) = (features.dim().1, encoding.features().len());
    if found == expected { Ok(()) } else { Err(Error::Width { file: file.to_owned(), found, expected }) }
}

/// The byte of a pixel that stands for 1.
pub const WHITE: f64 = 255.0;

/// Whether a file, by its name, holds pixels as bytes, which become numbers from 0 to 1: byte / [`WHITE`].
pub fn holds_pixels(path: &Path) -> bool {
    Format::of(&path.display().to_string()).is_ok_and(|format| format == Format::Idx)
}

/// Whether a file, by its name, has lines, and not rows of an array.
pub fn has_lines(path: &Path) -> bool {
    Format::of(&path.display().to_string()).is_ok_and(|format| matches!(format, Format::Csv | Format::Tsv))
}

/// Whether a file, by its name, is a table of which fields may be separated by this delimiter: those of `.tsv` are by tabs
/// alone.
pub fn heeds_delimiter(path: &Path, delimiter: char) -> bool {
    match Format::of(&path.display().to_string()) {
        Ok(Format::Csv) => true,
        Ok(Format::Tsv) => delimiter == '\t',
        _ => false,
    }
}

fn read_labels(path: &Path) -> Result<Frame, Error> {
    let file = path.display().to_string();
    let array = read_array(path, &file, Format::of(&file)?)?;
    frame_of(&file, 1, &array.numbers(), "y", &[])
}

/// Reads a file that is an array.
fn read_array(path: &Path, file: &str, format: Format) -> Result<Array, Error> {
    let (bytes, size) = open(path)?;
    let bytes = BufReader::new(bytes);
    match format {
        Format::Npy => npy::read(bytes, file, size),
        Format::Idx => idx::read(bytes, file, size).map(Array::Bytes),
        Format::Csv | Format::Tsv => Err(Error::LabelsFormat { file: file.to_owned() }),
    }
}
