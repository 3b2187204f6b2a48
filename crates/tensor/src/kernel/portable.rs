//! Products through ndarray, that is matrixmultiply, for CPUs that have no kernel here.

use crate::{Product, Scalar, matmul};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

/// Up to this size of b the plain loops beat the set-up of a blocked product. The choice leaves out m,
/// so that a row of a batch has the same bits as that row alone.
const SMALL: usize = 16;

/// See [`Scalar::product`]; the slices have the lengths that `p` says.
pub(super) fn product<T: Scalar>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    if p.k * p.n <= SMALL {
        return matmul::plain(p, a, b, c);
    }
    let beta = if p.accumulate { T::one() } else { T::zero() };
    let a = view(a, p.m, p.k, p.a_transposed);
    let b = view(b, p.k, p.n, p.b_transposed);
    let mut c = ArrayViewMut2::from_shape((p.m, p.n), c).expect("the slice has m·n elements");
    general_mat_mul(T::one(), &a, &b, beta, &mut c);
}

/// The `[rows, columns]` matrix that `data` holds, stored transposed if so said.
fn view<T>(data: &[T], rows: usize, columns: usize, transposed: bool) -> ArrayView2<'_, T> {
    let shape = if transposed { (columns, rows) } else { (rows, columns) };
    let view = ArrayView2::from_shape(shape, data).expect("the slice has rows × columns elements");
    if transposed { view.reversed_axes() } else { view }
}
