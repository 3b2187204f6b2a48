//! [`Saver`]: the model's file, held against other writers for as long as the run lasts.

use crate::failure::Failure;
use crate::model::Real;
use crate::place::Place;
use glassgrad_train::{Notes, Trainer};
use std::path::Path;
use std::time::{Duration, Instant};

/// Saving in between takes one part in so many of the time.
const SHARE: u32 = 50;

/// Saves a run.
#[derive(Debug)]
pub(super) struct Saver {
    place: Place,
    /// When it was last saved, and how long that took.
    last: Option<(Instant, Duration)>,
    /// The epochs that were done when it was last saved.
    epochs: u64,
}

impl Saver {
    /// A model that is there already stays until the first save.
    pub(super) fn at(place: Place) -> Self {
        Self { place, last: None, epochs: 0 }
    }

    /// Where.
    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }

    /// How many epochs had been done when it was last saved; none if it never was.
    pub(super) fn saved(&self) -> Option<u64> {
        self.last.map(|_| self.epochs)
    }

    /// Whether it is time to save in between: at first, and then so that it takes a fiftieth of the time.
    pub(super) fn is_due(&self) -> bool {
        self.last.is_none_or(|(when, took)| when.elapsed() >= took * SHARE)
    }

    /// Saves.
    pub(super) fn save<T: Real>(
        &mut self,
        trainer: &Trainer<T>,
        notes: &Notes,
        best: Option<&[T]>,
    ) -> Result<(), Failure> {
        let start = Instant::now();
        trainer.save(self.path(), notes, best)?;
        self.last = Some((Instant::now(), start.elapsed()));
        self.epochs = trainer.position().epoch;
        Ok(())
    }
}
