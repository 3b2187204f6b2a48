//! [`Sentinel`]: stops a run at its first bad gradient.

use crate::first_bad::{BadValue, locate};
use glassgrad_tensor::{Scalar, vectorized};
use glassgrad_train::{Observer, Step, Trainer};
use std::ops::ControlFlow;

/// Looks at the gradient of every step, and stops the run at the first NaN or infinity in it: a finite loss may have one,
/// and the next loss would then be NaN from parameters that went bad before.
///
/// Cost a step: a look at each number of ∇θ and a copy of θ; in the networks of `benches/RESULTS.md`, of four to 100,000
/// parameters, 1 to 25 % of the step.
#[derive(Debug)]
pub struct Sentinel<T> {
    /// θ before the step that is being made.
    theta: Vec<T>,
    found: Option<BadValue>,
}

impl<T: Scalar> Sentinel<T> {
    /// For a run that goes on from where the trainer is.
    pub fn new(trainer: &Trainer<T>) -> Self {
        Self { theta: trainer.theta().to_vec(), found: None }
    }

    /// What stopped the run, if that was a bad gradient.
    pub fn found(&self) -> Option<&BadValue> {
        self.found.as_ref()
    }
}

impl<T: Scalar> Observer<T> for Sentinel<T> {
    fn step(&mut self, trainer: &Trainer<T>, _: &Step<T>) -> ControlFlow<()> {
        if finite(trainer.grad()) {
            self.theta.copy_from_slice(trainer.theta());
            return ControlFlow::Continue(());
        }
        self.found = locate(trainer.tape(), trainer.loss(), &self.theta, trainer.memory());
        ControlFlow::Break(())
    }
}

/// Whether all of them are. 0·x is 0 for what is finite and NaN for all else, and a sum keeps a NaN; in 32 lanes, so
/// that no addition waits for the one before.
fn finite<T: Scalar>(numbers: &[T]) -> bool {
    const LANES: usize = 32;
    let mut sums = [T::zero(); LANES];
    vectorized(
        #[inline(always)]
        || {
            let chunks = numbers.chunks_exact(LANES);
            let rest = chunks.remainder();
            for chunk in chunks.chain([rest]) {
                for (sum, &x) in sums.iter_mut().zip(chunk) {
                    *sum += x * T::zero();
                }
            }
        },
    );
    sums.iter().all(|sum| sum.is_finite())
}
