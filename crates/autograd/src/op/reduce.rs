//! Sums and means over all numbers, over the rows or over the columns.

use super::store;
use crate::shape::Matrix;
use glassgrad_tensor::{Scalar, reduce};
use serde::{Deserialize, Serialize};
use std::iter::repeat_n;

/// What a reduction runs over: the axis that is gone afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Axis {
    /// Every number: `[rows, columns]` becomes `[1, 1]`.
    All,
    /// Down the rows, one result a column: `[rows, columns]` becomes `[1, columns]`.
    Rows,
    /// Along the columns, one result a row: `[rows, columns]` becomes `[rows, 1]`.
    Columns,
}

impl Axis {
    /// How many numbers go into one result.
    const fn count(self, rows: usize, columns: usize) -> usize {
        match self {
            Self::All => rows * columns,
            Self::Rows => rows,
            Self::Columns => columns,
        }
    }
}

/// Σ, or the mean: Σ divided by how many were added.
pub(crate) fn forward<T: Scalar>(axis: Axis, mean: bool, x: Matrix<'_, T>, y: &mut [T]) {
    match axis {
        Axis::All => y[0] = reduce::sum(x.data),
        Axis::Rows => {
            y.fill(T::zero());
            reduce::add_rows(x.data, y);
        }
        Axis::Columns => {
            for (y, row) in y.iter_mut().zip(x.data.chunks_exact(x.columns)) {
                *y = reduce::sum(row);
            }
        }
    }
    if mean {
        let count = T::from_f64(axis.count(x.rows, x.columns) as f64);
        for y in y {
            *y /= count;
        }
    }
}

/// The cotangent of every x that went into a sum is the sum's; for a mean, divided by the count.
pub(crate) fn backward<T: Scalar>(
    axis: Axis,
    mean: bool,
    [rows, columns]: [usize; 2],
    g: &[T],
    dx: &mut [T],
    accumulate: bool,
) {
    let count = T::from_f64(if mean { axis.count(rows, columns) as f64 } else { 1.0 });
    match axis {
        Axis::All => store(repeat_n(g[0] / count, dx.len()), dx, accumulate),
        Axis::Rows => {
            for dx in dx.chunks_exact_mut(columns) {
                store(g.iter().map(|&g| g / count), dx, accumulate);
            }
        }
        Axis::Columns => {
            for (dx, &g) in dx.chunks_exact_mut(columns).zip(g) {
                store(repeat_n(g / count, columns), dx, accumulate);
            }
        }
    }
}
