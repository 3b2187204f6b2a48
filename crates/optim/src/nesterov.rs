//! [`Nesterov`]: momentum that looks ahead.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// v ← μ·v + g, θ ← θ − η·(g + μ·v), with g = ∇L(θ) + λ·θ.
///
/// Sources: Y. Nesterov, "A method for solving the convex programming problem with convergence rate
/// O(1/k²)", 1983; I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance of initialization
/// and momentum in deep learning", ICML 2013, equations 3 and 4, where the gradient is taken at the point
/// looked ahead to, θ + μ·v. Here that point itself is called θ, as in `torch.optim.SGD(nesterov=True)`,
/// so that the gradient is the ordinary one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nesterov {
    /// Learning rate η ≥ 0. Default 0.01.
    pub lr: f64,
    /// What is kept of the velocity, 0 ≤ μ < 1. Default 0.9.
    pub momentum: f64,
    /// L2 penalty λ ≥ 0. Default 0.
    pub weight_decay: f64,
}

impl Default for Nesterov {
    fn default() -> Self {
        Nesterov { lr: 0.01, momentum: 0.9, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for Nesterov {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("Nesterov", "lr", self.lr)?;
        Error::unless_share("Nesterov", "momentum", self.momentum)?;
        Error::unless_nonnegative("Nesterov", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::Nesterov(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot { name: "velocity", squares: false }]
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>) {
        let [velocity] = state.split();
        let [lr, decay, scale] = [at.lr, at.weight_decay, at.scale].map(T::from_f64);
        let momentum = T::from_f64(self.momentum);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for ((x, &g), v) in theta.iter_mut().zip(grad).zip(velocity) {
                    let g = scale * g + decay * *x;
                    *v = momentum * *v + g;
                    *x -= lr * (g + momentum * *v);
                }
            },
        );
    }
}
