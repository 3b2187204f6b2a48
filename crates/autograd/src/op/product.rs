//! Matrix products: `affine` and `matmul`.

use super::elementwise;
use crate::shape::Matrix;
use glassgrad_tensor::{Product, Scalar, reduce};
use serde::{Deserialize, Serialize};

/// y ← x·Wᵀ + b for `x: [rows, in]`, `w: [out, in]`, `b: [1, out]`, `y: [rows, out]`.
pub(crate) fn affine<T: Scalar>(x: Matrix<'_, T>, w: Matrix<'_, T>, b: Option<Matrix<'_, T>>, y: &mut [T]) {
    let product = Product { m: x.rows, k: x.columns, n: w.rows, b_transposed: true, ..Product::default() };
    T::product(&product, x.data, w.data, y);
    if let Some(b) = b {
        elementwise(
            y.len(),
            #[inline(always)]
            || {
                for y in y.chunks_exact_mut(w.rows) {
                    for (y, &b) in y.iter_mut().zip(b.data) {
                        *y += b;
                    }
                }
            },
        );
    }
}

/// The cotangent of x (`which` = 0): g·W; of W (1): gᵀ·x; of b (2): the sum of g's rows.
pub(crate) fn affine_backward<T: Scalar>(
    which: usize,
    x: Matrix<'_, T>,
    w: Matrix<'_, T>,
    g: Matrix<'_, T>,
    into: &mut [T],
    accumulate: bool,
) {
    let (rows, ins, outs) = (x.rows, x.columns, w.rows);
    match which {
        0 => {
            let product = Product { m: rows, k: outs, n: ins, accumulate, ..Product::default() };
            T::product(&product, g.data, w.data, into);
        }
        1 => {
            let product =
                Product { m: outs, k: rows, n: ins, a_transposed: true, accumulate, ..Product::default() };
            T::product(&product, g.data, x.data, into);
        }
        _ => {
            if !accumulate {
                into.fill(T::zero());
            }
            reduce::add_rows(g.data, into);
        }
    }
}

/// The two operands of a matrix product and whether each is used transposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transposed {
    /// The left one.
    pub a: bool,
    /// The right one.
    pub b: bool,
}

/// y ← op(a)·op(b).
pub(crate) fn matmul<T: Scalar>(t: Transposed, a: Matrix<'_, T>, b: Matrix<'_, T>, y: &mut [T]) {
    T::product(&shape(t, a, b), a.data, b.data, y);
}

/// The cotangent of a (`which` = 0): g·op(b)ᵀ, transposed if a is; of b (1): op(a)ᵀ·g, likewise.
pub(crate) fn matmul_backward<T: Scalar>(
    which: usize,
    t: Transposed,
    [a, b, g]: [Matrix<'_, T>; 3],
    into: &mut [T],
    accumulate: bool,
) {
    let Product { m, k, n, .. } = shape(t, a, b);
    let product =
        |m, k, n, a_transposed, b_transposed| Product { m, k, n, a_transposed, b_transposed, accumulate };
    match (which, t.a, t.b) {
        (0, false, _) => T::product(&product(m, n, k, false, !t.b), g.data, b.data, into),
        (0, true, _) => T::product(&product(k, n, m, t.b, true), b.data, g.data, into),
        (_, _, false) => T::product(&product(k, m, n, !t.a, false), a.data, g.data, into),
        (_, _, true) => T::product(&product(n, m, k, true, t.a), g.data, a.data, into),
    }
}

fn shape<T>(t: Transposed, a: Matrix<'_, T>, b: Matrix<'_, T>) -> Product {
    let (m, k) = if t.a { (a.columns, a.rows) } else { (a.rows, a.columns) };
    let n = if t.b { b.rows } else { b.columns };
    Product { m, k, n, a_transposed: t.a, b_transposed: t.b, accumulate: false }
}
