//! exp, ln, tanh, erfc and their kin for `f32` and `f64`, written so that a loop over them vectorises.
//!
//! The standard library's functions are calls, one element at a time: over 10 ns for a tanh. These are
//! plain arithmetic without branches, tables or fused multiply–adds: inlined into a loop, four or
//! eight elements go through at once, and every CPU gives the same bits. [`Scalar`](crate::Scalar)
//! lists their accuracy.
//!
//! The means are classical: take off a multiple of ln 2 (or a power of 2), approximate what is left
//! by a minimax polynomial, put the power of 2 back through the exponent bits (Cody and Waite,
//! *Software Manual for the Elementary Functions*, 1980; Muller, *Elementary Functions*, 2016). Where a
//! sum must not be rounded, its rounding error is carried beside it (Dekker, 1971).
//! `tests/coefficients.py` finds the polynomials.
#![allow(clippy::inline_always)] // a function that is not inlined cannot be vectorised with its loop

use std::ops::{Add, Mul};

pub(crate) mod double;
pub(crate) mod single;

/// c₀ + c₁·x + … as two interleaved Horner schemes in x², which wait for each other half as long as one.
#[inline(always)]
fn polynomial<T, const N: usize>(x: T, c: [T; N]) -> T
where
    T: Copy + Add<Output = T> + Mul<Output = T>,
{
    let square = x * x;
    let (mut low, mut high) = (c[N - 2], c[N - 1]);
    let mut i = N - 2;
    while i >= 2 {
        low = low * square + c[i - 2];
        high = high * square + c[i - 1];
        i -= 2;
    }
    let sum = low + high * x;
    if i == 1 { c[0] + sum * x } else { sum }
}
