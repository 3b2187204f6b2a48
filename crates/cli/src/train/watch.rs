//! [`Watch`]: what is done while a network trains: progress, epochs told, the best one kept, and when to stop.

use crate::failure::Failure;
use crate::measure::measure;
use crate::output::{Output, figure};
use crate::run::Run;
use crate::run::prepare::Sets;
use crate::signals::Signals;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Epoch, Error, Metrics, Observer, Step, Trainer};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::ops::ControlFlow::{self, Break, Continue};

/// One epoch of the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) epoch: u64,
    pub(super) train_loss: f64,
    pub(super) validation: Option<Metrics>,
}

/// Watches a run.
#[derive(Debug)]
pub(super) struct Watch<'a, T> {
    run: &'a Run,
    sets: &'a Sets<T>,
    out: Output,
    signals: Signals,
    bar: ProgressBar,
    history: Vec<Record>,
    /// θ after the epoch of least validation loss.
    best: Option<Vec<T>>,
    /// What went wrong while an epoch was told or saved.
    failure: Option<Failure>,
}

impl<'a, T: Scalar> Watch<'a, T> {
    pub(super) fn new(run: &'a Run, sets: &'a Sets<T>, steps: u64, signals: Signals, out: Output) -> Self {
        // Only a terminal shows it.
        let bar = if out.quiet || out.json {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(steps.saturating_mul(run.train.epochs))
        };
        let style = ProgressStyle::with_template("{bar:30} {percent}%, {per_sec} steps, {eta} left{msg}");
        let bar = bar.with_style(style.expect("the template is constant and right"));
        Self { run, sets, out, signals, bar, history: Vec::new(), best: None, failure: None }
    }

    /// Ends the run: leaves the trainer with the best θ.
    pub(super) fn finish(self, fitted: Result<(), Error>, trainer: &mut Trainer<T>) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        fitted?;
        if let Some(best) = &self.best {
            trainer.theta_mut().copy_from_slice(best);
        }
        Ok(())
    }

    /// Whether the last epochs brought nothing.
    fn is_over(&self) -> bool {
        let patience = self.run.train.early_stopping.patience;
        patience > 0
            && best_of(&self.history).is_some_and(|best| (self.history.len() - 1 - best) as u64 >= patience)
    }

    fn tell(&self, record: &Record) -> Result<(), Failure> {
        let mut object =
            json!({"event": "epoch", "epoch": record.epoch + 1, "train_loss": record.train_loss});
        let mut text = format!("epoch {:>3}: loss {}", record.epoch + 1, figure(record.train_loss));
        if let Some(validation) = record.validation {
            object["validation_loss"] = validation.loss.into();
            text += &format!(", held out {}", figure(validation.loss));
            if let Some(accuracy) = validation.accuracy {
                object["accuracy"] = accuracy.into();
                text += &format!(", accuracy {:.2} %", 100.0 * accuracy);
            }
            if let Some(r2) = validation.r2 {
                object["r2"] = r2.into();
                text += &format!(", R² {r2:.4}");
            }
        }
        self.out.object(&object)?;
        if self.out.quiet {
            return Ok(());
        }
        self.bar.suspend(|| self.out.text(text))
    }
}

/// Which epoch had the least validation loss, the first of equals.
fn best_of(history: &[Record]) -> Option<usize> {
    let losses = history.iter().map(|record| record.validation.map(|metrics| metrics.loss));
    let known = losses.enumerate().filter_map(|(i, loss)| Some((i, loss?)));
    known.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(i, _)| i)
}

impl<T: Scalar> Observer<T> for Watch<'_, T> {
    fn step(&mut self, _: &Trainer<T>, _: &Step<T>) -> ControlFlow<()> {
        self.bar.inc(1);
        if self.signals.caught().is_some() { Break(()) } else { Continue(()) }
    }

    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        let scale = self.sets.learnt.targets.as_ref();
        let validation =
            self.sets.validation.as_ref().map(|data| measure(trainer, data, scale)).transpose()?;
        let record = Record { epoch: epoch.epoch, train_loss: epoch.loss, validation };
        self.history.push(record);
        if best_of(&self.history) == Some(self.history.len() - 1) {
            self.best = Some(trainer.theta().to_vec());
        }
        if let Err(failure) = self.tell(&record) {
            self.failure = Some(failure);
            return Ok(Break(()));
        }
        Ok(if self.is_over() { Break(()) } else { Continue(()) })
    }
}
