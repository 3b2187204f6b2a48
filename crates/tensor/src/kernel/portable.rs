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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_plain_loops_and_a_row_alone_with_its_batch() {
        for (m, k, n) in [(0, 3, 2), (2, 0, 3), (3, 2, 0), (1, 1, 1), (5, 4, 4), (7, 33, 20), (70, 300, 90)] {
            let number = |i: usize| ((i * 7919) % 1000) as f64 / 500.0 - 1.0;
            let (a, b): (Vec<f64>, Vec<f64>) =
                ((0..m * k).map(number).collect(), (0..k * n).map(number).collect());
            for options in 0..8 {
                let [a_transposed, b_transposed, accumulate] = [1, 2, 4].map(|bit| options & bit != 0);
                let p = Product { m, k, n, a_transposed, b_transposed, accumulate };
                let start = if accumulate { 0.5 } else { f64::NAN };
                let [mut found, mut expected] = [(); 2].map(|()| vec![start; m * n]);
                product(&p, &a, &b, &mut found);
                matmul::plain(&p, &a, &b, &mut expected);
                for (x, y) in found.iter().zip(&expected) {
                    assert!((x - y).abs() < 1e-12, "{x} is not {y}: {p:?}");
                }
                if !a_transposed && m > 0 {
                    let mut alone = vec![start; n];
                    product(&Product { m: 1, ..p }, &a[..k], &b, &mut alone);
                    assert_eq!(alone, found[..n], "{p:?}");
                }
            }
        }
    }
}
