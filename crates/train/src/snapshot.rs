//! [`Snapshot`]: where training stood, kept in memory.

use crate::mean::LossMean;
use crate::trainer::Position;
use crate::{Error, Trainer};
use glassgrad_optim::Progress;
use glassgrad_tensor::Scalar;

/// Everything of a [`Trainer`] that training changes: θ, what the optimiser remembers, and the position.
///
/// ```
/// # use glassgrad_data::Dataset;
/// # use glassgrad_layers::{Dense, Loss};
/// # use glassgrad_optim::{Adam, Recipe};
/// # use glassgrad_train::{Snapshot, Trainer};
/// # use ndarray::array;
/// # let data = Dataset::with_values(array![[1.0], [2.0], [3.0]], array![[2.0], [4.0], [6.0]])?;
/// # let adam = Recipe::new(Adam::default());
/// # let mut trainer = Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, adam, 7)?;
/// let mut snapshot = Snapshot::default();
/// trainer.snapshot(&mut snapshot);
/// trainer.fit(&data, 2, 5, &mut ())?;
/// let theta = trainer.theta().to_vec();
/// trainer.restore(&snapshot)?;
/// trainer.fit(&data, 2, 5, &mut ())?;
/// assert_eq!(trainer.theta(), theta, "the same epochs once more, bit for bit");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Snapshot<T> {
    theta: Vec<T>,
    /// The optimiser's vectors, back to back.
    state: Vec<T>,
    progress: Progress,
    position: Position,
    so_far: LossMean,
}

impl<T: Scalar> Trainer<T> {
    /// Puts where training stands into `snapshot`, in the memory that it has, if it has been used before.
    pub fn snapshot(&self, snapshot: &mut Snapshot<T>) {
        // Each field by name, so that none is forgotten.
        let Snapshot { theta, state, progress, position, so_far } = snapshot;
        theta.clone_from(&self.theta);
        state.clear();
        state.extend_from_slice(self.descent.state());
        *progress = self.descent.progress();
        *position = self.position;
        *so_far = self.so_far;
    }

    /// Goes back to where training stood. The batch that is loaded stays, with the values that it had.
    ///
    /// # Errors
    /// If the snapshot is of another network or optimiser, or of a state with numbers that are not finite; nothing has
    /// changed then.
    pub fn restore(&mut self, snapshot: &Snapshot<T>) -> Result<(), Error> {
        let (expected, found) = (self.theta.len(), snapshot.theta.len());
        if expected != found {
            return Err(
                glassgrad_autograd::Error::Length { what: "θ of the snapshot", expected, found }.into()
            );
        }
        self.descent.restore(snapshot.progress, &snapshot.state)?;
        self.theta.copy_from_slice(&snapshot.theta);
        (self.position, self.so_far) = (snapshot.position, snapshot.so_far);
        Ok(())
    }
}
