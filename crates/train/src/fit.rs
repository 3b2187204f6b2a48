use crate::{Error, Step, Trainer};
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_tensor::Scalar;
use std::ops::ControlFlow;

/// What one epoch was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Which epoch, counted from 0.
    pub epoch: u64,
    /// The mean over the epoch's rows of the loss that each had when its batch came, before that update.
    pub loss: f64,
}

/// Watches training, and may stop it. Both methods do nothing unless given.
pub trait Observer<T: Scalar> {
    /// After each step, with everything of the step still readable in `trainer`.
    fn step(&mut self, trainer: &Trainer<T>, step: &Step<T>) -> ControlFlow<()> {
        let _ = (trainer, step);
        ControlFlow::Continue(())
    }

    /// After each epoch; `trainer` can be asked to evaluate.
    ///
    /// # Errors
    /// Whatever evaluating may report; training ends with it.
    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        let _ = (trainer, epoch);
        Ok(ControlFlow::Continue(()))
    }
}

/// Watches nothing.
impl<T: Scalar> Observer<T> for () {}

impl<T: Scalar> Trainer<T> {
    /// Trains on shuffled mini-batches of `batch` rows until `epochs` epochs are done, counted from the
    /// start of the run: after 5 epochs, `fit` with `epochs` 6 does one more. The last short batch of an
    /// epoch is kept. It goes on from [`position`](Self::position), in the middle of an epoch too.
    ///
    /// The order of rows comes from the trainer's seed and the epoch; each batch is gathered straight into
    /// the network's memory.
    ///
    /// # Errors
    /// Data that does not fit the network, or [`Error::Diverged`], with θ as it was before that step.
    pub fn fit(
        &mut self,
        data: &Dataset<T>,
        batch: usize,
        epochs: u64,
        observer: &mut dyn Observer<T>,
    ) -> Result<(), Error> {
        self.check_data(data)?;
        let mut batches = Batches::shuffled(data.rows(), batch, self.seed)?;
        while self.position.epoch < epochs {
            let epoch = self.position.epoch;
            batches.start(epoch);
            let (mut loss, mut count) = (0.0, 0);
            for rows in batches.iter().skip(self.position.batch as usize) {
                self.gather(data, rows)?;
                let step = self.step()?;
                loss += step.loss.to_f64() * rows.len() as f64;
                count += rows.len();
                if observer.step(self, &step).is_break() {
                    return Ok(());
                }
            }
            self.position.epoch += 1;
            self.position.batch = 0;
            // An epoch resumed after its last batch has no loss of its own.
            let loss = if count == 0 { f64::NAN } else { loss / count as f64 };
            if observer.epoch(self, &Epoch { epoch, loss })?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Gathers these rows straight into the network's memory.
    pub(crate) fn gather(&mut self, data: &Dataset<T>, rows: &[usize]) -> Result<(), Error> {
        self.memory.resize(&self.tape, rows.len())?;
        data.gather_features(rows, self.memory.input(self.x))?;
        data.gather_targets(rows, self.memory.input(self.y))?;
        Ok(())
    }

    /// Whether a data set has the network's inputs and the loss's kind and number of targets.
    pub(crate) fn check_data(&self, data: &Dataset<T>) -> Result<(), Error> {
        let same = |what, expected, found| {
            if expected == found { Ok(()) } else { Err(Error::Mismatch { what, expected, found }) }
        };
        same("feature columns", self.tape.shape(self.x).columns, data.features().ncols())?;
        let outputs = self.tape.shape(self.prediction).columns;
        match (data.targets(), self.kind.wants_labels()) {
            (Targets::Labels { classes, .. }, true) => same("classes", outputs, classes.len()),
            (Targets::Values(values), false) => same("target columns", outputs, values.ncols()),
            // One output can say which of two classes it is.
            (Targets::Labels { classes, .. }, false)
                if self.kind == glassgrad_layers::Loss::BinaryCrossEntropy =>
            {
                same("target columns", outputs, 1)?;
                same("classes", 2, classes.len())
            }
            (Targets::Labels { .. }, false) => {
                Err(Error::TargetKind { expected: "values", found: "class labels" })
            }
            (Targets::Values(_), true) => {
                Err(Error::TargetKind { expected: "class labels", found: "values" })
            }
        }
    }
}
