//! Scaling of columns: [`Standardize`] to mean 0 and standard deviation 1, [`MinMax`] to 0…1.
//!
//! Both are fitted on the training part only and then applied to every part: a mean taken over the
//! held-out rows would leak them into training. Both are plain `f64` numbers, so that a checkpoint can
//! carry them, whatever number type the network runs on. The arithmetic is in `f64`, each result
//! rounded once to `T`. Values of a regression are scaled like features, and predictions brought back
//! with `inverse`.

use crate::Error;
use crate::dataset::shaped;
use crate::features::{Features, number};
use glassgrad_tensor::Scalar;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use serde::{Deserialize, Serialize};

/// z = (x − mean) / std, column by column, std being that of the population (divided by n), as in
/// scikit-learn's `StandardScaler`.
///
/// ```
/// use glassgrad_data::Standardize;
/// use ndarray::array;
///
/// let mut x = array![[1.0, 7.0], [3.0, 7.0]];
/// let scale = Standardize::fit(x.view())?;
/// assert_eq!(scale, Standardize { mean: vec![2.0, 7.0], std: vec![1.0, 1.0], constant: vec![1] });
/// scale.transform(x.view_mut())?;
/// assert_eq!(x, array![[-1.0, 0.0], [1.0, 0.0]]);
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardize {
    /// The mean of each column.
    pub mean: Vec<f64>,
    /// The standard deviation of each column; 1 for a constant column.
    pub std: Vec<f64>,
    /// The columns, from 0, in which all rows are equal; they say nothing, and turn into 0.
    pub constant: Vec<usize>,
}

impl Standardize {
    /// Mean and standard deviation of `rows: [rows, columns]`, of the training part.
    ///
    /// Two passes (as Chan, Golub and LeVeque 1983 compare them): first the mean Σx/n, bettered by the
    /// mean of what it leaves; then √(Σd²/n) with d = x − mean. Each d is divided by the largest |d| of
    /// its column before it is squared, so d² neither over- nor underflows, and the root is at least
    /// 1/√n of that largest: no column that varies has a standard deviation of 0.
    ///
    /// # Errors
    /// If there are no rows or columns, a number is not finite, or a spread is beyond `f64`.
    pub fn fit<T: Scalar>(rows: ArrayView2<'_, T>) -> Result<Self, Error> {
        Self::fit_rows(&rows)
    }

    /// The same of features, bytes being counted rather than converted.
    pub(crate) fn fit_features<T: Scalar>(features: &Features<T>) -> Result<Self, Error> {
        match features {
            Features::Numbers(numbers) => Self::fit_rows(&numbers.view()),
            Features::Bytes { bytes, factor, offset } => Self::fit_rows(&Counts::new(bytes, factor, offset)),
        }
    }

    pub(crate) fn fit_rows(rows: &impl Rows) -> Result<Self, Error> {
        let (low, high) = bounds(rows)?;
        let mut mean = column_means(rows, |_, x| x);
        let rest = column_means(rows, |column, x| x - mean[column]);
        mean.iter_mut().zip(&rest).for_each(|(mean, rest)| *mean += rest);
        let mut std: Vec<f64> = (0..mean.len())
            .map(|column| (high[column] - mean[column]).max(mean[column] - low[column]))
            .collect();
        let variance = column_means(rows, |column, x| ((x - mean[column]) / std[column]).powi(2));
        std.iter_mut().zip(&variance).for_each(|(std, variance)| *std *= variance.sqrt());
        let constant = constant(&low, &high);
        for &column in &constant {
            mean[column] = low[column];
            std[column] = 1.0;
        }
        finite(&std)?;
        Ok(Standardize { mean, std, constant })
    }

    /// x ← (x − mean) / std, for any rows `[rows, columns]`.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn transform<T: Scalar>(&self, rows: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        update(rows, &self.mean, &self.std, |x, mean, std| (x - mean) / std)
    }

    /// x ← x · std + mean: the inverse of [`transform`](Self::transform), up to rounding.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn inverse<T: Scalar>(&self, rows: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        update(rows, &self.mean, &self.std, |x, mean, std| x * std + mean)
    }
}

/// z = (x − min) / range, column by column: 0 to 1 on the rows fitted, beyond on others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MinMax {
    /// The least number of each column.
    pub min: Vec<f64>,
    /// The greatest less the least number of each column; 1 for a constant column.
    pub range: Vec<f64>,
    /// The columns, from 0, in which all rows are equal; they say nothing, and turn into 0.
    pub constant: Vec<usize>,
}

impl MinMax {
    /// Least number and range of `rows: [rows, columns]`, of the training part.
    ///
    /// # Errors
    /// If there are no rows or columns, a number is not finite, or a range is beyond `f64`.
    pub fn fit<T: Scalar>(rows: ArrayView2<'_, T>) -> Result<Self, Error> {
        Self::fit_rows(&rows)
    }

    /// The same of features, bytes being counted rather than converted.
    pub(crate) fn fit_features<T: Scalar>(features: &Features<T>) -> Result<Self, Error> {
        match features {
            Features::Numbers(numbers) => Self::fit_rows(&numbers.view()),
            Features::Bytes { bytes, factor, offset } => Self::fit_rows(&Counts::new(bytes, factor, offset)),
        }
    }

