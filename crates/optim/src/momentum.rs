//! [`Momentum`]: gradient descent with a heavy ball.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// v ← μ·v + (1 − d)·g, θ ← θ − η·v, with g = ∇L(θ) + λ·θ; v ← g at the first update.
///
/// Sources: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964,
/// doi 10.1016/0041-5553(64)90137-5; I. Sutskever, J. Martens, G. Dahl and G. Hinton, "On the importance
/// of initialization and momentum in deep learning", ICML 2013, equations 1 and 2. There η is inside v;
/// here, as in `torch.optim.SGD(momentum=…)`, outside, so that a schedule acts at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Momentum {
    /// Learning rate η ≥ 0. Default 0.01.
    pub lr: f64,
    /// What is kept of the velocity, 0 ≤ μ < 1. Default 0.9.
    pub momentum: f64,
    /// Dampening, 0 ≤ d ≤ 1: what is left out of a new gradient after the first. Default 0.
    pub dampening: f64,
    /// L2 penalty λ ≥ 0. Default 0.
    pub weight_decay: f64,
}

impl Default for Momentum {
    fn default() -> Self {
        Momentum { lr: 0.01, momentum: 0.9, dampening: 0.0, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for Momentum {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        let d = self.dampening;
        Error::unless_nonnegative("Momentum", "lr", self.lr)?;
        Error::unless_share("Momentum", "momentum", self.momentum)?;
        Error::unless((0.0..=1.0).contains(&d), ("Momentum", "dampening", d), ">= 0 and <= 1")?;
        Error::unless_nonnegative("Momentum", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::Momentum(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot { name: "velocity", squares: false }]
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>) {
        let [velocity] = state.split();
        let new = if at.t == 1 { 1.0 } else { 1.0 - self.dampening };
        let [lr, decay, scale] = [at.lr, at.weight_decay, at.scale].map(T::from_f64);
        let [momentum, new] = [self.momentum, new].map(T::from_f64);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for ((x, &g), v) in theta.iter_mut().zip(grad).zip(velocity) {
                    let g = scale * g + decay * *x;
                    *v = momentum * *v + new * g;
                    *x -= lr * *v;
                }
            },
        );
    }
}
