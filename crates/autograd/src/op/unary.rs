//! The elementwise functions of one operand: a table with one row each.
//!
//! A row gives the name, the formula and the slope as text, the value from x, and the slope from x and
//! y = f(x). Everything else about a function (its op, layer, trace, derivative checks) follows from
//! its row. In files a function is its place in the table, so a new row goes to the end.

#![allow(clippy::inline_always)] // what is not inlined is not vectorised: see `glassgrad_tensor::vectorize`

use super::{elementwise, store};
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};

macro_rules! unary {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($p:ident: $number:ty))?, $text:literal, $formula:literal, $derivative:literal,
        |$x:ident| $value:expr, |$sx:ident, $sy:ident| $slope:expr, at $sample:expr;
    )*) => {
        /// An elementwise function y = f(x); also a layer of that name.
        ///
        /// Where a slope jumps, it is the one named; none of them overflows for |x| ≤ 10⁴ unless
        /// its value does.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Unary {
            $( $(#[$doc])* $name $(($number))?, )*
        }

        #[allow(unused_variables, clippy::redundant_closure_call)]
        impl Unary {
            /// One of each, with typical settings: the list that derivative checks run over.
            pub const ALL: &[Self] = &[$( $sample ),*];

            /// Its name in lower case.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name { .. } => $text ),* }
            }

            /// Its number (slope, exponent, …), if it has one.
            pub fn setting(self) -> Option<f64> {
                match self {
                    $( Self::$name $(($p))? => None::<f64> $(.or(Some(f64::from($p))))?, )*
                }
            }

            /// The formula of its value, in which `{x}` stands for the operand and `{c}` for its number.
            pub const fn formula(self) -> &'static str {
                match self { $( Self::$name { .. } => $formula ),* }
            }

            /// The formula of its slope, in which `{x}` is the operand, `{y}` the value, `{c}` its number.
            pub const fn slope_formula(self) -> &'static str {
                match self { $( Self::$name { .. } => $derivative ),* }
            }

            /// f(x).
            pub fn value<T: Scalar>(self, x: T) -> T {
                match self {
                    $( Self::$name $(($p))? => (|$x: T| -> T { $value })(x), )*
                }
            }

            /// f'(x), given also y = f(x).
            pub fn slope<T: Scalar>(self, x: T, y: T) -> T {
                match self {
                    $( Self::$name $(($p))? => (|$sx: T, $sy: T| -> T { $slope })(x, y), )*
                }
            }

            /// y ← f(x), element by element.
            pub(crate) fn forward<T: Scalar>(self, x: &[T], y: &mut [T]) {
                match self {
                    $( Self::$name $(($p))? => each(x, y, #[inline(always)] |$x: T| -> T { $value }), )*
                }
            }

            /// dx ← g·f'(x), or added to dx.
            pub(crate) fn backward<T: Scalar>(
                self, x: &[T], y: &[T], g: &[T], dx: &mut [T], accumulate: bool,
            ) {
                match self {
                    $( Self::$name $(($p))? => {
                        pull(x, y, g, dx, accumulate, #[inline(always)] |$sx: T, $sy: T| -> T { $slope });
                    } )*
                }
            }
        }
    };
}

#[inline(always)]
fn each<T: Scalar>(x: &[T], y: &mut [T], f: impl Fn(T) -> T) {
    elementwise(
        x.len(),
        #[inline(always)]
        || {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = f(x);
            }
        },
    );
}

#[inline(always)]
fn pull<T: Scalar>(x: &[T], y: &[T], g: &[T], dx: &mut [T], accumulate: bool, slope: impl Fn(T, T) -> T) {
    elementwise(
        x.len(),
        #[inline(always)]
        || {
            let slopes = x.iter().zip(y).zip(g).map(
                #[inline(always)]
                |((&x, &y), &g)| g * slope(x, y),
            );
            store(slopes, dx, accumulate);
        },
    );
}

#[inline(always)]
fn num<T: Scalar>(x: f64) -> T {
    T::from_f64(x)
}

