use crate::Layer;
use glassgrad_autograd::{Tape, Var};

/// Dropout (Srivastava et al. 2014), inverted: in training each number is set to 0 with probability
/// `rate` and else divided by 1 − `rate`; in evaluation y = x. Shapes: `[batch, n]` to `[batch, n]`.
///
/// Masks come from the stream (seed, dropout, epoch, step), so a resumed run draws the same ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// Drops with probability `rate`, from 0 to below 1.
    pub const fn new(rate: f64) -> Self {
        Self { rate }
    }
}

impl Layer for Dropout {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.dropout(x, self.rate)
    }
}
