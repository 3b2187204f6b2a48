//! [`Adam`]: momentum divided by the gradient's recent size, both corrected for their start at 0.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// m ← m + (1 − β₁)·(g − m), v ← β₂·v + (1 − β₂)·g², θ ← θ − η/(1 − β₁ᵗ)·m / (√v/√(1 − β₂ᵗ) + ε),
/// with g = ∇L(θ) + λ·θ.
///
/// Source: D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
/// arXiv:1412.6980, Algorithm 1. As `torch.optim.Adam`. Weight decay that is not divided by √v is
/// [`AdamW`](crate::AdamW).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// Learning rate η ≥ 0. Default 0.001.
    pub lr: f64,
    /// What is kept of the mean m, 0 ≤ β₁ < 1. Default 0.9.
    pub beta1: f64,
    /// What is kept of the mean square v, 0 ≤ β₂ < 1. Default 0.999.
    pub beta2: f64,
    /// ε > 0, in units of the gradient. Default 1e-8.
    pub eps: f64,
    /// L2 penalty λ ≥ 0. Default 0.
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Adam { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for Adam {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("Adam", "lr", self.lr)?;
        Error::unless_share("Adam", "beta1", self.beta1)?;
        Error::unless_share("Adam", "beta2", self.beta2)?;
        Error::unless_positive("Adam", "eps", self.eps)?;
        Error::unless_nonnegative("Adam", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::Adam(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot { name: "first moment", squares: false }, Slot { name: "second moment", squares: true }]
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>) {
        let [first, second] = state.split();
        let t = at.t as f64;
        let step = T::from_f64(at.lr / (1.0 - self.beta1.powf(t)));
        // Its reciprocal, so that the loop has one division less.
        let correct = T::from_f64(1.0 / (1.0 - self.beta2.powf(t)).sqrt());
        let [decay, scale] = [at.weight_decay, at.scale].map(T::from_f64);
        let [new1, old2, new2] = [1.0 - self.beta1, self.beta2, 1.0 - self.beta2].map(T::from_f64);
        let eps = T::from_f64(self.eps);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for (((x, &g), m), v) in theta.iter_mut().zip(grad).zip(first).zip(second) {
                    let g = scale * g + decay * *x;
                    *m += new1 * (g - *m);
                    *v = old2 * *v + new2 * g * g;
                    *x -= step * *m / (v.sqrt() * correct + eps);
                }
            },
        );
    }
}
