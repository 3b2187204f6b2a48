//! [`Moments`]: means, deviations and ranges of columns of which the rows come block by block.

use crate::{Error, MinMax, Scaling, ScalingKind, Standardize};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;

/// What the rows so far say of each column.
#[derive(Clone, Debug, Default)]
pub(super) struct Moments {
    rows: usize,
    columns: Vec<Column>,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    mean: f64,
    /// The largest of what the deviations have been found from: |x − mean| of the blocks, and how far these are apart.
    largest: f64,
    /// Σ (x − mean)², in units of largest², and so neither over- nor underflowing.
    squares: f64,
    low: f64,
    high: f64,
}

impl Moments {
    /// Takes in rows `[rows, columns]`: their own mean and squares are found in two passes, then joined to the others' by
    /// the formula of Chan, Golub and LeVeque (1983).
    pub(super) fn add<T: Scalar>(&mut self, rows: ArrayView2<'_, T>) {
        if self.columns.is_empty() {
            let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
            let none = Column { mean: 0.0, largest: 0.0, squares: 0.0, low, high };
            self.columns = vec![none; rows.ncols()];
        }
        let (before, more) = (self.rows as f64, rows.nrows() as f64);
        for (column, numbers) in self.columns.iter_mut().zip(rows.columns()) {
            let numbers = || numbers.iter().map(|number| number.to_f64());
            let first = numbers().next().unwrap_or(0.0);
            let mean = first + numbers().map(|x| (x - first) / more).sum::<f64>();
            let apart = if before > 0.0 { mean - column.mean } else { 0.0 };
            let largest = numbers().map(|x| (x - mean).abs()).fold(column.largest.max(apart.abs()), f64::max);
            if largest > 0.0 {
                let squares: f64 = numbers().map(|x| ((x - mean) / largest).powi(2)).sum();
                column.squares = column.squares * (column.largest / largest).powi(2)
                    + squares
                    + (apart / largest).powi(2) * (before * more / (before + more));
            }
            column.largest = largest;
            column.mean = if before > 0.0 { column.mean + apart * (more / (before + more)) } else { mean };
            column.low = numbers().fold(column.low, f64::min);
            column.high = numbers().fold(column.high, f64::max);
        }
        self.rows += rows.nrows();
    }

    /// The scaling of all columns but those of `leave`.
    pub(super) fn scaling(&self, kind: ScalingKind, leave: &[usize]) -> Result<Scaling, Error> {
        let scaling = match kind {
            ScalingKind::None => Scaling::None,
            ScalingKind::Standard => Scaling::Standard(self.standardize()?),
            ScalingKind::MinMax => Scaling::MinMax(MinMax {
                min: self.each(|column| column.low),
                range: self.divisors(|column| column.high - column.low)?,
                constant: self.constant(),
            }),
        };
        Ok(scaling.leaving(leave))
    }

    /// Mean 0 and deviation 1.
    pub(super) fn standardize(&self) -> Result<Standardize, Error> {
        let mean = |column: &Column| if column.low == column.high { column.low } else { column.mean };
        Ok(Standardize {
            mean: self.each(mean),
            std: self.divisors(|column| column.largest * (column.squares / self.rows as f64).sqrt())?,
            constant: self.constant(),
        })
    }

    fn each(&self, of: impl Fn(&Column) -> f64) -> Vec<f64> {
        self.columns.iter().map(of).collect()
    }

    /// 1 for constant columns.
    fn divisors(&self, of: impl Fn(&Column) -> f64) -> Result<Vec<f64>, Error> {
        let divisors = self.each(|column| if column.low == column.high { 1.0 } else { of(column) });
        match divisors.iter().position(|divisor| !divisor.is_finite() || *divisor <= 0.0) {
            Some(column) => Err(Error::Overflow { column }),
            None => Ok(divisors),
        }
    }

    fn constant(&self) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|&column| self.columns[column].low == self.columns[column].high)
            .collect()
    }
}
