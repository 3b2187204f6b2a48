//! Optimisers by hand: one pass over the arrays that the rule needs, its coefficients computed once a step.

use super::Float;
use crate::workload::Rule;
use glassgrad::ndarray::{Array, Dimension, Zip};

/// One update, ready to be applied to every parameter.
#[derive(Clone, Copy, Debug)]
pub struct Update<T> {
    rule: Rule,
    /// The learning rate; for Adam divided by 1 − β₁ᵗ.
    lr: T,
    /// Adam's 1/√(1 − β₂ᵗ).
    correct: T,
}

impl<T: Float> Update<T> {
    /// Update number `t`, counted from 1.
    pub fn new(rule: Rule, t: i32) -> Self {
        let (lr, correct) = match rule {
            Rule::Sgd | Rule::Momentum => (0.01, 1.0),
            Rule::Adam => (0.001 / (1.0 - 0.9_f64.powi(t)), 1.0 / (1.0 - 0.999_f64.powi(t)).sqrt()),
        };
        Self { rule, lr: T::from_f64(lr), correct: T::from_f64(correct) }
    }

    /// Moves the parameters `w` against their gradient `g`; `m` and `v` are the state, 0 at first.
    pub fn apply<D: Dimension>(
        self,
        w: &mut Array<T, D>,
        g: &Array<T, D>,
        m: &mut Array<T, D>,
        v: &mut Array<T, D>,
    ) {
        let Self { rule, lr, correct } = self;
        let [keep1, new1, keep2, new2, eps] = [0.9, 0.1, 0.999, 0.001, 1e-8].map(T::from_f64);
        match rule {
            Rule::Sgd => w.zip_mut_with(g, |w, &g| *w -= lr * g),
            Rule::Momentum => Zip::from(w).and(g).and(m).for_each(|w, &g, m| {
                *m = keep1 * *m + g;
                *w -= lr * *m;
            }),
            Rule::Adam => Zip::from(w).and(g).and(m).and(v).for_each(|w, &g, m, v| {
                *m = keep1 * *m + new1 * g;
                *v = keep2 * *v + new2 * g * g;
                *w -= lr * *m / (v.std_sqrt() * correct + eps);
            }),
        }
    }
}
