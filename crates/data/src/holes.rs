//! NaN in an array of features: a value that is missing, as an empty cell of a table is.

use crate::encoding::{Encoding, Kind};
use crate::{Error, Features, Missing, Place};
use glassgrad_tensor::Scalar;
use ndarray::Axis;

/// The means of the columns of features that come in parts, of the values that are there.
#[derive(Debug, Default)]
pub(crate) struct Means {
    /// How many values each column has, and their mean. Nothing before the first part.
    columns: Vec<(u64, f64)>,
}

impl Means {
    /// Takes in these rows. Bytes are never missing, and their means are not needed.
    pub(crate) fn add<T: Scalar>(&mut self, features: &Features<T>, rows: &[usize]) {
        let Features::Numbers(numbers) = features else { return };
        self.columns.resize(numbers.ncols(), (0, 0.0));
        for &row in rows {
            for ((count, mean), x) in self.columns.iter_mut().zip(numbers.row(row)) {
                let x = x.to_f64();
                if !x.is_nan() {
                    *count += 1;
                    // Shares of both, since their difference may be beyond an f64.
                    let share = 1.0 / *count as f64;
                    *mean = *mean * (1.0 - share) + x * share;
                }
            }
        }
    }

    /// The means of so many columns; 0 if no part has been taken in.
    pub(crate) fn finish(self, file: &str, width: usize) -> Result<Vec<f64>, Error> {
        if self.columns.is_empty() {
            return Ok(vec![0.0; width]);
        }
        match self.columns.iter().position(|(count, _)| *count == 0) {
            Some(column) => Err(Error::NoValue { file: file.to_owned(), column: format!("x{column}") }),
            None => Ok(self.columns.into_iter().map(|(_, mean)| mean).collect()),
        }
    }
}

/// Features without holes.
pub(crate) struct Whole<T> {
    pub(crate) features: Features<T>,
    /// Which rows these are.
    pub(crate) rows: Vec<usize>,
    /// How many values were filled in.
    pub(crate) filled: usize,
}

impl Encoding {
    /// Of the rows marked in `keep`, those that are whole enough, their missing values filled in; `line` is where a row is
    /// in the file, from 1. The array has as many columns as the encoding has features.
    pub(crate) fn whole<T: Scalar>(
        &self,
        file: &str,
        features: &Features<T>,
        line: impl Fn(usize) -> u64,
        mut keep: Vec<bool>,
    ) -> Result<Whole<T>, Error> {
        let missing = |x: &T| x.to_f64().is_nan();
        if let Features::Numbers(numbers) = features {
            for ((row, numbers), keep) in numbers.outer_iter().enumerate().zip(&mut keep) {
                match (numbers.iter().position(missing), self.options.missing) {
                    (None, _) | (Some(_), Missing::Mean) => {}
                    (Some(_), Missing::Drop) => *keep = false,
                    (Some(column), Missing::Error) => {
                        let (file, name) = (file.to_owned(), format!("x{column}"));
                        let at = Place { file, line: line(row), column: column + 1, name };
                        return Err(Error::MissingValue { at });
                    }
                }
            }
        }
        let rows: Vec<usize> = (0..keep.len()).filter(|&row| keep[row]).collect();
        if rows.is_empty() {
            return Err(Error::NothingLeft { file: file.to_owned() });
        }
        let mut features = if rows.len() == keep.len() { features.clone() } else { features.select(&rows) };
        let mut filled = 0;
        if let (Features::Numbers(numbers), Missing::Mean) = (&mut features, self.options.missing) {
            for (mut column, mean) in numbers.axis_iter_mut(Axis(1)).zip(self.fillings()) {
                for x in column.iter_mut().filter(|x| missing(x)) {
                    *x = T::from_f64(mean);
                    filled += 1;
                }
            }
        }
        Ok(Whole { features, rows, filled })
    }

    /// What stands for a missing value of each feature.
    fn fillings(&self) -> impl Iterator<Item = f64> + '_ {
        self.columns.iter().flat_map(|column| match &column.kind {
            Kind::Number { mean } => vec![*mean],
            Kind::Categories { names, most_frequent } => {
                (0..names.len()).map(|name| f64::from(u8::from(name == *most_frequent))).collect()
            }
        })
    }
}
