//! [`Dual`] numbers: forward-mode differentiation by running the same program on other numbers.
#![allow(clippy::inline_always)] // see `vectorize`: what is not inlined is not vectorised

use crate::Scalar;
use num_traits::{One, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// a + b·ε with ε² = 0: a value and its derivative along one direction.
///
/// f(a + b·ε) = f(a) + f'(a)·b·ε for every function, so a program run on dual numbers carries the
/// exact directional derivative beside each value (Clifford, 1873).
///
/// ```
/// use glassgrad_tensor::{Dual, Scalar};
/// let x = Dual::new(3.0, 1.0);
/// let y = x * x + x.exp();
/// assert_eq!(y.value, 9.0 + Scalar::exp(3.0));
/// assert_eq!(y.slope, 6.0 + Scalar::exp(3.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dual<T> {
    /// The value a.
    pub value: T,
    /// The derivative b.
    pub slope: T,
}

impl<T> Dual<T> {
    /// `value + slope·ε`.
    #[inline(always)]
    pub const fn new(value: T, slope: T) -> Self {
        Self { value, slope }
    }
}

impl<T: Scalar> Dual<T> {
    /// `value + 0·ε`.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Self::new(value, T::zero())
    }

    /// f(a) + f'(a)·b·ε from f(a) and f'(a).
    #[inline(always)]
    fn chain(self, value: T, slope: T) -> Self {
        Self::new(value, slope * self.slope)
    }
}

impl<T: Scalar> Add for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self::new(self.value + other.value, self.slope + other.slope)
    }
}

impl<T: Scalar> Sub for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self::new(self.value - other.value, self.slope - other.slope)
    }
}

impl<T: Scalar> Mul for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self::new(self.value * other.value, self.slope * other.value + self.value * other.slope)
    }
}

impl<T: Scalar> Div for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let quotient = self.value / other.value;
        Self::new(quotient, (self.slope - quotient * other.slope) / other.value)
    }
}

impl<T: Scalar> Neg for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(-self.value, -self.slope)
    }
}

impl<T: Scalar> AddAssign for Dual<T> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<T: Scalar> SubAssign for Dual<T> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl<T: Scalar> MulAssign for Dual<T> {
    #[inline(always)]
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl<T: Scalar> DivAssign for Dual<T> {
    #[inline(always)]
    fn div_assign(&mut self, other: Self) {
        *self = *self / other;
    }
}

impl<T: Scalar> Zero for Dual<T> {
    #[inline(always)]
    fn zero() -> Self {
        Self::constant(T::zero())
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.value.is_zero() && self.slope.is_zero()
    }
}

impl<T: Scalar> One for Dual<T> {
    #[inline(always)]
    fn one() -> Self {
        Self::constant(T::one())
    }
}

/// Ordered by value alone: a branch is taken as the undifferentiated program takes it.
impl<T: Scalar> PartialOrd for Dual<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Scalar> fmt::Display for Dual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        f.write_str(" + ")?;
        fmt::Display::fmt(&self.slope, f)?;
        f.write_str("ε")
    }
}

impl<T: Scalar> Scalar for Dual<T> {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        Self::constant(T::from_f64(x))
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.value.to_f64()
    }
    #[inline(always)]
    fn exp(self) -> Self {
        let y = self.value.exp();
        self.chain(y, y)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.chain(self.value.exp_m1(), self.value.exp())
    }
    #[inline(always)]
    fn ln(self) -> Self {
        self.chain(self.value.ln(), T::one() / self.value)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.chain(self.value.ln_1p(), T::one() / (T::one() + self.value))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        let y = self.value.sqrt();
        self.chain(y, T::one() / (y + y))
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        // sech²x = 4σ'(2x), which keeps its precision where 1 − tanh²x has none left.
        self.chain(self.value.tanh(), T::from_f64(4.0) * (self.value + self.value).sigmoid_slope())
    }
    #[inline(always)]
    fn erfc(self) -> Self {
        let slope = T::from_f64(-std::f64::consts::FRAC_2_SQRT_PI) * (-(self.value * self.value)).exp();
        self.chain(self.value.erfc(), slope)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        if self.value < T::zero() {
            -self
        } else if self.value > T::zero() {
            self
        } else {
            self.chain(self.value.abs(), T::zero())
        }
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        if n == 0 {
            return Self::one();
        }
        self.chain(self.value.powi(n), T::from_f64(f64::from(n)) * self.value.powi(n.saturating_sub(1)))
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
}
