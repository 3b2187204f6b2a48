//! Numbers as people write them: decimals, rounded as at school.
//!
//! A number stands for the shortest decimal that reads back as the same bits, which is also what is
//! printed in full. Rounding is done on those digits, a half away from zero: 0.285 to two decimals is
//! 0.29, although the nearest double is a little below 0.285.

use num_bigint::BigInt;
use num_rational::BigRational;

/// The shortest decimal that reads back as `x`; with an exponent below 10⁻⁵ and from 10¹⁶.
pub fn full(x: f64) -> String {
    let size = x.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) || !x.is_finite() {
        format!("{x}")
    } else {
        format!("{x:e}")
    }
}

/// `x` to `decimals` places, a half away from zero; never −0.
///
/// ```
/// use glassgrad_glass::decimal::round;
/// assert_eq!(round(0.285, 2), "0.29");
/// assert_eq!(round(-0.00004, 4), "0.0000");
/// assert_eq!(round(9.9996, 3), "10.000");
/// ```
pub fn round(x: f64, decimals: usize) -> String {
    if !x.is_finite() {
        return format!("{x}");
    }
    let text = format!("{}", x.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let kept = &fraction[..decimals.min(fraction.len())];
    let mut digits: Vec<u8> = format!("0{whole}{kept:0<decimals$}").into_bytes();
    if fraction.as_bytes().get(decimals).is_some_and(|&next| next >= b'5') {
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                break;
            }
        }
    }
    let digits = String::from_utf8(digits).expect("digits are ASCII");
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let whole = whole.strip_prefix('0').unwrap_or(whole);
    let sign = if x < 0.0 && digits.bytes().any(|d| d != b'0') { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// `x` to `decimals` places for a reader: as [`round`], but from 10¹⁶ on, where no place after the point means
/// anything, with an exponent.
pub(crate) fn shown(x: f64, decimals: usize) -> String {
    if x.is_finite() && x.abs() >= 1e16 { format!("{x:.decimals$e}") } else { round(x, decimals) }
}

/// `x` as an operand on paper: whole if it has at most `decimals` places, else rounded to them, and with
/// an exponent where that would leave nothing of it.
pub(crate) fn short(x: f64, decimals: usize) -> String {
    let text = format!("{x}");
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if places <= decimals && text.len() <= 20 {
        return if x == 0.0 { "0".into() } else { text };
    }
    let rounded = round(x, decimals);
    let vanished = x != 0.0 && !rounded.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if !vanished && x.abs() < 1e15 {
        return rounded;
    }
    let whole = format!("{x:e}");
    let places = whole.split_once('e').map_or(0, |(mantissa, _)| mantissa.len().saturating_sub(2));
    if places <= decimals { whole } else { format!("{x:.decimals$e}") }
}

/// The largest power of ten that is read, so that a file cannot ask for a number of a billion digits.
const EXPONENT: i32 = 400;

/// Reads a decimal such as `-.0762`, `75` or `1.3e-4` exactly, and counts its places after the point.
pub(crate) fn parse(text: &str) -> Option<(BigRational, usize)> {
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i32 = exponent.parse().ok().filter(|e: &i32| e.abs() <= EXPONENT)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = i32::try_from(fraction.len()).ok()?;
    let number = BigRational::from(BigInt::from(sign) * all.parse::<BigInt>().ok()?);
    Some((number * power_of_ten(exponent - places), usize::try_from((places - exponent).max(0)).ok()?))
}

/// The decimal that a double stands for; `None` for NaN and infinities.
pub(crate) fn exact(x: f64) -> Option<BigRational> {
    parse(&format!("{x:e}")).map(|(number, _)| number)
}

/// 10ⁿ.
pub(crate) fn power_of_ten(n: i32) -> BigRational {
    let power = BigRational::from(BigInt::from(10).pow(n.unsigned_abs()));
    if n < 0 { power.recip() } else { power }
}

/// An exact number to `decimals` places, a half away from zero.
pub(crate) fn round_exact(x: &BigRational, decimals: usize) -> String {
    let scaled = (x * power_of_ten(i32::try_from(decimals).unwrap_or(EXPONENT))).round().to_integer();
    let text = format!("{:0>1$}", scaled.magnitude().to_string(), decimals + 1);
    let (whole, fraction) = text.split_at(text.len() - decimals);
    let sign = if scaled < BigInt::from(0) { "-" } else { "" };
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}
