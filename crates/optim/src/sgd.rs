//! [`Sgd`]: stochastic gradient descent.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// θ ← θ − η·g, with g = ∇L(θ) + λ·θ.
///
/// Source: H. Robbins and S. Monro, "A Stochastic Approximation Method", Annals of Mathematical
/// Statistics 22, 1951, doi 10.1214/aoms/1177729586. As `torch.optim.SGD` without momentum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sgd {
    /// Learning rate η ≥ 0. Default 0.01.
    pub lr: f64,
    /// L2 penalty λ ≥ 0: the loss is taken to hold ½λ‖θ‖². Default 0.
    pub weight_decay: f64,
}

impl Default for Sgd {
    fn default() -> Self {
        Sgd { lr: 0.01, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for Sgd {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("Sgd", "lr", self.lr)?;
        Error::unless_nonnegative("Sgd", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::Sgd(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        &[]
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], _: State<'_, T>) {
        let [lr, decay, scale] = [at.lr, at.weight_decay, at.scale].map(T::from_f64);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for (x, &g) in theta.iter_mut().zip(grad) {
                    let g = scale * g + decay * *x;
                    *x -= lr * g;
                }
            },
        );
    }
}
