//! Softmax and the cross-entropies, row by row.
//!
//! Each starts from a row's maximum and the `rest`, Σ e^(x − max) over all but that maximum: then
//! ln Σ e^x = max + ln(1 + rest), the softmax of x is e^(x − max)/(1 + rest), and that of the maximum differs
//! from 1 by rest/(1 + rest). ln Σ e^x itself is never formed: at logits of 10⁴ it has rounded to 10⁻³ in
//! `f32`, and with it every probability, while x − max is exact or nearly so.

use super::{elementwise, store};
use crate::shape::Matrix;
use glassgrad_tensor::{Scalar, reduce};
use serde::{Deserialize, Serialize};

/// The place of the first largest number.
#[inline]
fn largest<T: Scalar>(x: &[T]) -> usize {
    (1..x.len()).fold(0, |at, i| if x[i] > x[at] { i } else { at })
}

/// y ← e^(x − max)/Σ e^(x − max), which sums to 1 along each row.
pub(crate) fn softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    exponentials(x, y);
    for y in y.chunks_exact_mut(x.columns) {
        let total = reduce::sum(y);
        for y in y {
            *y /= total;
        }
    }
}

/// y ← e^(x − max), row by row; exactly 1 where x is its row's maximum.
fn exponentials<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let max = x[largest(x)];
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = x - max);
    }
    // All rows at once: a row of three would leave a vector unit idle.
    elementwise(
        y.len(),
        #[inline(always)]
        || {
            for y in y {
                *y = y.exp();
            }
        },
    );
}

/// dx ← y·(g − Σ g·y).
pub(crate) fn softmax_backward<T: Scalar>(
    y: Matrix<'_, T>,
    g: Matrix<'_, T>,
    dx: &mut [T],
    accumulate: bool,
) {
    for ((y, g), dx) in rows(y).zip(rows(g)).zip(dx.chunks_exact_mut(y.columns)) {
        let along = y.iter().zip(g).fold(T::zero(), |sum, (&y, &g)| sum + g * y);
        store(y.iter().zip(g).map(|(&y, &g)| y * (g - along)), dx, accumulate);
    }
}

/// Of e^(x − max), the place of the maximum and the sum of all the others.
#[inline]
fn rest<T: Scalar>(e: &mut [T]) -> (usize, T) {
    let at = largest(e);
    e[at] = T::zero();
    let rest = e.iter().fold(T::zero(), |sum, &e| sum + e);
    e[at] = T::one();
    (at, rest)
}

/// y ← x − ln Σ e^x.
pub(crate) fn log_softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    exponentials(x, y);
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let (at, rest) = rest(y);
        let (max, above_max) = (x[at], rest.ln_1p());
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - max) - above_max);
    }
}

/// dx ← g − e^y·Σ g.
pub(crate) fn log_softmax_backward<T: Scalar>(
    y: Matrix<'_, T>,
    g: Matrix<'_, T>,
    dx: &mut [T],
    accumulate: bool,
) {
    for ((y, g), dx) in rows(y).zip(rows(g)).zip(dx.chunks_exact_mut(y.columns)) {
        let total = reduce::sum(g);
        store(y.iter().zip(g).map(|(&y, &g)| g - y.exp() * total), dx, accumulate);
    }
}

/// The settings of a softmax cross-entropy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossEntropy {
    /// One weight a class, or none for all 1.
    pub weights: Vec<f64>,
    /// Label smoothing ε.
    pub smoothing: f64,
}

impl CrossEntropy {
    pub(crate) fn weight<T: Scalar>(&self, class: usize) -> T {
        self.weights.get(class).map_or(T::one(), |&w| T::from_f64(w))
    }

