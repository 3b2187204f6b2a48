//! Writing a checkpoint.

use super::header::Header;
use super::{BEST, FORMAT, Notes, Origin, THETA, state};
use crate::{Error, Trainer};
use glassgrad_store::{Element, Image, Section, replace};
use glassgrad_tensor::Scalar;
use std::path::Path;

impl<T: Scalar + Element> Trainer<T> {
    /// Writes everything that the run needs to go on as if it had never stopped, in the middle of an epoch too;
    /// `best` is a θ that is kept beside, usually the one with the lowest validation loss.
    ///
    /// Afterwards the path holds the old file or the new one, whole, whatever happens; `Ok` means that the new
    /// one has reached the disk. It takes no lock: who wants to keep other writers out takes
    /// `glassgrad_store::Lock` for as long as the run lasts.
    ///
    /// ```
    /// # use glassgrad_data::Dataset;
    /// # use glassgrad_layers::{Dense, Loss};
    /// # use glassgrad_optim::{Adam, Recipe};
    /// # use glassgrad_train::{Checkpoint, Notes, Trainer};
    /// # use ndarray::array;
    /// # let data = Dataset::with_values(array![[1.0], [2.0], [3.0]], array![[2.0], [4.0], [6.0]])?;
    /// # let path = std::env::temp_dir().join(format!("glassgrad-save-{}.ckpt", std::process::id()));
    /// let adam = Recipe::new(Adam::default());
    /// let mut trainer = Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, adam, 7)?;
    /// trainer.fit(&data, 2, 5, &mut ())?;
    /// trainer.save(&path, &Notes { batch: 2, ..Notes::default() }, None)?;
    ///
    /// let (mut other, notes, _) = Checkpoint::open(&path)?.into_trainer::<f64>()?;
    /// trainer.fit(&data, 2, 10, &mut ())?;
    /// other.fit(&data, notes.batch as usize, 10, &mut ())?;
    /// assert_eq!(trainer.theta(), other.theta());
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Optimizer`] for a rule that is none of `glassgrad-optim`, [`Error::Network`] for a `best` that is
    /// not as long as θ, [`Error::Store`] for what stands in the way of writing; the old file is then untouched.
    pub fn save(&self, path: impl AsRef<Path>, notes: &Notes, best: Option<&[T]>) -> Result<(), Error> {
        self.save_as(path, notes, best, &Origin::here())
    }

    /// As [`save`](Self::save), for who writes a file again as it was: the origin is said to be another.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_as(
        &self,
        path: impl AsRef<Path>,
        notes: &Notes,
        best: Option<&[T]>,
        origin: &Origin,
    ) -> Result<(), Error> {
        let len = self.theta.len();
        if let Some(found) = best.map(<[T]>::len).filter(|found| *found != len) {
            return Err(glassgrad_autograd::Error::Length { what: "the best θ", expected: len, found }.into());
        }
        let header = Header {
            origin: origin.clone(),
            precision: T::DTYPE,
            program: self.tape.program_before(self.y),
            x: self.x,
            prediction: self.prediction,
            loss: self.kind.clone(),
            reduction: self.reduction,
            plan: self.descent.plan()?,
            progress: self.descent.progress(),
            seed: self.seed,
            position: self.position,
            so_far: self.so_far,
            notes,
        };
        let slots: Vec<_> = self.descent.slots().map(|(name, vector)| (state(name), vector)).collect();
        let sections: Vec<_> = [(THETA, &*self.theta)]
            .into_iter()
            .chain(slots.iter().map(|(name, vector)| (name.as_str(), *vector)))
            .chain(best.map(|best| (BEST, best)))
            .filter(|_| len > 0)
            .map(|(name, vector)| Section::new(name, 1, len, vector))
            .collect();
        let image = Image::new(&FORMAT, &header, &sections)?;
        Ok(replace(path, |sink| image.write_to(sink))?)
    }
}
