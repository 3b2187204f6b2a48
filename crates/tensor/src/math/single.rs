//! The functions for `f32`.
//!
//! The commonest (exp, tanh, the sigmoid and its slope) are the same as for `f64` with shorter
//! polynomials. The others are evaluated in `f64` and rounded once, which is as fast for them, since it
//! saves all corrections.

use super::double::split;
use super::polynomial;
use std::f32::consts::LOG2_E;

/// ln 2 = `LN_2_HIGH` + `LN_2_LOW`; the first has 9 bits, so that n·`LN_2_HIGH` is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// As in `double`: it rounds n to a whole number and leaves n + 127, the exponent field of 2ⁿ.
const SHIFT: f32 = 12_582_912.0 + 127.0;

/// 2ⁿ for −127 < n < 128 from n + `SHIFT`; its other bits are shifted out.
#[inline(always)]
fn power_of_2(shifted: f32) -> f32 {
    f32::from_bits(shifted.to_bits() << 23)
}

/// min(x, limit), and NaN if x is.
#[inline(always)]
fn at_most(x: f32, limit: f32) -> f32 {
    if x > limit { limit } else { x }
}

/// max(x, limit), and NaN if x is.
#[inline(always)]
fn at_least(x: f32, limit: f32) -> f32 {
    if x < limit { limit } else { x }
}

/// a + b = sum + error exactly, if |a| ≥ |b|.
#[inline(always)]
fn fast_two_sum(a: f32, b: f32) -> (f32, f32) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// eˣ = (y + rest)·2ⁿ as (y, rest, n) with ½√2 ≤ y ≤ √2 rounded, for −104 ≤ x ≤ 89.
#[inline(always)]
fn exp_parts(x: f32) -> (f32, f32, f32) {
    let n = x * LOG2_E + SHIFT - SHIFT;
    let r = x - n * LN_2_HIGH;
    let low = n * LN_2_LOW;
    let s = r - low;
    let p = polynomial(s, [0.5, 0.166_665_77, 0.041_666_374, 0.008_363_182, 0.001_394_112_3]);
    let high = 1.0 + r;
    let (y, rest) = fast_two_sum(high, (r - (high - 1.0) - low) + s * s * p);
    (y, rest, n)
}

/// y·2ⁿ in two steps: 2ⁿ alone may overflow, or underflow, where the result does not.
#[inline(always)]
fn scale(y: f32, n: f32) -> f32 {
    let half = n * 0.5 + SHIFT;
    y * power_of_2(half) * power_of_2(n - (half - SHIFT) + SHIFT)
}

#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let (y, _, n) = exp_parts(at_least(at_most(x, 89.0), -104.0));
    scale(y, n)
}

/// As in `double`: e^−|x| = e·(1 + ρ) as (e, ρ).
#[inline(always)]
fn tail(x: f32) -> (f32, f32) {
    const UP: f32 = 64.0;
    let (y, rest, n) = exp_parts(-at_most(x.abs(), 104.0));
    let tail = y * power_of_2(n + (SHIFT + UP)) * power_of_2(SHIFT - UP);
    (tail, rest * (2.06 - y))
}

/// As in `double`: a/(1 + e) rounded, and what is to be subtracted from it.
#[inline(always)]
fn over_one_plus(a: f32, e: f32, rho: f32) -> (f32, f32) {
    let (d, lost) = fast_two_sum(1.0, e);
    let quotient = a / d;
    (quotient, quotient * (lost - rho) * (1.457 - 0.5 * d))
}

#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    let (e, rho) = tail(x);
    let (a, rho) = if x < 0.0 { (e, rho) } else { (1.0, 0.0) };
    let (quotient, excess) = over_one_plus(a, e, rho);
    quotient - excess
}

/// s − s², where s = e/(1 + e) is the smaller of σ(x) and σ(−x).
#[inline(always)]
pub(crate) fn sigmoid_slope(x: f32) -> f32 {
    let (e, rho) = tail(x);
    let (s, excess) = over_one_plus(e, e, rho);
    s - (s * s + excess * (1.0 - 2.0 * s))
}

/// x + x³·P(x²) near 0, 1 − 2/(e²ˣ + 1) beyond.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let a = at_most(x.abs(), 10.0);
    let z = a * a;
    let p = polynomial(z, [-0.333_333_33, 0.133_331_22, -0.053_910_7, 0.021_316_09, -0.006_621_286_6]);
    let (y, _, n) = exp_parts(2.0 * a);
    let far = 1.0 - 2.0 / (y * power_of_2(n + SHIFT) + 1.0);
    (if a < 0.55 { a + a * z * p } else { far }).copysign(x)
}

