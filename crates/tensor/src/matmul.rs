//! Matrix products.
//!
//! [`matmul`] is the face, on ndarray views. [`Product`] with [`Scalar::product`] is the same on flat
//! slices, for hot loops: an ndarray view costs some nanoseconds to make, which a 1 × 1 layer notices.

use crate::Scalar;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar};

/// The shapes of one product c ← op(a)·op(b) (+ c) of row-major matrices.
///
/// | field | meaning |
/// |---|---|
/// | `m`, `k`, `n` | op(a): `[m, k]`, op(b): `[k, n]`, c: `[m, n]` |
/// | `a_transposed` | a is stored as `[k, m]` and used transposed |
/// | `b_transposed` | b is stored as `[n, k]` and used transposed |
/// | `accumulate` | β: add to c (β = 1) instead of overwriting it (β = 0, c may hold anything) |
///
/// Every element of c is one sum over k.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the table above names each field
pub struct Product {
    pub m: usize,
    pub k: usize,
    pub n: usize,
    pub a_transposed: bool,
    pub b_transposed: bool,
    pub accumulate: bool,
}

/// c ← a·b, or c ← c + a·b if `accumulate`, for views of any strides.
///
/// Shapes: `a: [m, k]`, `b: [k, n]`, `c: [m, n]`; transpose an operand with `.t()`.
///
/// ```
/// use ndarray::{array, Array2};
/// let (a, b) = (array![[1.0, 2.0]], array![[3.0, 4.0]]);
/// let mut c = Array2::zeros((1, 1));
/// glassgrad_tensor::matmul(a.view(), b.t(), false, c.view_mut());
/// assert_eq!(c, array![[11.0]]);
/// ```
///
/// # Panics
/// If the shapes do not fit together.
pub fn matmul<T: Scalar>(
    a: ArrayView2<'_, T>,
    b: ArrayView2<'_, T>,
    accumulate: bool,
    mut c: ArrayViewMut2<'_, T>,
) {
    let beta = if accumulate { T::one() } else { T::zero() };
    general_mat_mul(T::one(), &a, &b, beta, &mut c);
}

/// The reference: three plain loops, for any number. Each element is summed in the order of k.
pub(crate) fn plain<T: Scalar>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b, c) = (&a[..p.m * p.k], &b[..p.k * p.n], &mut c[..p.m * p.n]);
    for i in 0..p.m {
        for j in 0..p.n {
            let mut sum = T::zero();
            for l in 0..p.k {
                let x = if p.a_transposed { a[l * p.m + i] } else { a[i * p.k + l] };
                let y = if p.b_transposed { b[j * p.k + l] } else { b[l * p.n + j] };
                sum += x * y;
            }
            let out = &mut c[i * p.n + j];
            *out = if p.accumulate { *out + sum } else { sum };
        }
    }
}

/// Below this many multiplications the plain loops beat the set-up of a blocked product.
const SMALL: usize = 64;

/// For `f32` and `f64`: plain loops when tiny, ndarray's blocked product otherwise.
pub(crate) fn blocked<T: Scalar>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    if p.m * p.k * p.n <= SMALL {
        return plain(p, a, b, c);
    }
    let beta = if p.accumulate { T::one() } else { T::zero() };
    let mut c = view_mut(c, p.m, p.n);
    general_mat_mul(
        T::one(),
        &view(a, p.m, p.k, p.a_transposed),
        &view(b, p.k, p.n, p.b_transposed),
        beta,
        &mut c,
    );
}

/// The `[rows, columns]` matrix that `data` holds, stored transposed if so said.
fn view<T>(data: &[T], rows: usize, columns: usize, transposed: bool) -> ArrayView2<'_, T> {
    let data = &data[..rows * columns];
    let shape = if transposed { (columns, rows) } else { (rows, columns) };
    let view = ArrayView2::from_shape(shape, data).expect("the slice was cut to rows × columns");
    if transposed { view.reversed_axes() } else { view }
}

fn view_mut<T: LinalgScalar>(data: &mut [T], rows: usize, columns: usize) -> ArrayViewMut2<'_, T> {
    let data = &mut data[..rows * columns];
    ArrayViewMut2::from_shape((rows, columns), data).expect("the slice was cut to rows × columns")
}