    pub(crate) fn fit_rows(rows: &impl Rows) -> Result<Self, Error> {
        let (min, max) = bounds(rows)?;
        let constant = constant(&min, &max);
        let mut range: Vec<f64> = min.iter().zip(&max).map(|(low, high)| high - low).collect();
        for &column in &constant {
            range[column] = 1.0;
        }
        finite(&range)?;
        Ok(MinMax { min, range, constant })
    }

    /// x ← (x − min) / range, for any rows `[rows, columns]`.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn transform<T: Scalar>(&self, rows: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        update(rows, &self.min, &self.range, |x, min, range| (x - min) / range)
    }

    /// x ← x · range + min: the inverse of [`transform`](Self::transform), up to rounding.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn inverse<T: Scalar>(&self, rows: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        update(rows, &self.min, &self.range, |x, min, range| x * range + min)
    }
}

/// What a scaling can be fitted on.
pub(crate) trait Rows {
    /// Rows and columns.
    fn dim(&self) -> (usize, usize);

    /// Calls `visit(column, number, times)` for every number, and how many times it is there.
    fn each(&self, visit: impl FnMut(usize, f64, f64));
}

impl<T: Scalar> Rows for ArrayView2<'_, T> {
    fn dim(&self) -> (usize, usize) {
        self.dim()
    }

    fn each(&self, mut visit: impl FnMut(usize, f64, f64)) {
        for row in self.rows() {
            row.iter().enumerate().for_each(|(column, x)| visit(column, x.to_f64(), 1.0));
        }
    }
}

/// How many times each column has each byte: `[columns][256]`, and what the byte stands for.
struct Counts<'a, T> {
    rows: usize,
    columns: Vec<[u64; 256]>,
    factor: &'a Array1<T>,
    offset: &'a Array1<T>,
}

impl<'a, T: Scalar> Counts<'a, T> {
    fn new(bytes: &Array2<u8>, factor: &'a Array1<T>, offset: &'a Array1<T>) -> Self {
        let mut columns = vec![[0; 256]; bytes.ncols()];
        for row in bytes.rows() {
            row.iter().zip(&mut columns).for_each(|(&byte, counts)| counts[usize::from(byte)] += 1);
        }
        Counts { rows: bytes.nrows(), columns, factor, offset }
    }
}

impl<T: Scalar> Rows for Counts<'_, T> {
    fn dim(&self) -> (usize, usize) {
        (self.rows, self.columns.len())
    }

    fn each(&self, mut visit: impl FnMut(usize, f64, f64)) {
        for (column, counts) in self.columns.iter().enumerate() {
            for (byte, &times) in (0..=u8::MAX).zip(counts).filter(|(_, times)| **times > 0) {
                let x = number(byte, self.factor[column], self.offset[column]).to_f64();
                visit(column, x, times as f64);
            }
        }
    }
}

/// The mean of a term over the rows, for each column.
fn column_means(rows: &impl Rows, term: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    let (count, columns) = rows.dim();
    let mut sums = vec![0.0; columns];
    rows.each(|column, x, times| sums[column] += times * term(column, x));
    sums.iter().map(|sum| sum / count as f64).collect()
}

/// The least and the greatest number of each column.
fn bounds(rows: &impl Rows) -> Result<(Vec<f64>, Vec<f64>), Error> {
    let (count, columns) = rows.dim();
    if count == 0 || columns == 0 {
        return Err(Error::Empty { what: if count == 0 { "rows" } else { "columns" } });
    }
    let (mut low, mut high) = (vec![f64::INFINITY; columns], vec![f64::NEG_INFINITY; columns]);
    let (mut at, mut bad) = (0, None);
    rows.each(|column, x, _| {
        if !x.is_finite() {
            bad.get_or_insert(at);
        }
        at += 1;
        low[column] = low[column].min(x);
        high[column] = high[column].max(x);
    });
    match bad {
        Some(at) => Err(Error::NonFinite { what: "rows to fit", row: at / columns, column: at % columns }),
        None => Ok((low, high)),
    }
}

/// Found by comparing, since the computed deviation of a constant column need not be 0.
fn constant(low: &[f64], high: &[f64]) -> Vec<usize> {
    (0..low.len()).filter(|&column| low[column] == high[column]).collect()
}

fn finite(divisors: &[f64]) -> Result<(), Error> {
    match divisors.iter().position(|divisor| !divisor.is_finite()) {
        Some(column) => Err(Error::Overflow { column }),
        None => Ok(()),
    }
}

fn update<T: Scalar>(
    mut rows: ArrayViewMut2<'_, T>,
    shift: &[f64],
    divisor: &[f64],
    formula: impl Fn(f64, f64, f64) -> f64,
) -> Result<(), Error> {
    shaped("rows to scale", rows.dim(), (rows.nrows(), shift.len()))?;
    for mut row in rows.rows_mut() {
        for ((x, &shift), &divisor) in row.iter_mut().zip(shift).zip(divisor) {
            *x = T::from_f64(formula(x.to_f64(), shift, divisor));
        }
    }
    Ok(())
}
