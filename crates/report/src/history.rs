//! [`History`]: the epochs of a run, and pictures of them.

use crate::chart::{Chart, Mark, Series};

/// Blue and vermilion of Okabe and Ito, which all kinds of colour vision tell apart.
const BLUE: &str = "#0072b2";
const RED: &str = "#d55e00";
/// Losses that span more than this factor are drawn by decades.
const SPREAD: f64 = 30.0;

/// One epoch in numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Which epoch, counted from 1 at the start of the run.
    pub epoch: usize,
    /// The mean loss on the training rows.
    pub train_loss: f64,
    /// The loss on the rows held out.
    pub validation_loss: Option<f64>,
    /// Accuracy from 0 to 1, or R², on the rows held out.
    pub score: Option<f64>,
    /// The learning rate.
    pub lr: f64,
}

/// The epochs of a run, in order and without a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// What [`Epoch::score`] is: `accuracy` or `R²`.
    pub score: &'static str,
    /// The epochs.
    pub epochs: Vec<Epoch>,
    /// The epoch whose parameters were kept.
    pub kept: Option<usize>,
}

impl History {
    /// Training and validation loss by epoch: by decades if they span more than a factor of 30, else linear.
    pub fn loss_chart(&self) -> Chart {
        let line = |label: &str, color, values| Series { label: label.into(), color, values };
        let train: Vec<f64> = self.epochs.iter().map(|epoch| epoch.train_loss).collect();
        let mut series = vec![line("training", BLUE, train)];
        if self.epochs.iter().any(|epoch| epoch.validation_loss.is_some()) {
            let held_out = self.epochs.iter().map(|epoch| epoch.validation_loss.unwrap_or(f64::NAN));
            series.push(line("validation", RED, held_out.collect()));
        }
        let finite = || series.iter().flat_map(|s| &s.values).copied().filter(|loss| loss.is_finite());
        let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(0.0, f64::max));
        let linear = low <= 0.0 || high / low <= SPREAD;
        self.chart("Loss", "loss", linear, series)
    }

    /// Accuracy or R² by epoch; `None` if no epoch has one.
    pub fn score_chart(&self) -> Option<Chart> {
        self.epochs.iter().find(|epoch| epoch.score.is_some())?;
        let values = self.epochs.iter().map(|epoch| epoch.score.unwrap_or(f64::NAN)).collect();
        let series = vec![Series { label: self.score.into(), color: RED, values }];
        let title = if self.score == "accuracy" { "Accuracy" } else { self.score };
        Some(self.chart(&format!("{title} on the rows held out"), self.score, true, series))
    }

    /// The learning rate by epoch; `None` if it never changes.
    pub fn lr_chart(&self) -> Option<Chart> {
        let values: Vec<f64> = self.epochs.iter().map(|epoch| epoch.lr).collect();
        values.iter().find(|lr| **lr != values[0])?;
        let series = vec![Series { label: "learning rate".into(), color: BLUE, values }];
        Some(Chart { mark: None, ..self.chart("Learning rate", "η", true, series) })
    }

    fn chart(&self, title: &str, y: &'static str, linear: bool, series: Vec<Series>) -> Chart {
        Chart {
            first: self.epochs.first().map_or(1, |epoch| epoch.epoch),
            linear,
            whole: true,
            mark: self.kept.map(|at| Mark { at, label: format!("kept: epoch {at}") }),
            ..Chart::new(title, "epoch", y, series)
        }
    }
}
