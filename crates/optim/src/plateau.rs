//! [`Plateau`]: a lower learning rate when a measure stops getting better.

use crate::Error;
use serde::{Deserialize, Serialize};

/// Multiplies the learning rate by `factor` each time more than `patience` observations in a row were no
/// better than the best, then looks away for `cooldown` observations.
///
/// As `ReduceLROnPlateau(threshold_mode="rel", eps=0)`, on top of the schedule. An observation is
/// whatever is passed to [`Descent::observe`](crate::Descent::observe), usually once an epoch; NaN is
/// never better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// Which way is better. Default [`Mode::Min`].
    pub mode: Mode,
    /// What the rate is multiplied by, > 0 and < 1. Default 0.1.
    pub factor: f64,
    /// How many observations in a row may be no better. Default 10.
    pub patience: u64,
    /// By what share of the best an observation must differ to be better, ≥ 0. Default 1e-4.
    pub threshold: f64,
    /// Observations after a reduction of which only the best is remembered. Default 0.
    pub cooldown: u64,
    /// What a reduction does not go below, ≥ 0. Default 0.
    pub min_lr: f64,
}

/// Which way a measure gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Smaller, as of a loss: better is < best·(1 − threshold).
    Min,
    /// Larger, as of an accuracy: better is > best·(1 + threshold).
    Max,
}

impl Default for Plateau {
    fn default() -> Self {
        Plateau { mode: Mode::Min, factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, min_lr: 0.0 }
    }
}

/// What a [`Plateau`] remembers; to be saved with a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// What the rate has been multiplied by so far.
    pub scale: f64,
    /// The best observation; none before the first.
    pub best: Option<f64>,
    /// Observations in a row that were no better.
    pub bad: u64,
    /// Observations still to be passed over.
    pub cooldown: u64,
}

impl Default for Watch {
    fn default() -> Self {
        Watch { scale: 1.0, best: None, bad: 0, cooldown: 0 }
    }
}

impl Plateau {
    /// Takes one observation in; whether it led to a reduction.
    pub(crate) fn observe(&self, watch: &mut Watch, value: f64) -> bool {
        let better = match (watch.best, self.mode) {
            (None, _) => !value.is_nan(),
            (Some(best), Mode::Min) => value < best * (1.0 - self.threshold),
            (Some(best), Mode::Max) => value > best * (1.0 + self.threshold),
        };
        if better {
            watch.best = Some(value);
        }
        watch.bad = if better { 0 } else { watch.bad.saturating_add(1) };
        if watch.cooldown > 0 {
            watch.cooldown -= 1;
            watch.bad = 0;
        }
        let reduce = watch.bad > self.patience;
        if reduce {
            watch.scale *= self.factor;
            watch.cooldown = self.cooldown;
            watch.bad = 0;
        }
        reduce
    }

    /// The reduced rate, where the schedule's is `lr`. Never above `lr`, though that be below `min_lr`.
    pub(crate) fn lr(&self, watch: &Watch, lr: f64) -> f64 {
        lr.min((lr * watch.scale).max(self.min_lr))
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Hyper`] for the first that is NaN or out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        let factor = self.factor;
        Error::unless(factor > 0.0 && factor < 1.0, ("Plateau", "factor", factor), "> 0 and < 1")?;
        Error::unless_nonnegative("Plateau", "threshold", self.threshold)?;
        Error::unless_nonnegative("Plateau", "min_lr", self.min_lr)
    }
}

impl Watch {
    /// Checks what was read back.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let (scale, best) = (self.scale, self.best.unwrap_or(0.0));
        Error::unless((0.0..=1.0).contains(&scale), ("Watch", "scale", scale), ">= 0 and <= 1")?;
        Error::unless(!best.is_nan(), ("Watch", "best", best), "a number")
    }
}
