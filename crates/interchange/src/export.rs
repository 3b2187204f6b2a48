//! [`Export`]: what is written around a network.

use crate::Error;

/// What a written network does before and after what was recorded. By default nothing.
///
/// The written network evaluates: dropout is left out.
///
/// ```
/// use glassgrad_interchange::{Export, Placement, Scaling};
/// // Trained on columns brought to mean 0 and standard deviation 1.
/// let input = Some(Scaling { shift: vec![5.8, 3.1], divisor: vec![0.8, 0.4] });
/// let export = Export { input, placement: Placement::Folded, ..Export::default() };
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// The network was trained on scaled columns; the written one is to take them unscaled.
    pub input: Option<Scaling>,
    /// The network was trained on scaled targets; the written one is to give them unscaled.
    pub output: Option<Scaling>,
    /// How scaling is written.
    pub placement: Placement,
    /// What becomes of the prediction at the very end.
    pub head: Head,
}

/// Scaled = (x − shift)/divisor, column by column: mean and standard deviation, or minimum and range.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// Taken off, one number a column.
    pub shift: Vec<f64>,
    /// Divided by, one number a column, none of them 0.
    pub divisor: Vec<f64>,
}

/// How scaling is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// As steps of their own, in the network's number type.
    #[default]
    Steps,
    /// Folded into the first affine layer, W′ = W/d and b′ = b − W′·s, and into the last, W′ = d·W and b′ = d·b + s:
    /// nothing to compute more. The new numbers are computed in `f64` and rounded once. Where |s| ≫ d, b′ is a small
    /// difference of large numbers in every prediction, and digits are lost: |s|/d times the rounding error.
    Folded,
}

/// What becomes of the prediction at the very end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Head {
    /// Nothing.
    #[default]
    Plain,
    /// Logits of classes become probabilities: e^zⱼ/Σ e^z along each row.
    Softmax,
    /// Logits of yes or no become probabilities: 1/(1 + e⁻ᶻ), each by itself.
    Sigmoid,
    /// The one logit of the second of two classes becomes the probabilities of both: 1 − p and p = 1/(1 + e⁻ᶻ).
    Binary,
}

impl Scaling {
    pub(crate) fn check(&self, what: &'static str, columns: usize) -> Result<(), Error> {
        let wrong = |why| Err(Error::Export { what, why });
        for (part, numbers) in [("shifts", &self.shift), ("divisors", &self.divisor)] {
            if numbers.len() != columns {
                return wrong(format!("found {} {part}, expected {columns}, one a column", numbers.len()));
            }
            if let Some(column) = numbers.iter().position(|number| !number.is_finite()) {
                return wrong(format!(
                    "column {column} (counted from 0): found {}, expected finite {part}",
                    numbers[column]
                ));
            }
        }
        match self.divisor.iter().position(|&divisor| divisor == 0.0) {
            Some(column) => wrong(format!("column {column} (counted from 0): found a divisor of 0")),
            None => Ok(()),
        }
    }
}
