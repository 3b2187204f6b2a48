//! [`lr_map()`]: which learning rates a loss allows: its curvature, and what gradient descent does at each rate.

use crate::Error;
use crate::eigen::{Tridiagonal, lanczos};
use crate::problem::{Problem, dot};
use glassgrad_report::{Chart, Series};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde::Serialize;
use std::fmt;

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

/// Gradient descent, its outcome still to be judged.
fn descend(problem: &mut Problem<'_>, lr: f64, steps: usize) -> Trial {
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
    fn judge(&mut self, lowest: f64, steps: usize) {
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

    const fn color(self) -> &'static str {
        match self {
            Self::Converges => "#1b7837",
            Self::Alternates => "#2166ac",
            Self::GrowsThenConverges => "#8c6bb1",
            Self::Slow => "#7f7f7f",
            Self::Stuck => "#d08a00",
            Self::Diverges => "#b2182b",
        }
    }
}

impl fmt::Display for LrMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |lr: Option<f64>| lr.map_or("none".into(), |lr| format!("{lr:.12}"));
        writeln!(f, "curvature along gradient descent at η = {:?}", self.lr)?;
        writeln!(
            f,
            "{:>6} {:>12} {:>18} {:>18} {:>18}",
            "step", "loss", "λ", "best η = 1/λ", "critical η = 2/λ"
        )?;
        for c in &self.curvature {
            let (best, critical) = (rate(c.best_lr), rate(c.critical_lr));
            writeln!(f, "{:>6} {:>12.4e} {:>18.12} {best:>18} {critical:>18}", c.step, c.loss, c.largest)?;
        }
        writeln!(f, "\n{:>14} {:>12} {:>12} {:>12}  outcome", "η", "first loss", "most", "last loss")?;
        for trial in &self.trials {
            let most = trial.losses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (first, last) = (trial.losses[0], trial.losses[trial.losses.len() - 1]);
            let outcome = trial.outcome.words();
            writeln!(f, "{:>14.6} {first:>12.4e} {most:>12.4e} {last:>12.4e}  {outcome}", trial.lr)?;
        }
        Ok(())
    }
}

impl LrMap {
    /// The map as a picture: the loss of every trial by step, in the colour of its outcome. An SVG document.
    pub fn svg(&self) -> String {
        let limit = self.limit();
        let rates = match (limit.best_lr, limit.critical_lr) {
            (Some(best), Some(critical)) => format!("; best η = {best:.6}, critical η = {critical:.6}"),
            _ => String::new(),
        };
        let label = |trial: &Trial| format!("η = {:.4}: {}", trial.lr, trial.outcome.words());
        let series = |trial: &Trial| Series {
            label: label(trial),
            color: trial.outcome.color(),
            values: trial.losses.clone(),
        };
        let title = format!("Gradient descent by learning rate (λ = {:.6}{rates})", limit.largest);
        Chart::new(title, "step", "loss", self.trials.iter().map(series).collect()).svg()
    }
}
