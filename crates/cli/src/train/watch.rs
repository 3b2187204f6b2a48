//! [`Watch`]: what is done while a network trains: progress, epochs told, the best one kept, and when to stop.

use super::bar::Bar;
use super::diverged::why;
use super::events::Events;
use super::saver::Saver;
use crate::failure::Failure;
use crate::measure::{four_places, measure, measure_stream};
use crate::model::Real;
use crate::output::{Output, figure};
use crate::run::{Run, Sets, counted};
use crate::signals::{SIGTERM, Signals};
use glassgrad_data::{Batches, Part};
use glassgrad_diagnose::{Record as Watched, Recorder};
use glassgrad_report::sparkline;
use glassgrad_train::{Epoch, Error, Notes, Observer, Record, Snapshot, Step, Trainer};
use serde_json::json;
use std::ops::ControlFlow::{self, Break, Continue};

/// Watches a run.
#[derive(Debug)]
pub(super) struct Watch<'a, T> {
    pub(super) run: &'a Run,
    pub(super) sets: &'a Sets<T>,
    pub(super) out: Output,
    pub(super) signals: Signals,
    /// None if the model is kept nowhere.
    pub(super) saver: Option<Saver>,
    /// Its history grows by each epoch.
    pub(super) notes: Notes,
    /// Which epoch of the history had the least validation loss, and θ after it.
    pub(super) best_epoch: Option<usize>,
    pub(super) best: Option<Vec<T>>,
    /// The end of the last epoch, if it has not been saved.
    pub(super) unsaved: Option<Snapshot<T>>,
    pub(super) bar: Bar,
    /// For TensorBoard.
    pub(super) events: Option<Events>,
    /// For the diagnosis.
    pub(super) recorder: Option<Recorder<T>>,
    /// What went wrong while an epoch was told or saved.
    pub(super) failure: Option<Failure>,
}

/// A run that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// What ended it before its time, if anything did: divergence, or a signal.
    pub(super) failure: Option<Failure>,
    /// Whether it ended early for want of a lower held-out loss.
    pub(super) early: bool,
    /// Where the model is, and the right to write there until all is told.
    pub(super) saver: Option<Saver>,
    pub(super) history: Vec<Record>,
    pub(super) best_epoch: Option<usize>,
    /// What the diagnosis goes by.
    pub(super) record: Option<Watched>,
}

/// Which epoch had the least validation loss, the first of equals.
pub(crate) fn best_of(history: &[Record]) -> Option<usize> {
    let losses = history.iter().map(|record| record.validation.map(|metrics| metrics.loss));
    let known = losses.enumerate().filter_map(|(i, loss)| Some((i, loss?)));
    known.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(i, _)| i)
}

