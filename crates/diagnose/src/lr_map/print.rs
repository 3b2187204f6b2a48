//! A map of learning rates as a table and as a picture.

use super::{LrMap, Outcome, Trial};
use glassgrad_report::{Chart, Series};
use std::fmt;

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
        writeln!(
            f,
            "\n{:>14} {:>12} {:>12} {:>12} {:>12}  outcome",
            "η", "first loss", "after 1 step", "most", "last loss"
        )?;
        for trial in &self.trials {
            let most = trial.losses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (first, last) = (trial.losses[0], trial.losses[trial.losses.len() - 1]);
            let outcome = trial.outcome.words();
            let next = trial.losses.get(1).map_or("not finite".into(), |loss| format!("{loss:.4e}"));
            writeln!(
                f,
                "{:>14.6} {first:>12.4e} {next:>12} {most:>12.4e} {last:>12.4e}  {outcome}",
                trial.lr
            )?;
        }
        Ok(())
    }
}

impl LrMap {
    /// The map as a picture: the loss of every trial by step, in the colour of its outcome.
    pub fn chart(&self) -> Chart {
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
        Chart::new(title, "step", "loss", self.trials.iter().map(series).collect())
    }
}

impl Outcome {
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
