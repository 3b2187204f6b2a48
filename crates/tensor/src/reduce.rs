//! Reductions, each in one fixed order, so that equal numbers give equal bits on every CPU.
//!
//! * [`sum`] deals its elements to eight lanes, element i to lane i mod 8, adds each lane from left to
//!   right, and adds the lanes as ((0+4)+(2+6)) + ((1+5)+(3+7)). A sum of fewer than eight is plain.
//! * [`log_sum_exp`] adds its exponentials in these lanes, however few they are.
//! * [`add_rows`] adds rows from the first to the last, so each column is a sum in row order.
//! * [`max`] is the same in any order.
#![allow(clippy::inline_always)] // see `vectorize`: what is not inlined is not vectorised

use crate::{Scalar, vectorized};

/// Lanes of [`sum`]: one AVX register of `f32`, two of `f64`.
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
    vectorized(
        #[inline(always)]
        || {
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
            add_lanes(lanes)
        },
    )
}

#[inline(always)]
fn add_lanes<T: Scalar>([a, b, c, d, e, f, g, h]: [T; LANES]) -> T {
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
    vectorized(
        #[inline(always)]
        || {
            for row in x.chunks_exact(total.len()) {
                for (t, &v) in total.iter_mut().zip(row) {
                    *t += v;
                }
            }
        },
    );
}

/// The largest element; −∞ if there is none; a NaN is passed over.
#[inline]
pub fn max<T: Scalar>(x: &[T]) -> T {
    vectorized(
        #[inline(always)]
        || {
            let mut lanes = [T::from_f64(f64::NEG_INFINITY); LANES];
            let chunks = x.chunks_exact(LANES);
            let rest = chunks.remainder();
            for chunk in chunks {
                for (lane, &v) in lanes.iter_mut().zip(chunk) {
                    *lane = lane.larger(v);
                }
            }
            lanes.iter().chain(rest).fold(lanes[0], |m, &v| m.larger(v))
        },
    )
}

/// ln Σ e^xᵢ without overflow: m + ln Σ e^(xᵢ − m), where m is the largest xᵢ.
///
/// Derivative: softmax(x). −∞ for an empty slice or nothing but −∞; +∞ if some xᵢ is; NaN if some xᵢ is.
///
/// ```
/// let y: f64 = glassgrad_tensor::reduce::log_sum_exp(&[1e4, 1e4]);
/// assert_eq!(y, 1e4 + 2f64.ln());
/// ```
#[inline]
pub fn log_sum_exp<T: Scalar>(x: &[T]) -> T {
    // A constant, whatever x is: the derivative does not depend on it. ∞ − ∞ would be NaN.
    let m = max(x).to_f64();
    let m = T::from_f64(if m.is_finite() { m } else { 0.0 });
    vectorized(
        #[inline(always)]
        || {
            let mut lanes = [T::zero(); LANES];
            let chunks = x.chunks_exact(LANES);
            let rest = chunks.remainder();
            for chunk in chunks {
                add_exponentials(chunk, m, &mut lanes);
            }
            if !rest.is_empty() {
                // Filled up with e^−∞ = 0, the rest is evaluated at once too.
                let mut padded = [T::from_f64(f64::NEG_INFINITY); LANES];
                for (p, &v) in padded.iter_mut().zip(rest) {
                    *p = v;
                }
                add_exponentials(&padded, m, &mut lanes);
            }
            m + add_lanes(lanes).ln()
        },
    )
}

/// laneᵢ ← laneᵢ + e^(xᵢ − m)
#[inline(always)]
fn add_exponentials<T: Scalar>(x: &[T], m: T, lanes: &mut [T; LANES]) {
    for (lane, &v) in lanes.iter_mut().zip(x) {
        *lane += (v - m).exp();
    }
}
