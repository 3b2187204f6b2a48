//! Shapes: every value is a matrix, its rows either fixed in number or *the batch*.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How many rows a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rows {
    /// As many as the batch at hand.
    Batch,
    /// Always this many.
    Fixed(usize),
}

impl Rows {
    /// The number of rows when the batch has `batch`.
    pub const fn of(self, batch: usize) -> usize {
        match self {
            Self::Batch => batch,
            Self::Fixed(rows) => rows,
        }
    }
}

/// `[rows, columns]`. A row is an example; a scalar is `[1, 1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shape {
    /// Rows, fixed or the batch.
    pub rows: Rows,
    /// Columns.
    pub columns: usize,
}

impl Shape {
    /// The shape of a single number.
    pub const SCALAR: Self = Self::fixed(1, 1);

    /// `[batch, columns]`.
    pub const fn batch(columns: usize) -> Self {
        Self { rows: Rows::Batch, columns }
    }

    /// `[rows, columns]`, whatever the batch.
    pub const fn fixed(rows: usize, columns: usize) -> Self {
        Self { rows: Rows::Fixed(rows), columns }
    }

    /// The shape of an elementwise combination: rows and columns must be equal, or 1 on one side,
    /// which is then repeated.
    pub fn broadcast(self, other: Self) -> Option<Self> {
        let rows = match (self.rows, other.rows) {
            (a, b) if a == b => a,
            (Rows::Fixed(1), b) => b,
            (a, Rows::Fixed(1)) => a,
            _ => return None,
        };
        let columns = match (self.columns, other.columns) {
            (a, b) if a == b => a,
            (1, b) => b,
            (a, 1) => a,
            _ => return None,
        };
        Some(Self { rows, columns })
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows {
            Rows::Batch => write!(f, "[batch, {}]", self.columns),
            Rows::Fixed(rows) => write!(f, "[{rows}, {}]", self.columns),
        }
    }
}

/// A row-major matrix somewhere in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a, T> {
    pub(crate) data: &'a [T],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}
