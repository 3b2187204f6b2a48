//! Rows of arrays as [`Input`]: the columns get names, and each row keeps its number in the file.

use crate::npy::Array;
use crate::{Error, Features, Frame, Input, Place};
use glassgrad_tensor::Scalar;
use ndarray::Array2;

impl<T: Scalar> Input<T> {
    /// Rows of a file of features from number `first` on, bytes being divided by `one`, and their labels, if these have a
    /// file of their own; else without the columns to be ignored.
    pub(crate) fn of_rows(
        file: &str,
        first: u64,
        array: Array,
        one: f64,
        labels: Option<(&str, Array)>,
        ignore: &[String],
    ) -> Result<Self, Error> {
        let labels =
            labels.map(|(file, labels)| frame_of(file, first, &labels.numbers(), "y", &[])).transpose()?;
        Self::of_array(file, first, array, one, labels, ignore)
    }

    /// The same, the labels being a frame.
    pub(crate) fn of_array(
        file: &str,
        first: u64,
        array: Array,
        one: f64,
        labels: Option<Frame>,
        ignore: &[String],
    ) -> Result<Self, Error> {
        let features = match (array, &labels) {
            (Array::Bytes(bytes), labels) if one != 1.0 || labels.is_some() => Features::bytes(bytes, one),
            (array, None) => return frame_of(file, first, &array.numbers(), "x", ignore).map(Input::Table),
            (array, Some(_)) => narrowed(file, first, &array.numbers())?.into(),
        };
        Ok(Input::Array { file: file.to_owned(), features, labels })
    }
}

/// Columns named by a letter and their number, or by the letter alone if there is but one target; without those that are
/// ignored.
pub(crate) fn frame_of(
    file: &str,
    first: u64,
    numbers: &Array2<f64>,
    letter: &str,
    ignore: &[String],
) -> Result<Frame, Error> {
    let columns = numbers.ncols();
    let name =
        |column| if columns == 1 && letter == "y" { letter.to_owned() } else { format!("{letter}{column}") };
    let names = (0..columns).map(name);
    Frame::from_numbers(file, first, names, ignore, |column| numbers.column(column).to_vec())
}

/// Numbers of type `T`, NaN where one is missing, none infinite.
fn narrowed<T: Scalar>(file: &str, first: u64, numbers: &Array2<f64>) -> Result<Array2<T>, Error> {
    let narrow = numbers.mapv(T::from_f64);
    match narrow.indexed_iter().find(|(_, x)| !x.is_finite() && !x.to_f64().is_nan()) {
        None => Ok(narrow),
        Some(((row, column), _)) => {
            let name = format!("x{column}");
            let at = Place { file: file.to_owned(), line: first + row as u64, column: column + 1, name };
            Err(Error::NotFinite { at, found: format!("{:e}", numbers[[row, column]]) })
        }
    }
}