/// As in `double`, for the functions that are evaluated in `f64`.
const WIDE_SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;

/// eˣ as (s, p) with eˣ = s + s·p, s a power of 2 and |p| < ½, to 2⁻³² of p, for |x| < 700.
#[inline(always)]
fn wide_exp(x: f64) -> (f64, f64) {
    let x = x * std::f64::consts::LOG2_E;
    let shifted = x + WIDE_SHIFT;
    let f = x - (shifted - WIDE_SHIFT);
    let p = polynomial(
        f,
        [
            0.693_147_180_581_562_8,
            0.240_226_509_200_500_04,
            0.055_504_107_275_494_55,
            0.009_618_057_037_940_247,
            0.001_333_366_953_442_574_3,
            0.000_154_613_295_921_367_7,
            1.525_269_483_932_060_5e-5,
        ],
    );
    (f64::from_bits(shifted.to_bits() << 52), f * p)
}

/// s·p + (s − 1): exact where s = 1, that is near 0.
#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let (s, p) = wide_exp(f64::from(at_least(at_most(x, 89.0), -104.0)));
    ((s * p + (s - 1.0)) as f32).copysign(x)
}

/// k·ln 2 + 2 artanh(f/(2 + f)) = k·ln 2 + ln(1 + f), for −0.3 < f < 0.42.
#[inline(always)]
fn wide_ln(k: f64, f: f64) -> f64 {
    let s = f / (2.0 + f);
    let p = polynomial(
        s * s,
        [
            2.000_000_000_008_428_4,
            0.666_666_652_398_801_6,
            0.400_003_859_866_020_33,
            0.285_349_784_486_755_5,
            0.236_176_112_711_520_42,
        ],
    );
    k * std::f64::consts::LN_2 + s * p
}

#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // Every subnormal f32 is a normal f64.
    let (k, m) = split(f64::from(x));
    let y = wide_ln(k, m - 1.0) as f32;
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x >= 0.0 { y } else { f32::NAN };
    if x == 0.0 { f32::NEG_INFINITY } else { y }
}

#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let wide = f64::from(x);
    let (k, m) = split(1.0 + wide);
    let y = wide_ln(k, if k == 0.0 { wide } else { m - 1.0 }) as f32;
    let y = if x < f32::INFINITY { y } else { x };
    let y = if x >= -1.0 { y } else { f32::NAN };
    (if x == -1.0 { f32::NEG_INFINITY } else { y }).copysign(x)
}

/// max(x, 0) + ln(1 + e^−|x|), the logarithm as 2 artanh(e/(2 + e)).
#[inline(always)]
pub(crate) fn softplus(x: f32) -> f32 {
    let (s, p) = wide_exp(-f64::from(at_most(x.abs(), 104.0)));
    let e = s + s * p;
    let t = e / (2.0 + e);
    let p = polynomial(
        t * t,
        [
            1.999_999_999_802_849,
            0.666_666_793_059_387_9,
            0.399_986_909_933_487_24,
            0.286_207_202_249_049_8,
            0.213_932_671_571_659_02,
            0.244_130_159_752_833_06,
        ],
    );
    (f64::from(at_least(x, 0.0)) + t * p) as f32
}

/// e^(−x²)·w·Q(w) for x ≥ 0, where w = 1/(x + 3), and 2 − erfc(−x) for x < 0.
#[inline(always)]
pub(crate) fn erfc(x: f32) -> f32 {
    let a = f64::from(at_most(x.abs(), 10.1));
    let w = 1.0 / (a + 3.0);
    let q = polynomial(
        w,
        [
            0.564_202_031_065_809_7,
            1.691_555_909_411_961_7,
            4.832_558_080_930_606,
            11.895_948_025_942_424,
            42.254_499_268_542_375,
            -44.768_596_189_427_45,
            905.671_066_560_568_1,
            -3_674.024_769_171_370_7,
            13_126.170_879_328_434,
            -28_998.950_970_212_31,
            32_420.535_963_131_362,
            -14_492.946_853_311_387,
        ],
    );
    let (s, p) = wide_exp(-a * a);
    let y = (s + s * p) * (w * q);
    (if x < 0.0 { 2.0 - y } else { y }) as f32
}
