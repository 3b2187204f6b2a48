//! The elementwise functions of two operands, with broadcasting.
//!
//! An operand with one row is repeated down the rows, one with one column along the columns. The
//! adjoint of repeating is summing: rows from the first to the last, within a row from left to right.

#![allow(clippy::inline_always)] // what is not inlined is not vectorised: see `glassgrad_tensor::vectorize`

use super::{elementwise, store};
use crate::shape::Matrix;
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};

/// An elementwise function of two operands a and b. In files it is its place in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binary {
    /// a + b.
    Add,
    /// a − b.
    Sub,
    /// a·b; slopes b and a.
    Mul,
    /// a/b; slopes 1/b and −y/b.
    Div,
}

impl Binary {
    /// One of each.
    pub const ALL: [Self; 4] = [Self::Add, Self::Sub, Self::Mul, Self::Div];

    /// Its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
        }
    }

    /// Its sign between two operands.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Add => " + ",
            Self::Sub => " - ",
            Self::Mul => "·",
            Self::Div => "/",
        }
    }

    /// The formula of ∂y/∂a (`which` = 0) or ∂y/∂b (1), in the letters a, b and y.
    pub(crate) const fn slope_formula(self, which: usize) -> &'static str {
        match (self, which) {
            (Self::Add, _) | (Self::Sub, 0) => "1",
            (Self::Sub, _) => "-1",
            (Self::Mul, 0) => "b",
            (Self::Mul, _) => "a",
            (Self::Div, 0) => "1/b",
            (Self::Div, _) => "-y/b",
        }
    }

    /// y ← f(a, b), where `y: [rows, columns]` of the broadcast shape.
    pub(crate) fn forward<T: Scalar>(self, a: Matrix<'_, T>, b: Matrix<'_, T>, columns: usize, y: &mut [T]) {
        match self {
            Self::Add => each(a, b, columns, y, |a, b| a + b),
            Self::Sub => each(a, b, columns, y, |a, b| a - b),
            Self::Mul => each(a, b, columns, y, |a, b| a * b),
            Self::Div => each(a, b, columns, y, |a, b| a / b),
        }
    }

    /// The contribution to the cotangent of a (`which` = 0) or b (1): g times the slope, summed over
    /// what was repeated, written to `into` or added to it.
    pub(crate) fn backward<T: Scalar>(
        self,
        which: usize,
        [a, b, y, g]: [Matrix<'_, T>; 4],
        into: &mut [T],
        accumulate: bool,
    ) {
        let to = if which == 0 { a } else { b };
        let target = Target { rows: to.rows, columns: to.columns, into, accumulate };
        match (self, which) {
            (Self::Add, _) | (Self::Sub, 0) => pull([a, b, y, g], target, |_, _, _, g| g),
            (Self::Sub, _) => pull([a, b, y, g], target, |_, _, _, g| -g),
            (Self::Mul, 0) => pull([a, b, y, g], target, |_, b, _, g| g * b),
            (Self::Mul, _) => pull([a, b, y, g], target, |a, _, _, g| g * a),
            (Self::Div, 0) => pull([a, b, y, g], target, |_, b, _, g| g / b),
            (Self::Div, _) => pull([a, b, y, g], target, |_, b, y, g| -(g * y / b)),
        }
    }
}

/// Where a cotangent goes.
struct Target<'a, T> {
    rows: usize,
    columns: usize,
    into: &'a mut [T],
    accumulate: bool,
}

/// Row `i` of a matrix that may be repeated, as (its numbers, the step from column to column).
#[inline(always)]
fn row<T>(x: Matrix<'_, T>, i: usize) -> (&[T], usize) {
    let i = if x.rows == 1 { 0 } else { i };
    (&x.data[i * x.columns..(i + 1) * x.columns], usize::from(x.columns != 1))
}

#[inline(always)]
fn each<T: Scalar>(a: Matrix<'_, T>, b: Matrix<'_, T>, columns: usize, y: &mut [T], f: impl Fn(T, T) -> T) {
    elementwise(
        y.len(),
        #[inline(always)]
        || {
            if a.data.len() == y.len() && b.data.len() == y.len() {
                for ((y, &a), &b) in y.iter_mut().zip(a.data).zip(b.data) {
                    *y = f(a, b);
                }
                return;
            }
            for (i, y) in y.chunks_exact_mut(columns).enumerate() {
                let ((a, da), (b, db)) = (row(a, i), row(b, i));
                for (j, y) in y.iter_mut().enumerate() {
                    *y = f(a[j * da], b[j * db]);
                }
            }
        },
    );
}

#[inline(always)]
fn pull<T: Scalar>([a, b, y, g]: [Matrix<'_, T>; 4], to: Target<'_, T>, slope: impl Fn(T, T, T, T) -> T) {
    elementwise(
        g.data.len(),
        #[inline(always)]
        || {
            if [a.data, b.data, &*to.into].iter().all(|x| x.len() == g.data.len()) {
                let slopes = a.data.iter().zip(b.data).zip(y.data.iter().zip(g.data)).map(
                    #[inline(always)]
                    |((&a, &b), (&y, &g))| slope(a, b, y, g),
                );
                return store(slopes, to.into, to.accumulate);
            }
            if !to.accumulate {
                to.into.fill(T::zero());
            }
            let step = usize::from(to.columns != 1);
            for i in 0..g.rows {
                let ((a, da), (b, db)) = (row(a, i), row(b, i));
                let (y, g) = (row(y, i).0, row(g, i).0);
                let start = if to.rows == 1 { 0 } else { i * to.columns };
                let into = &mut to.into[start..start + to.columns];
                for (j, (&y, &g)) in y.iter().zip(g).enumerate() {
                    into[j * step] += slope(a[j * da], b[j * db], y, g);
                }
            }
        },
    );
}
