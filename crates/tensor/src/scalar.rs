//! [`Scalar`]: the numbers that a network can be run on.

use crate::kernel;
use crate::matmul::{self, Product};
use ndarray::LinalgScalar;
use std::fmt::{Debug, Display};
use std::ops::{AddAssign, DivAssign, MulAssign, Neg, SubAssign};

/// A real number: `f32`, `f64`, or a [`Dual`](crate::Dual) of either.
///
/// The same program runs on all of them. Functions are evaluated to full relative precision also in
/// their tails, and none overflows where its result would not.
pub trait Scalar:
    LinalgScalar
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + PartialOrd
    + Debug
    + Display
    + Default
    + Send
    + Sync
{
    /// The nearest number to `x`; its derivative part, if any, is 0.
    fn from_f64(x: f64) -> Self;

    /// The value, without any derivative part.
    fn to_f64(self) -> f64;

    /// eˣ; derivative eˣ.
    fn exp(self) -> Self;

    /// eˣ − 1 without cancellation near 0; derivative eˣ.
    fn exp_m1(self) -> Self;

    /// Natural logarithm; derivative 1/x.
    fn ln(self) -> Self;

    /// ln(1 + x) without cancellation near 0; derivative 1/(1 + x).
    fn ln_1p(self) -> Self;

    /// √x; derivative 1/(2√x).
    fn sqrt(self) -> Self;

    /// tanh x; derivative sech²x.
    fn tanh(self) -> Self;

    /// 1 − erf x = (2/√π) ∫ₓ^∞ e^(−t²) dt; derivative −(2/√π) e^(−x²).
    fn erfc(self) -> Self;

    /// |x|; derivative sign x, and 0 at 0.
    fn abs(self) -> Self;

    /// xⁿ; derivative n·xⁿ⁻¹.
    fn powi(self, n: i32) -> Self;

    /// Whether the value, and the derivative part if any, is neither NaN nor infinite.
    fn is_finite(self) -> bool;

    /// σ(x) = 1/(1 + e⁻ˣ); derivative [`sigmoid_slope`](Scalar::sigmoid_slope).
    ///
    /// Both tails keep their relative precision: for x < 0 it is eˣ/(1 + eˣ).
    #[inline]
    fn sigmoid(self) -> Self {
        let tail = (-self.abs()).exp();
        let numerator = if self < Self::zero() { tail } else { Self::one() };
        numerator / (Self::one() + tail)
    }

    /// σ'(x) = e⁻ˣ/(1 + e⁻ˣ)², symmetric in x, at most ¼.
    ///
    /// The textbook's σ(x)·(1 − σ(x)) is the same number until σ(x) rounds to 1, where it turns into
    /// 0 long before the slope does.
    #[inline]
    fn sigmoid_slope(self) -> Self {
        let tail = (-self.abs()).exp();
        let denominator = Self::one() + tail;
        tail / (denominator * denominator)
    }

    /// c ← op(a)·op(b), or c ← c + op(a)·op(b): see [`Product`].
    ///
    /// # Panics
    /// If a slice is shorter than `product` says.
    fn product(product: &Product, a: &[Self], b: &[Self], c: &mut [Self]) {
        matmul::plain(product, a, b, c);
    }

    /// The larger of two numbers; the first where they are equal or unordered.
    #[inline]
    fn larger(self, other: Self) -> Self {
        if other > self { other } else { self }
    }

    /// The smaller of two numbers; the first where they are equal or unordered.
    #[inline]
    fn smaller(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
}

macro_rules! float {
    ($float:ident, $erfc:path) => {
        impl Scalar for $float {
            #[inline]
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn exp(self) -> Self {
                $float::exp(self)
            }
            #[inline]
            fn exp_m1(self) -> Self {
                $float::exp_m1(self)
            }
            #[inline]
            fn ln(self) -> Self {
                $float::ln(self)
            }
            #[inline]
            fn ln_1p(self) -> Self {
                $float::ln_1p(self)
            }
            #[inline]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }
            #[inline]
            fn tanh(self) -> Self {
                $float::tanh(self)
            }
            #[inline]
            fn erfc(self) -> Self {
                $erfc(self)
            }
            #[inline]
            fn abs(self) -> Self {
                $float::abs(self)
            }
            #[inline]
            fn powi(self, n: i32) -> Self {
                $float::powi(self, n)
            }
            #[inline]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            #[inline]
            fn product(product: &Product, a: &[Self], b: &[Self], c: &mut [Self]) {
                kernel::product(product, a, b, c);
            }
        }
    };
}

float!(f32, libm::erfcf);
float!(f64, libm::erfc);
