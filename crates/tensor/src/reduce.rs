//! Reductions, each in one fixed order, so that equal numbers give equal bits.
//!
//! * [`sum`] deals its elements to eight lanes, element i to lane i mod 8, adds each lane from left to
//!   right, and adds the lanes as ((0+4)+(2+6)) + ((1+5)+(3+7)). A sum of fewer than eight is plain.
//! * [`add_rows`] adds rows from the first to the last, so each column is a sum in row order.
//! * [`max`] is the same in any order.

use crate::Scalar;

/// Lanes of [`sum`]: one AVX register of `f32`, and enough to hide the latency of an addition.
const LANES: usize = 8;

/// Σ xᵢ in the lane order of this module.
///
/// ```
/// assert_eq!(glassgrad_tensor::reduce::sum(&[1.0, 2.0, 3.0]), 6.0);
/// ```
#[inline]
pub fn sum<T: Scalar>(x: &[T]) -> T {
    if x.len() < LANES {
        return x.iter().fold(T::zero(), |total, &v| total + v);
    }
    let mut lanes = [T::zero(); LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &v) in lanes.iter_mut().zip(chunk) {
            *lane += v;
        }
    }
    for (lane, &v) in lanes.iter_mut().zip(rest) {
        *lane += v;
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// total ← total + Σ rows of `x`, where `x: [rows, total.len()]`.
///
/// # Panics
/// If `total` is empty and `x` is not.
#[inline]
pub fn add_rows<T: Scalar>(x: &[T], total: &mut [T]) {
    if x.is_empty() {
        return;
    }
    for row in x.chunks_exact(total.len()) {
        for (t, &v) in total.iter_mut().zip(row) {
            *t += v;
        }
    }
}

/// The largest element; −∞ if there is none; a NaN is passed over.
#[inline]
pub fn max<T: Scalar>(x: &[T]) -> T {
    x.iter().fold(T::from_f64(f64::NEG_INFINITY), |m, &v| m.larger(v))
}

/// ln Σ e^xᵢ without overflow: max + ln Σ e^(xᵢ − max). −∞ for an empty slice.
///
/// Derivative: softmax(x).
///
/// ```
/// let y: f64 = glassgrad_tensor::reduce::log_sum_exp(&[1e4, 1e4]);
/// assert_eq!(y, 1e4 + 2f64.ln());
/// ```
#[inline]
pub fn log_sum_exp<T: Scalar>(x: &[T]) -> T {
    let m = max(x);
    let mut total = T::zero();
    for &v in x {
        total += (v - m).exp();
    }
    if x.is_empty() { m } else { m + total.ln() }
}
