//! Ranges of numbers: what a flag's value and a key's value may be. Both are told in the same words; before these,
//! clap puts the flag's name and serde the key's place.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

pub(super) const POSITIVE: &str = "expected a finite number above 0";
pub(super) const NONNEGATIVE: &str = "expected a finite number of at least 0";
pub(super) const SHARE: &str = "expected a number from 0 to below 1";
pub(super) const AT_LEAST_1: &str = "expected a whole number of at least 1";
pub(super) const SHARDS: &str = "expected a power of two up to 65536, or 0 for whole batches";
pub(super) const ONE_BYTE: &str =
    "expected tab, or one ASCII character, such as ';', that is no quote, line break or NUL";
pub(super) const SEED: &str = "expected a whole number from 0 to 9223372036854775807";
pub(super) const WHOLE: &str = "expected a whole number of at least 0";

pub(super) fn is_positive(x: f64) -> bool {
    x.is_finite() && x > 0.0
}

pub(super) fn is_nonnegative(x: f64) -> bool {
    x.is_finite() && x >= 0.0
}

pub(super) fn is_share(x: f64) -> bool {
    (0.0..1.0).contains(&x)
}

pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, is_positive, POSITIVE)
}

pub(super) fn positive_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    positive(deserializer).map(Some)
}

pub(super) fn nonnegative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, is_nonnegative, NONNEGATIVE)
}

pub(super) fn nonnegative_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    nonnegative(deserializer).map(Some)
}

pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, is_share, SHARE)
}

pub(super) fn at_least_1<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, 1, AT_LEAST_1)
}

pub(super) fn at_least_1_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    at_least_1(deserializer).map(Some)
}

pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    at_least_1(deserializer).and_then(narrow)
}

pub(super) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let found = i128::deserialize(deserializer)?;
    let seed = i64::try_from(found).ok().and_then(|seed| u64::try_from(seed).ok());
    seed.ok_or_else(|| D::Error::custom(format!("found {found}; {SEED}")))
}

pub(super) fn any_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, 0, WHOLE)
}

pub(super) fn is_shards(number: u64) -> bool {
    number == 0 || (number.is_power_of_two() && number <= 1 << 16)
}

pub(super) fn shards<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let found = i128::deserialize(deserializer)?;
    let shards = u64::try_from(found).ok().filter(|&shards| is_shards(shards));
    shards.ok_or_else(|| D::Error::custom(format!("found {found}; {SHARDS}")))
}

/// What may stand between two fields of a CSV file.
pub(super) fn is_delimiter(found: char) -> bool {
    found.is_ascii() && !matches!(found, '"' | '\n' | '\r' | '\0')
}

pub(super) fn delimiter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<char, D::Error> {
    let found = String::deserialize(deserializer)?;
    one_byte(&found).ok_or_else(|| D::Error::custom(format!("found {found:?}; {ONE_BYTE}")))
}

/// The only character of a text, if it may be a delimiter; a tab, which is hard to type, has a name too.
pub(super) fn one_byte(text: &str) -> Option<char> {
    if matches!(text, "tab" | "\\t") {
        return Some('\t');
    }
    let mut chars = text.chars();
    chars.next().filter(|&found| is_delimiter(found) && chars.next().is_none())
}

/// A list, or the only one of it.
pub(super) fn widths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a list of widths, whole numbers such as [64, 64]")]
    enum OneOrMore {
        One(i64),
        More(Vec<i64>),
    }
    let found = match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(width) => vec![width],
        OneOrMore::More(widths) => widths,
    };
    let width = |width: i64| match u64::try_from(width) {
        Ok(width) if width >= 1 => narrow(width),
        _ => Err(D::Error::custom(format!("found a width of {width}; {AT_LEAST_1}"))),
    };
    found.into_iter().map(width).collect()
}

fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    allowed: fn(f64) -> bool,
    expected: &str,
) -> Result<f64, D::Error> {
    let found = f64::deserialize(deserializer)?;
    if allowed(found) { Ok(found) } else { Err(D::Error::custom(format!("found {found:?}; {expected}"))) }
}

fn whole<'de, D: Deserializer<'de>>(deserializer: D, least: u64, expected: &str) -> Result<u64, D::Error> {
    // A whole number of TOML is an `i64`; a larger one is read as well, to be told what it may be.
    let found = i128::deserialize(deserializer)?;
    if found > i64::MAX.into() {
        return Err(D::Error::custom(format!("found {found}; {expected}, and at most {}", i64::MAX)));
    }
    match u64::try_from(found) {
        Ok(number) if number >= least => Ok(number),
        _ => Err(D::Error::custom(format!("found {found}; {expected}"))),
    }
}

fn narrow<E: Error>(number: u64) -> Result<usize, E> {
    usize::try_from(number)
        .map_err(|_| E::custom(format!("found {number}; this is more than memory has bytes")))
}
