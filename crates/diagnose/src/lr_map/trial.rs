//! [`Trial`]: gradient descent at one learning rate, and what came of it.

use crate::problem::{Problem, dot};
use serde::Serialize;

/// What gradient descent does at a rate. "Low" means within a thousandth of the fall from the start to the lowest
/// loss of any trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Gets low from one side.
    Converges,
    /// Gets low, but more than half of the steps until then go past the lowest point on their line, and more than 3.
    Alternates,
    /// The loss first rises above its start by 1 % or more, and then gets low.
    GrowsThenConverges,
    /// Never rises above its start, but is not low yet.
    Slow,
    /// Rises above its start and does not get low.
    Stuck,
    /// NaN, infinite, or a million times the loss at the start.
    Diverges,
}

/// Gradient descent at one rate, from the same start as all others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// The learning rate.
    pub lr: f64,
    /// What it did.
    pub outcome: Outcome,
    /// The loss before each step and after the last, as far as it is finite.
    pub losses: Vec<f64>,
    /// Steps that went past the lowest point on their line: the next gradient points back. Not counted once the gradient
    /// is below a billionth of its greatest.
    pub overshoots: usize,
}

impl Outcome {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Converges => "converges",
            Self::Alternates => "alternates",
            Self::GrowsThenConverges => "grows, then converges",
            Self::Slow => "slow",
            Self::Stuck => "stuck",
            Self::Diverges => "diverges",
        }
    }
}

/// Gradient descent, its outcome still to be judged.
pub(super) fn descend(problem: &mut Problem<'_>, lr: f64, steps: usize) -> Trial {
    let (mut theta, mut grad) = (problem.theta.clone(), vec![0.0; problem.theta.len()]);
    let mut last = vec![0.0; grad.len()];
    let mut trial = Trial { lr, outcome: Outcome::Diverges, losses: Vec::new(), overshoots: 0 };
    let mut steepest = 0.0_f64;
    for _ in 0..=steps {
        let loss = problem.gradient(&theta, &mut grad);
        if !loss.is_finite() {
            break;
        }
        trial.losses.push(loss);
        let steep = dot(&grad, &grad).sqrt();
        steepest = steepest.max(steep);
        // Where the loss rests at its floor, the direction of the gradient is that of rounding errors.
        trial.overshoots += usize::from(steep > 1e-9 * steepest && dot(&grad, &last) < 0.0);
        theta.iter_mut().zip(&grad).for_each(|(x, g)| *x -= lr * g);
        last.copy_from_slice(&grad);
    }
    trial
}

impl Trial {
    /// Names the outcome, once the lowest loss of all trials is known.
    pub(super) fn judge(&mut self, lowest: f64, steps: usize) {
        let (first, last) = (self.losses[0], self.losses[self.losses.len() - 1]);
        let most = self.losses.iter().copied().fold(first, f64::max);
        let is_low = |loss: f64| loss - lowest <= 1e-3 * (first - lowest);
        let low = is_low(last);
        let until_low = self.losses.iter().take_while(|&&loss| !is_low(loss)).count();
        let grows = most > first + 0.01 * first.abs();
        self.outcome = if self.losses.len() <= steps || last > 1e6 * first.abs() {
            Outcome::Diverges
        } else {
            match (low, grows) {
                (true, true) => Outcome::GrowsThenConverges,
                (true, false) if self.overshoots > 3.max(until_low / 2) => Outcome::Alternates,
                (true, false) => Outcome::Converges,
                (false, true) => Outcome::Stuck,
                (false, false) => Outcome::Slow,
            }
        };
    }
}
