//! [`lr_map()`]: which learning rates a loss allows: its curvature, and what gradient descent does at each rate.

mod print;
mod trial;

use crate::Error;
use crate::eigen::{Tridiagonal, lanczos};
use crate::problem::Problem;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde::Serialize;
use trial::descend;
pub use trial::{Outcome, Trial};

/// Up to here the Hessian is made whole and its eigenvalues are exact to rounding.
pub const EXACT_PARAMETERS: usize = 1000;

/// What [`lr_map()`] is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct LrMapSettings {
    /// The learning rate of the run along which curvature is measured; at first none, which is the trainer's own.
    pub lr: Option<f64>,
    /// Steps of that run and of each trial; at first 200.
    pub steps: usize,
    /// At how many steps of that run curvature is measured, the first and the last among them; at first 9.
    pub points: usize,
    /// The rates to try; at first none, which is twelve from 0.01/λ to 4/λ, λ being the curvature at the run's end.
    pub rates: Vec<f64>,
}

impl Default for LrMapSettings {
    fn default() -> Self {
        Self { lr: None, steps: 200, points: 9, rates: Vec::new() }
    }
}

/// The curvature of the loss at one point of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Curvature {
    /// Steps made before, from 0.
    pub step: usize,
    /// The loss there.
    pub loss: f64,
    /// λ, the largest eigenvalue of the Hessian ∂²L/∂θ².
    pub largest: f64,
    /// 1/λ: the step that lands at the lowest point along the steepest direction; `None` unless λ > 0.
    pub best_lr: Option<f64>,
    /// 2/λ: beyond it, a step lands higher than it began; `None` unless λ > 0.
    pub critical_lr: Option<f64>,
    /// Hessian–vector products made; one a parameter where the Hessian is made whole.
    pub products: usize,
}

/// What [`lr_map()`] found; prints itself as a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LrMap {
    /// The rate of the run along which curvature was measured.
    pub lr: f64,
    /// Along that run; it ends early where the loss is no longer finite.
    pub curvature: Vec<Curvature>,
    /// One for each rate, in ascending order.
    pub trials: Vec<Trial>,
}

impl LrMap {
    /// The curvature at the end of the run: where it has converged, that at the limit.
    pub fn limit(&self) -> &Curvature {
        self.curvature.last().expect("the start is always measured")
    }
}

/// Maps the learning rates of plain gradient descent θ ← θ − η·∇L(θ) on the loaded batch, from the trainer's θ.
///
/// Near a minimum, the error along an eigenvector of the Hessian with eigenvalue λ is multiplied by 1 − η·λ in each
/// step. So with the largest λ, η = 1/λ is best in its direction and η = 2/λ is where steps begin to grow (LeCun,
/// Bottou, Orr and Müller 1998, "Efficient BackProp", section 5.1). All in `f64` on copies: the trainer stays
/// as it is. Other optimisers, mini-batches and dropout move these limits.
///
/// λ is exact to rounding up to [`EXACT_PARAMETERS`]; beyond, it is by Lanczos' iteration until it changes by less than
/// 10⁻⁹ of itself, or for 200 products, and then a lower bound.
///
/// # Errors
/// No batch or no parameters; a rate that is not above 0; a Hessian at the start that is not finite.
pub fn lr_map<T: Scalar>(trainer: &Trainer<T>, settings: &LrMapSettings) -> Result<LrMap, Error> {
    let mut problem = Problem::of(trainer)?;
    let lr = settings.lr.unwrap_or_else(|| trainer.descent().lr());
    for &found in settings.rates.iter().chain([&lr]) {
        if !(found.is_finite() && found > 0.0) {
            return Err(Error::Rate { found });
        }
    }
    let curvature = along(&mut problem, lr, settings)?;
    let mut rates = settings.rates.clone();
    if rates.is_empty() {
        let unit = curvature.last().and_then(|c| c.best_lr).unwrap_or(lr);
        rates = [0.01, 0.1, 0.25, 0.5, 1.0, 1.5, 1.9, 2.0, 2.1, 2.5, 3.0, 4.0].map(|x| x * unit).to_vec();
    }
    rates.sort_by(f64::total_cmp);
    let mut trials: Vec<Trial> = rates.iter().map(|&lr| descend(&mut problem, lr, settings.steps)).collect();
    let losses = || trials.iter().flat_map(|trial| &trial.losses);
    let lowest = losses().copied().fold(f64::INFINITY, f64::min);
    for trial in &mut trials {
        trial.judge(lowest, settings.steps);
    }
    Ok(LrMap { lr, curvature, trials })
}

/// Curvature along the run at `lr`.
fn along(problem: &mut Problem<'_>, lr: f64, settings: &LrMapSettings) -> Result<Vec<Curvature>, Error> {
    let (mut theta, mut grad) = (problem.theta.clone(), vec![0.0; problem.theta.len()]);
    let gaps = settings.points.max(2) - 1;
    let mut measured = Vec::new();
    for step in 0..=settings.steps {
        let loss = problem.gradient(&theta, &mut grad);
        // The steps nearest to even fractions of the run.
        let due = (0..=gaps).any(|k| k * settings.steps / gaps == step);
        if due {
            match curvature(problem, &theta, step, loss) {
                Some(point) => measured.push(point),
                None if measured.is_empty() => return Err(Error::Curvature { step, loss }),
                None => break,
            }
        }
        theta.iter_mut().zip(&grad).for_each(|(x, g)| *x -= lr * g);
    }
    Ok(measured)
}

fn curvature(problem: &Problem<'_>, theta: &[f64], step: usize, loss: f64) -> Option<Curvature> {
    let Problem { tape, loss: var, memory, .. } = problem;
    let n = theta.len();
    let (largest, products) = if n <= EXACT_PARAMETERS {
        let hessian = tape.hessian(*var, theta, memory).ok()?;
        if hessian.iter().any(|x| !x.is_finite()) {
            return None;
        }
        (Tridiagonal::of(hessian).largest(), n)
    } else {
        let product = |v: &[f64]| tape.hvp(*var, theta, v, memory).unwrap_or_else(|_| vec![f64::NAN; n]);
        let found = lanczos(n, 200, 1e-9, product)?;
        (found.value, found.products)
    };
    let rate = |times: f64| (largest > 0.0).then(|| times / largest);
    Some(Curvature { step, loss, largest, best_lr: rate(1.0), critical_lr: rate(2.0), products })
}
