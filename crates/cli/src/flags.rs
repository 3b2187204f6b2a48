//! What the values of flags may be. clap puts the flag's name before what these say.

use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

/// A learning rate.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or_else(|| "expected a finite number above 0".into())
}

/// A part of a whole.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "expected a number between 0 and 1, both excluded".into())
}

/// How many of something.
pub(crate) fn count<N: FromStr<Err = ParseIntError> + PartialOrd + From<u8>>(
    text: &str,
) -> Result<N, String> {
    match text.parse() {
        Ok(n) if n >= N::from(1) => Ok(n),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => {
            Err("more than a computer can count".into())
        }
        _ => Err("expected a whole number of at least 1".into()),
    }
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}