    /// ℓᵢ ← (1 − ε)·w_t·(lse z − z_t) + (ε/C)·Σ_c w_c·(lse z − z_c), where t is row i's label, and behind
    /// the losses ∂ℓᵢ/∂z = (1 − ε)·w_t·(p − onehot t) + (ε/C)·(p·Σ w − w) with p = softmax z, so that
    /// backward has no exponential to compute again.
    ///
    /// NaN for a label that is no class, so that a wrong label cannot pass silently.
    pub(crate) fn forward<T: Scalar>(&self, z: Matrix<'_, T>, labels: &[T], out: &mut [T]) {
        let (losses, slopes) = out.split_at_mut(z.rows);
        exponentials(z, slopes);
        let sharp = T::from_f64(1.0 - self.smoothing);
        let each = T::from_f64(self.smoothing / z.columns as f64);
        let all = (0..z.columns).fold(T::zero(), |sum, c| sum + self.weight(c));
        let class = |label| class(label, z.columns);
        for ((d, &label), loss) in slopes.chunks_exact_mut(z.columns).zip(labels).zip(&mut *losses) {
            let Some(label) = class(label) else {
                *loss = T::from_f64(f64::NAN);
                d.fill(*loss);
                continue;
            };
            let (at, rest) = rest(d);
            *loss = rest;
            let total = T::one() + rest;
            let on = sharp * self.weight(label);
            // p − 1 without cancellation where the label is the largest.
            let miss = if label == at { -rest / total } else { d[label] / total - T::one() };
            if self.smoothing == 0.0 {
                let share = on / total;
                for d in d.iter_mut() {
                    *d *= share;
                }
                d[label] = on * miss;
            } else {
                for (c, d) in d.iter_mut().enumerate() {
                    let (w, p) = (self.weight::<T>(c), *d / total);
                    *d = on * (if c == label { miss } else { p }) + each * (all * p - w);
                }
            }
        }
        // All rows' logarithms at once, for a vector unit.
        elementwise(
            losses.len(),
            #[inline(always)]
            || {
                for loss in &mut *losses {
                    *loss = loss.ln_1p();
                }
            },
        );
        for ((z, &label), loss) in rows(z).zip(labels).zip(losses) {
            let Some(label) = class(label) else { continue };
            let (max, above_max) = (z[largest(z)], *loss);
            *loss = sharp * self.weight(label) * ((max - z[label]) + above_max);
            if self.smoothing != 0.0 {
                for (c, &z) in z.iter().enumerate() {
                    *loss += each * self.weight(c) * ((max - z) + above_max);
                }
            }
        }
    }

    /// dz ← g·∂ℓ/∂z, from the slopes that [`forward`](Self::forward) left.
    pub(crate) fn backward<T: Scalar>(slopes: Matrix<'_, T>, g: &[T], dz: &mut [T], accumulate: bool) {
        for ((slopes, &g), dz) in rows(slopes).zip(g).zip(dz.chunks_exact_mut(slopes.columns)) {
            store(slopes.iter().map(|&s| g * s), dz, accumulate);
        }
    }

    /// yᵢ ← the weight of row i's label.
    pub(crate) fn weights_of<T: Scalar>(&self, classes: usize, labels: &[T], y: &mut [T]) {
        for (y, &label) in y.iter_mut().zip(labels) {
            *y = class(label, classes).map_or(T::from_f64(f64::NAN), |c| self.weight(c));
        }
    }
}

/// y ← −t·ln σ(z) − (1 − t)·ln(1 − σ(z)).
pub(crate) fn sigmoid_cross_entropy<T: Scalar>(z: &[T], t: &[T], y: &mut [T]) {
    elementwise(
        y.len(),
        #[inline(always)]
        || {
            for ((y, &z), &t) in y.iter_mut().zip(z).zip(t) {
                // t·softplus(−z) + (1 − t)·softplus(z): no cancellation for t = 0 or 1.
                *y = t * (-z).softplus() + (T::one() - t) * z.softplus();
            }
        },
    );
}

/// dz ← g·(σ(z) − t), and dt ← −g·z. The first as (1 − t)·σ(z) − t·σ(−z), precise in both tails.
pub(crate) fn sigmoid_cross_entropy_backward<T: Scalar>(
    which: usize,
    [z, t, g]: [&[T]; 3],
    into: &mut [T],
    accumulate: bool,
) {
    let operands = z.iter().zip(t).zip(g);
    if which == 1 {
        return store(operands.map(|((&z, _), &g)| -(g * z)), into, accumulate);
    }
    elementwise(
        into.len(),
        #[inline(always)]
        || {
            let slopes = operands.map(
                #[inline(always)]
                |((&z, &t), &g)| g * ((T::one() - t) * z.sigmoid() - t * (-z).sigmoid()),
            );
            store(slopes, into, accumulate);
        },
    );
}

/// The class that a label means, if it means one.
pub(crate) fn class<T: Scalar>(label: T, classes: usize) -> Option<usize> {
    let label = label.to_f64();
    // A cast stops at 0 and at the largest number, and makes NaN 0: only what was a class comes back.
    let index = label as usize;
    (index < classes && index as f64 == label).then_some(index)
}

fn rows<T>(x: Matrix<'_, T>) -> std::slice::ChunksExact<'_, T> {
    x.data.chunks_exact(x.columns)
}
