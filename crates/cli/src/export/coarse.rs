//! Which columns a network of `f32` inputs cannot tell as finely as `glassgrad predict` does, which scales 64-bit numbers.

use crate::output::figure;
use crate::run::shortened;
use glassgrad_interchange::Scaling;
use std::path::Path;

/// An `f32` is up to this share of itself off.
const ROUNDING: f64 = 0.5 * f32::EPSILON as f64;

/// The most that is no news, in units of the column's scale. As much again comes from the shift, which is an `f32` too.
const BEARABLE: f64 = 0.001;

/// What to say of them in the written `file`, if there are any.
pub(super) fn remark(file: &Path, names: &[String], scaling: &Scaling) -> Option<String> {
    let columns = names.iter().zip(scaling.shift.iter().zip(&scaling.divisor));
    let coarse: Vec<String> = columns
        .filter(|(_, (shift, divisor))| shift.abs() * ROUNDING > BEARABLE * divisor.abs())
        .map(|(name, (&shift, &divisor))| {
            let (near, apart, scale) = (figure(shift), figure(spacing(shift)), figure(divisor));
            format!("{name} (f32 numbers near {near} are {apart} apart, its scale is {scale})")
        })
        .collect();
    let which = if coarse.len() == 1 { "column" } else { "columns" };
    (!coarse.is_empty()).then(|| {
        format!(
            "{}: its inputs are f32, too coarse for {which} {}: its predictions are not those of glassgrad predict, which \
             scales 64-bit numbers; for a network that takes f64, train with --precision f64 (precision = \"f64\")",
            file.display(),
            shortened(&coarse)
        )
    })
}

/// How far the `f32`s next to a number are apart.
fn spacing(number: f64) -> f64 {
    let near = number.abs() as f32;
    f64::from(f32::from_bits(near.to_bits() + 1)) - f64::from(near)
}
