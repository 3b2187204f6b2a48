//! [`AdaGrad`]: each gradient divided by the size of all before it.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// s ← s + g², θ ← θ − ηₜ·g / (√s + ε), with ηₜ = η / (1 + (t − 1)·γ) and g = ∇L(θ) + λ·θ.
///
/// Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and
/// Stochastic Optimization", JMLR 12, 2011, equation 1 with the diagonal of G. As `torch.optim.Adagrad`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdaGrad {
    /// Learning rate η ≥ 0. Default 0.01.
    pub lr: f64,
    /// γ ≥ 0: the rate falls as 1/(1 + (t − 1)·γ). Default 0.
    pub lr_decay: f64,
    /// s before the first update, ≥ 0. Default 0.
    pub initial_accumulator: f64,
    /// ε > 0, in units of the gradient. Default 1e-10.
    pub eps: f64,
    /// L2 penalty λ ≥ 0. Default 0.
    pub weight_decay: f64,
}

impl Default for AdaGrad {
    fn default() -> Self {
        AdaGrad { lr: 0.01, lr_decay: 0.0, initial_accumulator: 0.0, eps: 1e-10, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for AdaGrad {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("AdaGrad", "lr", self.lr)?;
        Error::unless_nonnegative("AdaGrad", "lr_decay", self.lr_decay)?;
        Error::unless_nonnegative("AdaGrad", "initial_accumulator", self.initial_accumulator)?;
        Error::unless_positive("AdaGrad", "eps", self.eps)?;
        Error::unless_nonnegative("AdaGrad", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::AdaGrad(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot { name: "sum of squares", squares: true }]
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>) {
        let [sum] = state.split();
        // State starts at 0; adding 0 later changes no bit.
        let start = if at.t == 1 { self.initial_accumulator } else { 0.0 };
        let lr = at.lr / (1.0 + (at.t - 1) as f64 * self.lr_decay);
        let [lr, decay, scale] = [lr, at.weight_decay, at.scale].map(T::from_f64);
        let [start, eps] = [start, self.eps].map(T::from_f64);
        elementwise(
            theta.len(),
            #[inline(always)]
            || {
                for ((x, &g), s) in theta.iter_mut().zip(grad).zip(sum) {
                    let g = scale * g + decay * *x;
                    *s = *s + start + g * g;
                    *x -= lr * g / (s.sqrt() + eps);
                }
            },
        );
    }
}
