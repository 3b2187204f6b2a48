//! [`Schedule`]: the learning rate as a function of the step.

use crate::Error;
use std::f64::consts::PI;

/// How the learning rate goes, as a function of how many updates have been made.
///
/// The unit is the update ("step"), not the epoch: for n epochs write n times the number of batches in
/// one. A schedule has no memory, so a run resumed at step s goes on as if it had never stopped. Every
/// schedule is followed to its end and stays there.
///
/// η is the rule's own rate and s counts from 0 at the first update.
///
/// ```
/// use glassgrad_optim::Schedule;
///
/// let cosine = Schedule::Cosine { steps: 100, min_lr: 0.0 };
/// let schedule = Schedule::WarmUp { steps: 10, start: 0.1, then: Box::new(cosine) };
/// assert_eq!(schedule.lr(0.5, 0), 0.05);
/// assert_eq!(schedule.lr(0.5, 10), 0.5);
/// assert!((schedule.lr(0.5, 60) - 0.25).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Schedule {
    /// η.
    #[default]
    Constant,
    /// η·γ^⌊s/every⌋, as `StepLR`.
    Step {
        /// Steps between two falls, ≥ 1.
        every: u64,
        /// γ, ≥ 0.
        factor: f64,
    },
    /// η·γˢ, as `ExponentialLR`.
    Exponential {
        /// γ, ≥ 0.
        factor: f64,
    },
    /// min + (η − min)·(1 + cos(π·s/steps))/2, then min.
    ///
    /// Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts",
    /// 2017, arXiv:1608.03983, equation 5. As `CosineAnnealingLR`, which climbs again after its end.
    Cosine {
        /// Steps to the minimum, ≥ 1.
        steps: u64,
        /// The rate at the end, ≥ 0.
        min_lr: f64,
    },
    /// η·(start + (1 − start)·s/steps), then another schedule, which starts counting there.
    ///
    /// Source: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017,
    /// arXiv:1706.02677, section 2.2. As `LinearLR` before another in `SequentialLR`.
    WarmUp {
        /// Steps to the full rate, ≥ 1.
        steps: u64,
        /// The share of the full rate at the first step, 0 to 1. At 0 the first update changes nothing.
        start: f64,
        /// What follows.
        then: Box<Schedule>,
    },
    /// Half a cosine from η/div_factor up to η, another down to η/(div_factor·final_div_factor).
    ///
    /// Source: L. N. Smith and N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using
    /// Large Learning Rates", 2017, arXiv:1708.07120. As `OneCycleLR(anneal_strategy="cos",
    /// cycle_momentum=False)`: its `max_lr` is η, and the peak is at step pct_start·steps − 1.
    OneCycle {
        /// Steps of the whole cycle, ≥ 1.
        steps: u64,
        /// The share of the steps that climb, 0 to 1; 0.3 in PyTorch.
        pct_start: f64,
        /// The peak over the first rate, > 0; 25 in PyTorch.
        div_factor: f64,
        /// The first rate over the last, > 0; 10⁴ in PyTorch.
        final_div_factor: f64,
    },
}

impl Schedule {
    /// The rate of the update that `step` others come before, where the rule's own rate is `base`.
    pub fn lr(&self, base: f64, step: u64) -> f64 {
        let s = step as f64;
        match *self {
            Schedule::Constant => base,
            Schedule::Step { every, factor } => base * factor.powf((step / every.max(1)) as f64),
            Schedule::Exponential { factor } => base * factor.powf(s),
            Schedule::Cosine { steps, min_lr } => anneal(base, min_lr, fraction(s, 0.0, steps as f64)),
            Schedule::WarmUp { steps, start, ref then } => {
                if step < steps {
                    base * (start + (1.0 - start) * (s / steps as f64))
                } else {
                    then.lr(base, step - steps)
                }
            }
            Schedule::OneCycle { steps, pct_start, div_factor, final_div_factor } => {
                let (total, first) = (steps as f64, base / div_factor);
                let peak = pct_start * total - 1.0;
                if s <= peak {
                    anneal(first, base, fraction(s, 0.0, peak))
                } else {
                    anneal(base, first / final_div_factor, fraction(s, peak, total - 1.0))
                }
            }
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Hyper`] for the first that is NaN or out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        let count = |owner, field, n: u64| Error::unless(n >= 1, (owner, field, n as f64), ">= 1");
        let part = |owner, field, x: f64| {
            Error::unless((0.0..=1.0).contains(&x), (owner, field, x), ">= 0 and <= 1")
        };
        match *self {
            Schedule::Constant => Ok(()),
            Schedule::Step { every, factor } => {
                count("Step", "every", every)?;
                Error::unless_nonnegative("Step", "factor", factor)
            }
            Schedule::Exponential { factor } => Error::unless_nonnegative("Exponential", "factor", factor),
            Schedule::Cosine { steps, min_lr } => {
                count("Cosine", "steps", steps)?;
                Error::unless_nonnegative("Cosine", "min_lr", min_lr)
            }
            Schedule::WarmUp { steps, start, ref then } => {
                count("WarmUp", "steps", steps)?;
                part("WarmUp", "start", start)?;
                then.validate()
            }
            Schedule::OneCycle { steps, pct_start, div_factor, final_div_factor } => {
                count("OneCycle", "steps", steps)?;
                part("OneCycle", "pct_start", pct_start)?;
                Error::unless_positive("OneCycle", "div_factor", div_factor)?;
                Error::unless_positive("OneCycle", "final_div_factor", final_div_factor)
            }
        }
    }
}

/// How far s has come from `start` to `end`, 0 to 1; 1 if there is no way to go.
fn fraction(s: f64, start: f64, end: f64) -> f64 {
    if start < end { ((s - start) / (end - start)).clamp(0.0, 1.0) } else { 1.0 }
}

/// Half a cosine: `from` at 0, `to` at 1.
fn anneal(from: f64, to: f64, fraction: f64) -> f64 {
    to + (from - to) / 2.0 * ((PI * fraction).cos() + 1.0)
}
