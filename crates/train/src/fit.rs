use crate::{Error, Step, Trainer};
use glassgrad_data::{Batches, Dataset};
use glassgrad_tensor::Scalar;
use std::ops::ControlFlow;

/// What one epoch was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Which epoch, counted from 0.
    pub epoch: u64,
    /// The mean over the epoch's rows of the loss that each had when its batch came, before that update;
    /// the mean of the loss's terms, whether or not training takes their sum.
    pub loss: f64,
}

/// Watches training, and may stop it. Both methods do nothing unless given.
///
/// A closure is an observer of epochs:
///
/// ```
/// # use glassgrad_data::Dataset;
/// # use glassgrad_layers::{Dense, Loss};
/// # use glassgrad_optim::{Recipe, Sgd};
/// # use glassgrad_train::{Epoch, Trainer};
/// # use ndarray::array;
/// # use std::ops::ControlFlow;
/// # let data = Dataset::with_values(array![[1.0], [2.0]], array![[2.0], [4.0]])?;
/// # let sgd = Recipe::new(Sgd { lr: 0.1, ..Sgd::default() });
/// # let mut trainer = Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, sgd, 0)?;
/// let mut losses = Vec::new();
/// trainer.fit(&data, 1, 1000, &mut |_: &mut Trainer<f64>, epoch: &Epoch| {
///     losses.push(epoch.loss);
///     Ok(if epoch.loss < 1e-6 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
/// })?;
/// assert!(losses.len() < 1000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer<T: Scalar> {
    /// After each step, with everything of the step still readable in `trainer`: the values and adjoints
    /// before the update, θ after it. To break here leaves the epoch unfinished; the next
    /// [`fit`](Trainer::fit) goes on with it.
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

impl<T: Scalar, F> Observer<T> for F
where
    F: FnMut(&mut Trainer<T>, &Epoch) -> Result<ControlFlow<()>, Error>,
{
    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self(trainer, epoch)
    }
}

impl<T: Scalar> Trainer<T> {
    /// Trains on shuffled mini-batches of `batch` rows until `epochs` epochs are done, counted from the
    /// start of the run: after 5 epochs, `fit` with `epochs` 6 does one more. The last short batch of an
    /// epoch is kept. It goes on from [`position`](Self::position), in the middle of an epoch too.
    ///
    /// The order of rows comes from the trainer's seed and the epoch; each batch is gathered straight into
    /// the network's memory.
    ///
    /// # Errors
    /// Data that does not fit the network; a batch size of 0; [`Error::Resume`]; [`Error::Diverged`] before a step
    /// whose loss is not finite, with θ as it was; or, at the end of an epoch, [`Error::Spoiled`]. So no NaN passes: a
    /// step looks at its loss, the end of an epoch at θ. A gradient may be NaN while the loss is finite, and
    /// spoil θ before the next loss tells; to be stopped at that very gradient, clip it by its norm, or watch it with
    /// `glassgrad-diagnose`'s `Sentinel`.
    pub fn fit(
        &mut self,
        data: &Dataset<T>,
        batch: usize,
        epochs: u64,
        observer: &mut dyn Observer<T>,
    ) -> Result<(), Error> {
        let mut batches = Batches::shuffled(data.rows(), batch, self.seed)?;
        self.fit_batches(data, &mut batches, epochs, observer)
    }

    /// As [`fit`](Self::fit), on these batches: [`Batches::sequential`] for rows in their own order.
    ///
    /// # Errors
    /// As [`fit`](Self::fit); or rows that the data does not have.
    pub fn fit_batches(
        &mut self,
        data: &Dataset<T>,
        batches: &mut Batches,
        epochs: u64,
        observer: &mut dyn Observer<T>,
    ) -> Result<(), Error> {
        self.fit_by(data, batches, epochs, observer, |trainer, rows| {
            trainer.gather(data, rows)?;
            trainer.loaded = true;
            trainer.step()
        })
    }

    /// [`fit_batches`](Self::fit_batches) with another way to make a step on some rows.
    pub(crate) fn fit_by(
        &mut self,
        data: &Dataset<T>,
        batches: &mut Batches,
        epochs: u64,
        observer: &mut dyn Observer<T>,
        mut step: impl FnMut(&mut Self, &[usize]) -> Result<Step<T>, Error>,
    ) -> Result<(), Error> {
        self.check_data(data)?;
        self.check_resume(batches)?;
        while self.position.epoch < epochs {
            batches.start(self.position.epoch);
            for rows in batches.iter().skip(self.position.batch as usize) {
                let step = step(self, rows)?;
                if observer.step(self, &step).is_break() {
                    return Ok(());
                }
            }
            if self.tell_epoch(observer)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Puts these rows of a data set where the tape reads its inputs.
    pub(crate) fn gather(&mut self, data: &Dataset<T>, rows: &[usize]) -> Result<(), Error> {
        self.memory.resize(&self.tape, rows.len())?;
        data.gather_features(rows, self.memory.input(self.x))?;
        data.gather_targets(rows, self.memory.input(self.y))?;
        Ok(())
    }

    /// Ends the epoch and hands it to the observer, unless it spoiled θ.
    pub(crate) fn tell_epoch(&mut self, observer: &mut dyn Observer<T>) -> Result<ControlFlow<()>, Error> {
        let epoch = self.end_epoch();
        self.check_theta(epoch.epoch)?;
        observer.epoch(self, &epoch)
    }
}
