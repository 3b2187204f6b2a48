//! [`RmsProp`]: each gradient divided by its recent size.

use crate::{At, Error, Optimizer, Rule, Slot, State};
use glassgrad_tensor::{Scalar, elementwise};
use serde::{Deserialize, Serialize};

/// s ← α·s + (1 − α)·g², θ ← θ − η·g / (√s + ε), with g = ∇L(θ) + λ·θ.
///
/// Centred, the size is the standard deviation: ḡ ← ḡ + (1 − α)·(g − ḡ), and √(s − ḡ²) replaces √s.
///
/// Sources: T. Tieleman and G. Hinton, "Lecture 6.5 — RMSProp", Coursera: Neural Networks for Machine
/// Learning, 2012; centred: A. Graves, "Generating Sequences With Recurrent Neural Networks", 2013,
/// arXiv:1308.0850, equations 38 to 41. As `torch.optim.RMSprop` without momentum, except that s − ḡ² is
/// not let below 0, where rounding takes it when gradients hardly change and the root would be NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RmsProp {
    /// Learning rate η ≥ 0. Default 0.01.
    pub lr: f64,
    /// What is kept of the averages, 0 ≤ α < 1. Default 0.99.
    pub alpha: f64,
    /// ε > 0, in units of the gradient. Default 1e-8.
    pub eps: f64,
    /// Whether to divide by the standard deviation instead of the root mean square. Default no.
    pub centered: bool,
    /// L2 penalty λ ≥ 0. Default 0.
    pub weight_decay: f64,
}

impl Default for RmsProp {
    fn default() -> Self {
        RmsProp { lr: 0.01, alpha: 0.99, eps: 1e-8, centered: false, weight_decay: 0.0 }
    }
}

impl<T: Scalar> Optimizer<T> for RmsProp {
    fn lr(&self) -> f64 {
        self.lr
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn validate(&self) -> Result<(), Error> {
        Error::unless_nonnegative("RmsProp", "lr", self.lr)?;
        Error::unless_share("RmsProp", "alpha", self.alpha)?;
        Error::unless_positive("RmsProp", "eps", self.eps)?;
        Error::unless_nonnegative("RmsProp", "weight_decay", self.weight_decay)
    }

    fn rule(&self) -> Option<Rule> {
        Some(Rule::RmsProp(self.clone()))
    }

    fn slots(&self) -> &'static [Slot] {
        const SLOTS: &[Slot] =
            &[Slot { name: "mean square", squares: true }, Slot { name: "mean", squares: false }];
        if self.centered { SLOTS } else { &SLOTS[..1] }
    }

    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>) {
        let [lr, decay, scale] = [at.lr, at.weight_decay, at.scale].map(T::from_f64);
        let [old, new, eps] = [self.alpha, 1.0 - self.alpha, self.eps].map(T::from_f64);
        if self.centered {
            let [square, mean] = state.split();
            elementwise(
                theta.len(),
                #[inline(always)]
                || {
                    for (((x, &g), s), m) in theta.iter_mut().zip(grad).zip(square).zip(mean) {
                        let g = scale * g + decay * *x;
                        *s = old * *s + new * g * g;
                        *m += new * (g - *m);
                        let variance = (*s - *m * *m).larger(T::zero());
                        *x -= lr * g / (variance.sqrt() + eps);
                    }
                },
            );
        } else {
            let [square] = state.split();
            elementwise(
                theta.len(),
                #[inline(always)]
                || {
                    for ((x, &g), s) in theta.iter_mut().zip(grad).zip(square) {
                        let g = scale * g + decay * *x;
                        *s = old * *s + new * g * g;
                        *x -= lr * g / (s.sqrt() + eps);
                    }
                },
            );
        }
    }
}
