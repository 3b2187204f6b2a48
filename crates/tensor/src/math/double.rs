//! The functions for `f64`.

mod erfc;

pub(crate) use erfc::erfc;

use super::polynomial;
use std::f64::consts::LOG2_E;

/// ln 2 = `LN_2_HIGH` + `LN_2_LOW`; the first has 32 trailing zero bits, so that n·`LN_2_HIGH` is exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// Added to |n| < 2⁵¹ it rounds n to a whole number and leaves n + 1023, which is the exponent field
/// of 2ⁿ, in the lowest bits.
const SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;

/// 2ⁿ for −1023 < n < 1024 from n + `SHIFT`; its other bits are shifted out.
#[inline(always)]
fn power_of_2(shifted: f64) -> f64 {
    f64::from_bits(shifted.to_bits() << 52)
}

/// x·2ⁿ for −2046 < n < 2048, in two steps: 2ⁿ alone may overflow, or underflow, where the result does not.
#[inline(always)]
fn scale(x: f64, n: f64) -> f64 {
    let half = n * 0.5 + SHIFT;
    x * power_of_2(half) * power_of_2(n - (half - SHIFT) + SHIFT)
}

/// min(x, limit), and NaN if x is.
#[inline(always)]
fn at_most(x: f64, limit: f64) -> f64 {
    if x > limit { limit } else { x }
}

/// max(x, limit), and NaN if x is.
#[inline(always)]
fn at_least(x: f64, limit: f64) -> f64 {
    if x < limit { limit } else { x }
}

/// e^(x + low) = 2ⁿ·(1 + r + q) where |low| ≪ |r| ≤ ½ ln 2 and q ≈ r²/2 is small beside 1.
struct Exp {
    n: f64,
    r: f64,
    q: f64,
}

impl Exp {
    #[inline(always)]
    fn new(x: f64, low: f64) -> Self {
        let n = x * LOG2_E + SHIFT - SHIFT;
        let r = x - n * LN_2_HIGH;
        let low = low - n * LN_2_LOW;
        let s = r + low;
        let p = polynomial(
            s,
            [
                0.5,
                0.166_666_666_666_666_74,
                0.041_666_666_666_624_12,
                0.008_333_333_333_322_207,
                0.001_388_888_891_721_745_7,
                0.000_198_412_698_865_91,
                2.480_152_129_097_334_5e-5,
                2.755_724_233_668_035_7e-6,
                2.762_009_051_849_942_7e-7,
                2.511_004_989_585_871_6e-8,
            ],
        );
        Self { n, r, q: low + s * s * p }
    }

    /// 1 + r + q as high + low, where high is its nearest `f64`.
    #[inline(always)]
    fn mantissa(&self) -> (f64, f64) {
        let high = 1.0 + self.r;
        fast_two_sum(high, self.r - (high - 1.0) + self.q)
    }
}

/// a + b = sum + error exactly, if |a| ≥ |b| or a = 0.
#[inline(always)]
fn fast_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let e = Exp::new(at_least(at_most(x, 710.0), -746.0), 0.0);
    scale(e.mantissa().0, e.n)
}

/// 2ⁿ·((1 − 2⁻ⁿ) + r + q).
#[inline(always)]
pub(crate) fn exp_m1(x: f64) -> f64 {
    let e = Exp::new(at_least(at_most(x, 710.0), -40.0), 0.0);
    // Beyond 2⁶⁴ the 1 is lost anyway, and 2⁻ⁿ would not fit its exponent field.
    let (high, low) = fast_two_sum(1.0 - power_of_2(SHIFT - at_most(e.n, 64.0)), e.r);
    scale(high + (low + e.q), e.n).copysign(x)
}

/// x = 2ᵏ·m with ½√2 ≤ m < √2, for x normal and positive.
#[inline(always)]
pub(super) fn split(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    let bits = x.to_bits().wrapping_add(ONE - SQRT_HALF);
    // An integer below 2⁵² becomes a float by being written into the mantissa of 2⁵².
    let k = f64::from_bits(bits >> 52 | TWO_52) - (4_503_599_627_370_496.0 + 1023.0);
    (k, f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + SQRT_HALF))
}

/// k·ln 2 + ln(1 + f) + low, for −0.3 < f < 0.42.
///
/// With s = f/(2 + f), ln(1 + f) = 2 artanh s = f − f²/2 + s·(f²/2 + R(s²)) (Sun's fdlibm, 1993).
#[inline(always)]
fn ln_of_parts(k: f64, f: f64, low: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let p = polynomial(
        z,
        [
            0.666_666_666_666_667,
            0.399_999_999_998_984_5,
            0.285_714_286_263_979_6,
            0.222_222_110_729_191_4,
            0.181_828_932_168_446_14,
            0.153_315_969_715_575_43,
            0.146_178_727_930_296_7,
        ],
    );
    let square = 0.5 * f * f;
    k * LN_2_HIGH - ((square - (s * (square + z * p) + (k * LN_2_LOW + low))) - f)
}

