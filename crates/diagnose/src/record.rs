//! [`Record`]: what the rules are applied to: plain numbers of a run.

use crate::first_bad::BadValue;
use serde::Serialize;

/// What was seen of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Record {
    /// The names of the parameters, in the order of θ.
    pub parameters: Vec<String>,
    /// The outputs of layers, z = x·Wᵀ + b, by name, in the order of the program.
    pub layers: Vec<String>,
    /// What is made small.
    pub loss: LossFacts,
    /// The loss before each step.
    pub losses: Vec<f64>,
    /// At the first step.
    pub start: Option<Start>,
    /// The steps that were looked into.
    pub samples: Vec<Sample>,
    /// The sigmoids and tanhs, by name.
    pub saturating: Vec<String>,
    /// The ReLUs, by name, and the share of their units that were 0 in every row looked at.
    pub dead: Vec<(String, f64)>,
    /// The bad gradient that stopped the run, if a [`Sentinel`](crate::Sentinel) watched it as well; a recorder
    /// leaves this empty.
    pub first_bad: Option<BadValue>,
}

/// What the tape says of its loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LossFacts {
    /// Whether it is a sum over the rows.
    pub sum: bool,
    /// Whether its terms are squares, without a ½.
    pub square: bool,
    /// The number of classes of a cross-entropy.
    pub classes: Option<usize>,
}

/// What was measured once, before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Start {
    /// The learning rate η.
    pub lr: f64,
    /// Rows of the batch.
    pub rows: usize,
    /// λ, the largest eigenvalue of the Hessian of the batch's loss, or somewhat less; only for a rule that keeps no
    /// state and clips nothing, since for others 2/λ is not the limit.
    pub curvature: Option<f64>,
}

/// One step, looked into.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sample {
    /// Which step of the record, from 0.
    pub step: usize,
    /// By parameter.
    pub norms: Vec<Norms>,
    /// ∇L·Δθ.
    pub slope: Option<f64>,
    /// ‖Δθ + η·∇L‖/‖η·∇L‖: 0 for plain gradient descent.
    pub indirect: Option<f64>,
    /// ‖Δθ − Δθ of the step before + η·∇L‖/‖η·∇L‖: 0 where gradients add up.
    pub piled: Option<f64>,
    /// Whether, on the same rows as in the step before, the mean residual has changed its sign.
    pub flipped: Option<bool>,
    /// Whether, on the same rows as in the step before, the gradient points back along that step.
    pub overshot: Option<bool>,
    /// The root mean square of ∂L/∂z, for each of [`Record::layers`].
    pub adjoints: Vec<f64>,
    /// The share of saturated outputs, for each of [`Record::saturating`].
    pub saturated: Vec<f64>,
}

/// Of one parameter at one step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Norms {
    /// ‖∂L/∂w‖.
    pub gradient: f64,
    /// ‖w‖ before the step.
    pub weight: f64,
    /// ‖Δw‖.
    pub update: Option<f64>,
}

impl Sample {
    /// ‖∇L‖.
    pub(crate) fn gradient(&self) -> f64 {
        self.norms.iter().map(|n| n.gradient * n.gradient).sum::<f64>().sqrt()
    }
}

impl Record {
    /// The mean loss of the first and of the last tenth of the steps; `None` if there are fewer than `least`.
    pub(crate) fn ends(&self, least: usize) -> Option<[f64; 2]> {
        let n = self.losses.len();
        let tenth = n.div_ceil(10);
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
        (n >= least.max(1)).then(|| [mean(&self.losses[..tenth]), mean(&self.losses[n - tenth..])])
    }

    /// The samples before the gradient sank to a billionth of its greatest: from there on it is rounding errors.
    pub(crate) fn awake(&self) -> impl Iterator<Item = &Sample> {
        let most = self.samples.iter().map(Sample::gradient).fold(0.0, f64::max);
        self.samples.iter().filter(move |sample| sample.gradient() > 1e-9 * most)
    }

    /// The indices of the weights: parameters whose name ends so.
    pub(crate) fn weights(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.parameters.len()).filter(|&i| self.parameters[i].ends_with("weight"))
    }
}