impl<T: Real> Watch<'_, T> {
    /// Whether the last epochs brought nothing.
    pub(super) fn is_over(&self) -> bool {
        let patience = self.run.train.early_stopping.patience;
        let last = self.notes.history.len().saturating_sub(1);
        patience > 0 && self.best_epoch.is_some_and(|best| (last - best) as u64 >= patience)
    }

    /// Ends a run of so many epochs: saves it, tells why it stopped, and leaves the trainer with the best θ, if it came to
    /// its end.
    pub(super) fn finish(
        mut self,
        fitted: Result<(), Error>,
        epochs: u64,
        trainer: &mut Trainer<T>,
        batches: &mut Batches,
    ) -> Result<Ended, Failure> {
        self.bar.clear();
        if let Some(failure) = self.failure.take() {
            // The epoch is over, whoever could not be told of it.
            let kept = self.save(trainer).map_or(String::new(), |()| self.kept());
            return Err(failure.followed_by(&kept));
        }
        match fitted {
            Err(error @ (Error::Diverged { .. } | Error::Spoiled { .. })) => {
                let why = why(&error, trainer, self.sets, self.run, batches);
                if let Some(last) = self.unsaved.take() {
                    trainer.restore(&last)?;
                    self.save(trainer)?;
                }
                let failure = Failure::Diverged(why + &self.kept());
                return Ok(self.ended(Some(failure)));
            }
            fitted => fitted?,
        }
        self.save(trainer)?;
        // If only another worker was told to stop, it was by the signal that is not typed.
        let left_off = trainer.position().epoch < epochs && !self.is_over();
        if let Some(signal) = self.signals.caught().or(left_off.then_some(SIGTERM)) {
            let (epoch, batch) = (trainer.position().epoch, trainer.position().batch);
            let [epochs, steps] = [counted(epoch as usize, "epoch"), counted(batch as usize, "step")];
            let at = format!("after {epochs} and {steps} of the next");
            let how = match &self.saver {
                Some(saver) => format!("go on with: glassgrad train --resume {}", saver.path().display()),
                None => "nothing was saved, for want of -o MODEL".into(),
            };
            let failure = Failure::Signal(signal, format!("{at}; {how}"));
            return Ok(self.ended(Some(failure)));
        }
        if self.is_over() {
            self.out.remark(format!(
                "stopped early: no lower held-out loss in {} epochs; --patience 0 trains to the end",
                self.run.train.early_stopping.patience
            ));
        }
        self.sketch()?;
        if let Some(best) = &self.best {
            trainer.theta_mut().copy_from_slice(best);
        }
        Ok(self.ended(None))
    }

    fn ended(self, failure: Option<Failure>) -> Ended {
        let early = failure.is_none() && self.is_over();
        let record = self.recorder.map(|recorder| recorder.finish());
        let (saver, history, best_epoch) = (self.saver, self.notes.history, self.best_epoch);
        Ended { failure, early, saver, history, best_epoch, record }
    }

    fn save(&mut self, trainer: &Trainer<T>) -> Result<(), Failure> {
        let Some(saver) = &mut self.saver else { return Ok(()) };
        saver.save(trainer, &self.notes, self.best.as_deref())
    }

    /// Which model is left.
    fn kept(&self) -> String {
        match self.saver.as_ref().map(|saver| (saver.path().display(), saver.saved())) {
            Some((path, Some(epochs))) => format!("\nthe last good model is kept: {path}, of epoch {epochs}"),
            Some((path, None)) => format!("\nno epoch was finished, and nothing written to {path}"),
            None => String::new(),
        }
    }

    /// The losses of all epochs, each in one line of blocks.
    fn sketch(&self) -> Result<(), Failure> {
        const WIDTH: usize = 60;
        let history = &self.notes.history;
        if self.out.quiet || history.len() < 2 {
            return Ok(());
        }
        let training: Vec<f64> = history.iter().map(|record| record.train_loss).collect();
        let held_out: Vec<f64> = history.iter().filter_map(|record| Some(record.validation?.loss)).collect();
        for (what, losses) in [("loss", training), ("held out", held_out)] {
            if let [first, .., last] = losses[..] {
                let (line, first, last) = (sparkline(&losses, WIDTH), figure(first), figure(last));
                self.out.text(format!("{what:<8} {line} {first} to {last}"))?;
            }
        }
        Ok(())
    }

    fn tell(&self, record: &Record) -> Result<(), Failure> {
        let epoch = record.epoch + 1;
        let mut object = json!({"event": "epoch", "epoch": epoch, "train_loss": record.train_loss});
        let mut text = vec![format!("epoch {epoch:>3}: loss {}", figure(record.train_loss))];
        if let Some(validation) = record.validation {
            object["validation_loss"] = validation.loss.into();
            text.push(format!("held out {}", figure(validation.loss)));
            if let Some(accuracy) = validation.accuracy {
                object["accuracy"] = accuracy.into();
                text.push(format!("accuracy {:.2} %", 100.0 * accuracy));
            }
            if let Some(r2) = validation.r2 {
                object["r2"] = r2.into();
                text.push(format!("R² {}", four_places(r2)));
            }
        }
        self.out.object(&object)?;
        if self.out.quiet {
            return Ok(());
        }
        self.bar.aside(|| self.out.text(text.join(", ")))
    }

    /// Saves the epoch, or remembers it until that is due, and tells it.
    fn keep(&mut self, trainer: &Trainer<T>, record: &Record) -> Result<(), Failure> {
        if self.saver.as_ref().is_some_and(Saver::is_due) {
            self.save(trainer)?;
            self.unsaved = None;
        } else if self.saver.is_some() {
            trainer.snapshot(self.unsaved.get_or_insert_default());
        }
        let told = self.tell(record);
        // Who has been told to stop saves, though whoever listened has left.
        if self.signals.caught().is_none() {
            told?;
        }
        if let Some(events) = &mut self.events {
            events.add(record, self.run.optimizer.lr())?;
        }
        Ok(())
    }
}

impl<T: Real> Observer<T> for Watch<'_, T> {
    fn step(&mut self, trainer: &Trainer<T>, step: &Step<T>) -> ControlFlow<()> {
        let held_out = self.notes.history.last().and_then(|record| record.validation);
        self.bar.step(step.loss.to_f64(), held_out);
        if let Some(recorder) = &mut self.recorder {
            recorder.record(trainer, step);
        }
        if self.signals.caught().is_some() { Break(()) } else { Continue(()) }
    }

    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        let scale = self.sets.learnt.targets.as_ref();
        let held_out = |data| match &self.sets.stream {
            Some(stream) => measure_stream(trainer, stream, Part::HeldOut, scale),
            None => measure(trainer, data, scale),
        };
        let validation = self.sets.validation.as_ref().map(held_out).transpose()?;
        let record = Record { epoch: epoch.epoch, train_loss: epoch.loss, validation };
        if let Some(metrics) = validation {
            let least = self.best_epoch.and_then(|best| self.notes.history[best].validation);
            if least.is_none_or(|least| metrics.loss.total_cmp(&least.loss).is_lt()) {
                self.best_epoch = Some(self.notes.history.len());
                self.best = Some(trainer.theta().to_vec());
            }
        }
        self.notes.history.push(record);
        if let Err(failure) = self.keep(trainer, &record) {
            self.failure = Some(failure);
            return Ok(Break(()));
        }
        Ok(if self.is_over() { Break(()) } else { Continue(()) })
    }
}
