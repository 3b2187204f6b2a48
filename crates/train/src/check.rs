use crate::{Error, NonFinite, Trainer};
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;

impl<T: Scalar> Trainer<T> {
    /// Whether a data set has the network's inputs and the loss's kind and number of targets.
    pub(crate) fn check_data(&self, data: &Dataset<T>) -> Result<(), Error> {
        self.check_kind(data)?;
        match data.targets() {
            Targets::Labels { .. } => Ok(()),
            Targets::Values(values) => check_probabilities(&self.kind, values.view()),
        }
    }

    /// As [`check_data`](Self::check_data), without a look at the values.
    pub(crate) fn check_kind(&self, data: &Dataset<T>) -> Result<(), Error> {
        let same = |what, expected, found| {
            if expected == found { Ok(()) } else { Err(Error::Mismatch { what, expected, found }) }
        };
        same("feature columns", self.tape.shape(self.x).columns, data.columns().len())?;
        let outputs = self.tape.shape(self.prediction).columns;
        match (data.targets(), self.kind.wants_labels()) {
            (Targets::Labels { classes, .. }, true) => same("classes", outputs, classes.len()),
            (Targets::Values(values), false) => same("target columns", outputs, values.ncols()),
            // One output can say which of two classes it is.
            (Targets::Labels { classes, .. }, false) if self.kind == Loss::BinaryCrossEntropy => {
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

    /// Whether an epoch left θ finite. Asked for once an epoch, this costs nothing that could be measured.
    pub(crate) fn check_theta(&self, epoch: u64) -> Result<(), Error> {
        if self.theta.iter().all(|x| x.is_finite()) {
            return Ok(());
        }
        let first = NonFinite::of("theta", self.tape.layout(), &self.theta).swap_remove(0);
        Err(Error::Spoiled { epoch, lr: self.descent.lr(), first })
    }

    /// Whether the batches done of the epoch at hand are the first of these.
    pub(crate) fn check_resume(&self, batches: &Batches) -> Result<(), Error> {
        self.check_done(batches.rows() as u64, batches.size() as u64)
    }

    /// Whether the batches done of the epoch at hand are the first of `rows` rows in batches of `batch`, at most all.
    pub(crate) fn check_done(&self, rows: u64, batch: u64) -> Result<(), Error> {
        let done = self.position.batch;
        if done <= rows.div_ceil(batch) && self.so_far.rows == done.saturating_mul(batch).min(rows) {
            return Ok(());
        }
        Err(Error::Resume { position: self.position, done: self.so_far.rows, rows, batch })
    }
}

/// Whether targets of binary cross-entropy are from 0 to 1. Beyond, it has no least value, and
/// training would run off to −∞.
pub(crate) fn check_probabilities<T: Scalar>(loss: &Loss, y: ArrayView2<'_, T>) -> Result<(), Error> {
    if *loss != Loss::BinaryCrossEntropy {
        return Ok(());
    }
    let range = T::zero()..=T::one();
    match y.indexed_iter().find(|(_, target)| !range.contains(target)) {
        Some(((row, column), target)) => Err(Error::Probability { row, column, found: target.to_f64() }),
        None => Ok(()),
    }
}