/// 1 if `yes`, else 0.
#[inline(always)]
fn step<T: Scalar>(yes: bool) -> T {
    if yes { T::one() } else { T::zero() }
}

/// Φ(x) = ½·erfc(−x/√2), the standard Gaussian's distribution function, precise in both tails.
#[inline(always)]
fn normal_cdf<T: Scalar>(x: T) -> T {
    num::<T>(0.5) * (-x * num(std::f64::consts::FRAC_1_SQRT_2)).erfc()
}

/// φ(x) = e^(−x²/2)/√(2π), its density.
#[inline(always)]
fn normal_pdf<T: Scalar>(x: T) -> T {
    num::<T>(0.398_942_280_401_432_7) * (num::<T>(-0.5) * x * x).exp()
}

/// 2u and its slope, where u = √(2/π)·(x + 0.044715·x³) is the argument of the tanh in [`Unary::GeluTanh`].
#[inline(always)]
fn gelu_argument<T: Scalar>(x: T) -> (T, T) {
    let (scale, cubic) = (num::<T>(1.595_769_121_605_731), num::<T>(0.044_715));
    let square = x * x;
    (scale * x * (T::one() + cubic * square), scale * (T::one() + num::<T>(3.0) * cubic * square))
}

unary! {
    /// −x.
    Neg, "neg", "-{x}", "-1", |x| -x, |_x, _y| -T::one(), at Unary::Neg;

    /// c·x.
    Scale(c: f64), "scale", "{c}·{x}", "{c}", |x| num::<T>(c) * x, |_x, _y| num(c), at Unary::Scale(-1.5);

    /// x + c.
    Shift(c: f64), "shift", "{x} + {c}", "1", |x| x + num(c), |_x, _y| T::one(), at Unary::Shift(0.7);

    /// eˣ.
    Exp, "exp", "e^{x}", "{y}", |x| x.exp(), |_x, y| y, at Unary::Exp;

    /// ln x, for x > 0.
    Ln, "ln", "ln {x}", "1/{x}", |x| x.ln(), |x, _y| T::one() / x, at Unary::Ln;

    /// √x, for x > 0.
    Sqrt, "sqrt", "√{x}", "1/(2{y})", |x| x.sqrt(), |_x, y| num::<T>(0.5) / y, at Unary::Sqrt;

    /// x².
    Square, "square", "{x}²", "2{x}", |x| x * x, |x, _y| x + x, at Unary::Square;

    /// ½x²: half the squared error, of which the slope is the error itself.
    HalfSquare, "half_square", "½·{x}²", "{x}", |x| num::<T>(0.5) * (x * x), |x, _y| x, at Unary::HalfSquare;

    /// xⁿ for a whole number n; slope n·xⁿ⁻¹.
    PowI(n: i32), "powi", "{x}^{c}", "{c}·{x}^({c}-1)",
        |x| x.powi(n),
        |x, _y| if n == 0 { T::zero() } else { num::<T>(f64::from(n)) * x.powi(n.saturating_sub(1)) },
        at Unary::PowI(3);

    /// |x|; slope 0 at 0.
    Abs, "abs", "|{x}|", "sign {x}",
        |x| x.abs(), |x, _y| step::<T>(x > T::zero()) - step(x < T::zero()), at Unary::Abs;

    /// max(x, c); slope 1 for x > c, else 0. A NaN stays NaN.
    Max(c: f64), "max", "max({x}, {c})", "1 if {x} > {c} else 0",
        |x| if x <= num(c) { num(c) } else { x }, |x, _y| step(x > num(c)), at Unary::Max(0.3);

    /// min(x, c); slope 1 for x < c, else 0. A NaN stays NaN.
    Min(c: f64), "min", "min({x}, {c})", "1 if {x} < {c} else 0",
        |x| if x >= num(c) { num(c) } else { x }, |x, _y| step(x < num(c)), at Unary::Min(0.3);

    /// σ(x) = 1/(1 + e⁻ˣ); slope σ'(x) = σ(x)·(1 − σ(x)), computed as e^−|x|/(1 + e^−|x|)², which
    /// stays precise where σ(x) has rounded to 1.
    Sigmoid, "sigmoid", "1/(1 + e^-{x})", "{y}·(1 - {y})",
        |x| x.sigmoid(), |x, _y| x.sigmoid_slope(), at Unary::Sigmoid;

    /// tanh x; slope 1 − tanh²x, computed as 4σ'(2x), which stays precise in the tails.
    Tanh, "tanh", "tanh {x}", "1 - {y}²",
        |x| x.tanh(), |x, _y| num::<T>(4.0) * (x + x).sigmoid_slope(), at Unary::Tanh;

    /// max(x, 0); slope 0 at 0. A NaN stays NaN.
    Relu, "relu", "max({x}, 0)", "1 if {x} > 0 else 0",
        |x| if x <= T::zero() { T::zero() } else { x }, |x, _y| step(x > T::zero()), at Unary::Relu;

    /// x for x > 0, else c·x; slope c at 0.
    LeakyRelu(c: f64), "leaky_relu", "{x} if {x} > 0 else {c}·{x}", "1 if {x} > 0 else {c}",
        |x| if x > T::zero() { x } else { num::<T>(c) * x },
        |x, _y| if x > T::zero() { T::one() } else { num(c) },
        at Unary::LeakyRelu(0.01);

    /// x for x > 0, else c·(eˣ − 1) (Clevert et al. 2016).
    Elu(c: f64), "elu", "{x} if {x} > 0 else {c}·(e^{x} - 1)", "1 if {x} > 0 else {c}·e^{x}",
        |x| if x > T::zero() { x } else { num::<T>(c) * x.exp_m1() },
        |x, _y| if x > T::zero() { T::one() } else { num::<T>(c) * x.exp() },
        at Unary::Elu(1.3);

    /// x·Φ(x) with Φ the standard Gaussian's distribution function (Hendrycks and Gimpel 2016); slope Φ(x) + x·φ(x).
    Gelu, "gelu", "{x}·Φ({x})", "Φ({x}) + {x}·φ({x})",
        |x| x * normal_cdf(x), |x, _y| normal_cdf(x) + x * normal_pdf(x), at Unary::Gelu;

    /// ½x·(1 + tanh u) with u = √(2/π)·(x + 0.044715·x³), computed as x·σ(2u), which keeps the left tail.
    GeluTanh, "gelu_tanh", "{x}·σ(1.5957691·({x} + 0.044715·{x}³))", "σ(v) + {x}·σ'(v)·dv/dx",
        |x| x * gelu_argument(x).0.sigmoid(),
        |x, _y| {
            let (v, dv) = gelu_argument(x);
            v.sigmoid() + x * v.sigmoid_slope() * dv
        },
        at Unary::GeluTanh;

    /// x·σ(x), also named swish (Elfwing et al. 2018); slope σ(x) + x·σ'(x).
    Silu, "silu", "{x}·σ({x})", "σ({x}) + {x}·σ'({x})",
        |x| x * x.sigmoid(), |x, _y| x.sigmoid() + x * x.sigmoid_slope(), at Unary::Silu;

    /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|); slope σ(x).
    Softplus, "softplus", "ln(1 + e^{x})", "σ({x})",
        |x| x.softplus(), |x, _y| x.sigmoid(), at Unary::Softplus;

    /// ½x² for |x| ≤ c, else c·(|x| − ½c): quadratic near 0, linear far away (Huber 1964).
    Huber(c: f64), "huber", "½·{x}² if |{x}| ≤ {c} else {c}·(|{x}| - {c}/2)", "{x} clipped to ±{c}",
        |x| {
            let (c, half) = (num::<T>(c), num::<T>(0.5));
            let size = x.abs();
            if size > c { c * (size - half * c) } else { half * (x * x) }
        },
        |x, _y| num::<T>(-c).larger(num::<T>(c).smaller(x)),
        at Unary::Huber(0.8);
}
