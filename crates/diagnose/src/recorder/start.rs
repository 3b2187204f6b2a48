//! What a recorder measures once, at a run's first step: the curvature of the loss.

use super::Recorder;
use crate::eigen::lanczos;
use crate::record::Start;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Step, Trainer};

/// Products for the curvature at the start: enough for its first digit or two.
const PRODUCTS: usize = 12;

impl<T: Scalar> Recorder<T> {
    pub(super) fn start(&mut self, trainer: &Trainer<T>, step: &Step<T>) {
        let plain = trainer.descent().rule().slots().is_empty() && step.norm.is_none();
        let (tape, mut memory) = (trainer.tape(), trainer.memory().clone());
        let (mut theta, mut grad) = (self.before.clone(), self.before.clone());
        let reach = reach::<T>();
        let mut gradient = |v: &[f64], step: f64| -> Vec<f64> {
            for ((x, start), v) in theta.iter_mut().zip(&self.before).zip(v) {
                *x = *start + T::from_f64(step * v);
            }
            tape.forward_to(trainer.loss(), &theta, &mut memory);
            tape.backward(trainer.loss(), &theta, &mut grad, &mut memory);
            grad.iter().map(|g| g.to_f64()).collect()
        };
        let product = |v: &[f64]| {
            let (ahead, behind) = (gradient(v, reach), gradient(v, -reach));
            ahead.iter().zip(behind).map(|(ahead, behind)| (ahead - behind) / (2.0 * reach)).collect()
        };
        let curvature = plain.then(|| lanczos(self.before.len(), PRODUCTS, 1e-3, product)).flatten();
        let curvature = curvature.map(|largest| largest.value);
        self.record.start = Some(Start { lr: step.lr, rows: trainer.memory().batch(), curvature });
    }
}

/// How far a central difference of gradients should reach: ∛ε of the numbers at hand, where rounding and the ε² of
/// the difference are alike. Exact products on dual numbers would cost some eight times as much.
fn reach<T: Scalar>() -> f64 {
    let third = 1.0 / 3.0;
    (3.0 * (T::from_f64(third).to_f64() - third).abs() + f64::EPSILON).cbrt()
}