#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let subnormal = x < f64::MIN_POSITIVE;
    let (k, m) = split(if subnormal { x * TWO_54 } else { x });
    let y = ln_of_parts(if subnormal { k - 54.0 } else { k }, m - 1.0, 0.0);
    let y = if x < f64::INFINITY { y } else { x };
    let y = if x >= 0.0 { y } else { f64::NAN };
    if x == 0.0 { f64::NEG_INFINITY } else { y }
}

#[inline(always)]
pub(crate) fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    // What rounding took from u.
    let v = u - 1.0;
    let lost = (1.0 - (u - v)) + (x - v);
    let (k, m) = split(u);
    let near_zero = k == 0.0;
    let y = ln_of_parts(k, if near_zero { x } else { m - 1.0 }, if near_zero { 0.0 } else { lost / u });
    let y = if x < f64::INFINITY { y } else { x };
    let y = if x >= -1.0 { y } else { f64::NAN };
    (if x == -1.0 { f64::NEG_INFINITY } else { y }).copysign(x)
}

/// e^−|x| as e·(1 + ρ) with |ρ| ≤ 2⁻⁵³: (e, ρ).
#[inline(always)]
fn tail(x: f64) -> (f64, f64) {
    const UP: f64 = 64.0;
    let e = Exp::new(-at_most(x.abs(), 746.0), 0.0);
    let (mantissa, rest) = e.mantissa();
    // n ≤ 0, so that 2ⁿ⁺⁶⁴ never leaves the normal numbers, and the last product alone rounds.
    let tail = mantissa * power_of_2(e.n + (SHIFT + UP)) * power_of_2(SHIFT - UP);
    // 1/mantissa to 6 % is enough for a correction of half an ulp: a line on [½√2, √2] gives that.
    (tail, rest * (2.06 - mantissa))
}

/// (a/d, excess) with a·(1 + ρ)/(1 + e·(1 + ρ)) = a/d − excess if a = e, where d rounds 1 + e and 0 ≤ e ≤ 1.
/// With ρ = 0 it holds for every a.
#[inline(always)]
fn over_one_plus(a: f64, e: f64, rho: f64) -> (f64, f64) {
    let (d, lost) = fast_two_sum(1.0, e);
    let quotient = a / d;
    // As above: 1/d to 5 %, from a line on [1, 2].
    (quotient, quotient * (lost - rho) * (1.457 - 0.5 * d))
}

#[inline(always)]
pub(crate) fn sigmoid(x: f64) -> f64 {
    let (e, rho) = tail(x);
    let (a, rho) = if x < 0.0 { (e, rho) } else { (1.0, 0.0) };
    let (quotient, excess) = over_one_plus(a, e, rho);
    quotient - excess
}

/// s − s², where s = e/(1 + e) is the smaller of σ(x) and σ(−x).
#[inline(always)]
pub(crate) fn sigmoid_slope(x: f64) -> f64 {
    let (e, rho) = tail(x);
    let (s, excess) = over_one_plus(e, e, rho);
    s - (s * s + excess * (1.0 - 2.0 * s))
}

/// max(x, 0) + ln(1 + e^−|x|).
#[inline(always)]
pub(crate) fn softplus(x: f64) -> f64 {
    let (e, _) = tail(x);
    let above = e > 0.414;
    let ln = ln_of_parts(if above { 1.0 } else { 0.0 }, if above { (e - 1.0) * 0.5 } else { e }, 0.0);
    at_least(x, 0.0) + ln
}

/// x + x³·P(x²) near 0, 1 − 2/(e²ˣ + 1) beyond.
#[inline(always)]
pub(crate) fn tanh(x: f64) -> f64 {
    let a = at_most(x.abs(), 22.0);
    let z = a * a;
    let p = polynomial(
        z,
        [
            -0.333_333_333_333_333_3,
            0.133_333_333_333_327_42,
            -0.053_968_253_967_464_73,
            0.021_869_488_494_964_09,
            -0.008_863_234_425_643_705,
            0.003_592_110_721_687_620_6,
            -0.001_455_664_404_087_606_7,
            0.000_588_948_008_449_408_9,
            -0.000_234_668_306_929_202_27,
            8.516_531_111_996_36e-5,
            -2.063_723_515_661_821e-5,
        ],
    );
    let e = Exp::new(2.0 * a, 0.0);
    let far = 1.0 - 2.0 / (e.mantissa().0 * power_of_2(e.n + SHIFT) + 1.0);
    (if a < 0.55 { a + a * z * p } else { far }).copysign(x)
}
