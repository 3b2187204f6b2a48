//! Matrix products.
//!
//! [`matmul`] is the face, on ndarray views. [`Product`] with [`Scalar::product`] is the same on flat
//! slices, for hot loops: an ndarray view costs some nanoseconds to make, which a 1 × 1 layer notices.

use crate::Scalar;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

/// The shapes of one product c ← op(a)·op(b) (+ c) of row-major matrices.
///
/// | field | meaning |
/// |---|---|
/// | `m`, `k`, `n` | op(a): `[m, k]`, op(b): `[k, n]`, c: `[m, n]` |
/// | `a_transposed` | a is stored as `[k, m]` and used transposed |
/// | `b_transposed` | b is stored as `[n, k]` and used transposed |
/// | `accumulate` | β: add to c (β = 1) instead of overwriting it (β = 0, c may hold anything) |
///
/// Every element of c is one sum, which starts from 0, or from the old c if it accumulates, and takes
/// its terms in the order of k. For `f32` and `f64` on CPUs with AVX2 and FMA each term is rounded once
/// (fused), so an element has the same bits for any number of threads and any m and n. On other CPUs
/// ndarray's blocked product keeps its own order: the same for any m, but another sum.
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

impl Product {
    /// The slices cut to the lengths of the three matrices.
    ///
    /// # Panics
    /// If one is shorter, or a length overflows.
    #[inline]
    pub(crate) fn cut<'s, T>(
        &self,
        a: &'s [T],
        b: &'s [T],
        c: &'s mut [T],
    ) -> (&'s [T], &'s [T], &'s mut [T]) {
        let &Self { m, k, n, .. } = self;
        let lengths = (m.checked_mul(k), k.checked_mul(n), m.checked_mul(n));
        let (Some(mk), Some(kn), Some(mn)) = lengths else {
            panic!("a product of [{m}, {k}] and [{k}, {n}] has more elements than can be addressed");
        };
        assert!(
            mk <= a.len() && kn <= b.len() && mn <= c.len(),
            "a product of [{m}, {k}] and [{k}, {n}] needs {mk}, {kn} and {mn} elements, got {}, {} and {}",
            a.len(),
            b.len(),
            c.len()
        );
        (&a[..mk], &b[..kn], &mut c[..mn])
    }
}

/// c ← a·b, or c ← c + a·b if `accumulate`, for views of any strides.
///
/// Shapes: `a: [m, k]`, `b: [k, n]`, `c: [m, n]`; transpose an operand with `.t()`. If c is in standard
/// layout and a and b are or their transposes are, this is [`Scalar::product`], to the bit; other strides
/// go through ndarray's general product, which may round otherwise.
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
#[allow(clippy::needless_pass_by_value)] // as ndarray's own operators take views
pub fn matmul<T: Scalar>(
    a: ArrayView2<'_, T>,
    b: ArrayView2<'_, T>,
    accumulate: bool,
    mut c: ArrayViewMut2<'_, T>,
) {
    let ((m, k), (b_rows, n)) = (a.dim(), b.dim());
    assert!(
        k == b_rows && c.dim() == (m, n),
        "a product of [{m}, {k}] and [{b_rows}, {n}] cannot give {:?}",
        c.shape()
    );
    if let (Some((a, a_transposed)), Some((b, b_transposed)), Some(c)) =
        (contiguous(a), contiguous(b), c.as_slice_mut())
    {
        let product = Product { m, k, n, a_transposed, b_transposed, accumulate };
        return T::product(&product, a, b, c);
    }
    let beta = if accumulate { T::one() } else { T::zero() };
    general_mat_mul(T::one(), &a, &b, beta, &mut c);
}

/// The numbers of a view without gaps, and whether they lie transposed.
#[allow(clippy::needless_pass_by_value)] // a view is a few words
fn contiguous<T>(view: ArrayView2<'_, T>) -> Option<(&[T], bool)> {
    let transposed = || view.reversed_axes().to_slice().map(|data| (data, true));
    view.to_slice().map(|data| (data, false)).or_else(transposed)
}

/// The reference: three plain loops, for any number. Each element is summed in the order of k.
pub(crate) fn plain<T: Scalar>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b, c) = p.cut(a, b, c);
    for i in 0..p.m {
        for j in 0..p.n {
            let out = &mut c[i * p.n + j];
            let mut sum = if p.accumulate { *out } else { T::zero() };
            for l in 0..p.k {
                let x = if p.a_transposed { a[l * p.m + i] } else { a[i * p.k + l] };
                let y = if p.b_transposed { b[j * p.k + l] } else { b[l * p.n + j] };
                sum += x * y;
            }
            *out = sum;
        }
    }
}
