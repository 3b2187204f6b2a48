//! [`AdamW`]: Adam with weight decay taken from θ itself.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// θ ← θ − η·λ·θ, then an update as of [`Adam`](crate::Adam) with g = ∇L(θ) alone, so that the decay is
/// not divided by √v.
///
/// Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
/// arXiv:1711.05101, Algorithm 2. As `torch.optim.AdamW`, whose λ is the paper's divided by α: the
/// paper multiplies λ by the schedule only, PyTorch by the whole learning rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    /// Learning rate η ≥ 0. Default 0.001.
    pub lr: f64,
    /// What is kept of the mean m, 0 ≤ β₁ < 1. Default 0.9.
    pub beta1: f64,
    /// What is kept of the mean square v, 0 ≤ β₂ < 1. Default 0.999.
    pub beta2: f64,
    /// ε > 0, in units of the gradient. Default 1e-8.
    pub eps: f64,
    /// Decay λ ≥ 0: θ loses the share η·λ of itself at every update. Default 0.01.
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        AdamW { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 }
    }
}

impl<T: Scalar> Optimizer<T> for AdamW {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("AdamW", "lr", self.lr)?;
        Error::unless_share("AdamW", "beta1", self.beta1)?;
        Error::unless_share("AdamW", "beta2", self.beta2)?;
        Error::unless_positive("AdamW", "eps", self.eps)?;
        Error::unless_nonnegative("AdamW", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::AdamW(self.clone()))
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
        let [keep, scale] = [1.0 - at.lr * at.weight_decay, at.scale].map(T::from_f64);
        let [new1, old2, new2] = [1.0 - self.beta1, self.beta2, 1.0 - self.beta2].map(T::from_f64);
        let eps = T::from_f64(self.eps);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for (((x, &g), m), v) in theta.iter_mut().zip(grad).zip(first).zip(second) {
                    let g = scale * g;
                    *m += new1 * (g - *m);
                    *v = old2 * *v + new2 * g * g;
                    *x = keep * *x - step * *m / (v.sqrt() * correct + eps);
                }
            },
        );
    }
}
