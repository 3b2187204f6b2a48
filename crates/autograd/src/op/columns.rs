//! Moving numbers without changing them: concatenation and slicing of columns.

use super::store;
use crate::shape::Matrix;
use glassgrad_tensor::Scalar;

/// Copies `x: [rows, c]` into columns `start..start + c` of `y: [rows, columns]`.
pub(crate) fn place<T: Scalar>(x: Matrix<'_, T>, start: usize, columns: usize, y: &mut [T]) {
    for (x, y) in x.data.chunks_exact(x.columns).zip(y.chunks_exact_mut(columns)) {
        y[start..start + x.len()].copy_from_slice(x);
    }
}

/// into ← columns `start..start + width` of `x`, or added to it: the adjoint of [`place`].
pub(crate) fn take<T: Scalar>(
    x: Matrix<'_, T>,
    start: usize,
    width: usize,
    into: &mut [T],
    accumulate: bool,
) {
    for (x, into) in x.data.chunks_exact(x.columns).zip(into.chunks_exact_mut(width)) {
        store(x[start..start + width].iter().copied(), into, accumulate);
    }
}

/// Adds `g: [rows, width]` to columns `start..` of `into: [rows, columns]`: the adjoint of [`take`].
pub(crate) fn spread<T: Scalar>(
    g: Matrix<'_, T>,
    start: usize,
    columns: usize,
    into: &mut [T],
    accumulate: bool,
) {
    if !accumulate {
        into.fill(T::zero());
    }
    for (g, into) in g.data.chunks_exact(g.columns).zip(into.chunks_exact_mut(columns)) {
        store(g.iter().copied(), &mut into[start..start + g.len()], true);
    }
}
