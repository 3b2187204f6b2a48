//! Softmax and the cross-entropies, row by row.
//!
//! Each starts from a row's [`Peak`]. ln Σ e^x itself is never formed: at logits of 10⁴ it has rounded
//! to 10⁻³ in `f32`, and with it every probability, while x − max is exact or nearly so.

use crate::shape::Matrix;
use glassgrad_tensor::{Scalar, reduce};

/// A row's largest number and the others next to it: ln Σ e^x = max + ln(1 + rest), the softmax of
/// xⱼ is e^(xⱼ − max)/(1 + rest), and that of the largest differs from 1 by rest/(1 + rest).
struct Peak<T> {
    /// Place of the largest number, the first if there are several.
    at: usize,
    max: T,
    /// Σ e^(x − max) over all but the largest, so that it is precise also where 1 + rest rounds to 1.
    rest: T,
}

impl<T: Scalar> Peak<T> {
    #[inline]
    fn of(x: &[T]) -> Self {
        let at = largest(x);
        let max = x[at];
        let sum = |x: &[T]| x.iter().fold(T::zero(), |sum, &x| sum + (x - max).exp());
        Self { at, max, rest: sum(&x[..at]) + sum(&x[at + 1..]) }
    }

    /// −ln of the softmax of `x`, a number of the row.
    #[inline]
    fn surprise(&self, x: T) -> T {
        (self.max - x) + self.rest.ln_1p()
    }
}

/// The place of the first largest number.
#[inline]
fn largest<T: Scalar>(x: &[T]) -> usize {
    (1..x.len()).fold(0, |at, i| if x[i] > x[at] { i } else { at })
}

/// y ← e^(x − max)/Σ e^(x − max), which sums to 1 along each row.
pub(crate) fn softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let max = x[largest(x)];
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - max).exp());
        let total = reduce::sum(y);
        for y in y {
            *y /= total;
        }
    }
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
        for ((dx, &y), &g) in dx.iter_mut().zip(y).zip(g) {
            let d = y * (g - along);
            *dx = if accumulate { *dx + d } else { d };
        }
    }
}

/// y ← x − ln Σ e^x.
pub(crate) fn log_softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let peak = Peak::of(x);
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = -peak.surprise(x));
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
        for ((dx, &y), &g) in dx.iter_mut().zip(y).zip(g) {
            let d = g - y.exp() * total;
            *dx = if accumulate { *dx + d } else { d };
        }
    }
}

/// The settings of a softmax cross-entropy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CrossEntropy {
    /// One weight a class, or none for all 1.
    pub(crate) weights: Vec<f64>,
    /// Label smoothing ε.
    pub(crate) smoothing: f64,
}

impl CrossEntropy {
    pub(crate) fn weight<T: Scalar>(&self, class: usize) -> T {
        self.weights.get(class).map_or(T::one(), |&w| T::from_f64(w))
    }

    /// (1 − ε)·w_label, the share of the true class, and ε/C, that of every class.
    fn shares<T: Scalar>(&self, label: usize, classes: usize) -> (T, T) {
        let on = T::from_f64(1.0 - self.smoothing) * self.weight(label);
        (on, T::from_f64(self.smoothing / classes as f64))
    }

    /// yᵢ ← (1 − ε)·w_t·(lse z − z_t) + (ε/C)·Σ_c w_c·(lse z − z_c), where t is row i's label. NaN for a
    /// label that is no class, so that a wrong label cannot pass silently.
    pub(crate) fn forward<T: Scalar>(&self, z: Matrix<'_, T>, labels: &[T], y: &mut [T]) {
        for ((z, &label), y) in rows(z).zip(labels).zip(y) {
            let Some(label) = class(label, z.len()) else {
                *y = T::from_f64(f64::NAN);
                continue;
            };
            let peak = Peak::of(z);
            let (on, each) = self.shares::<T>(label, z.len());
            *y = on * peak.surprise(z[label]);
            if self.smoothing != 0.0 {
                let weighted = z.iter().enumerate().map(|(c, &z)| self.weight::<T>(c) * peak.surprise(z));
                *y += each * weighted.fold(T::zero(), |sum, v| sum + v);
            }
        }
    }

    /// dz ← g·((1 − ε)·w_t·(p − onehot t) + (ε/C)·(p·Σ w − w)), with p = softmax z.
    pub(crate) fn backward<T: Scalar>(
        &self,
        z: Matrix<'_, T>,
        labels: &[T],
        g: &[T],
        dz: &mut [T],
        accumulate: bool,
    ) {
        let all = (0..z.columns).fold(T::zero(), |sum, c| sum + self.weight(c));
        for (((z, &label), &g), dz) in rows(z).zip(labels).zip(g).zip(dz.chunks_exact_mut(z.columns)) {
            let Some(label) = class(label, z.len()) else {
                dz.fill(T::from_f64(f64::NAN));
                continue;
            };
            let peak = Peak::of(z);
            let total = T::one() + peak.rest;
            let (on, each) = self.shares::<T>(label, z.len());
            for (c, (dz, &z)) in dz.iter_mut().zip(z).enumerate() {
                let p = (z - peak.max).exp() / total;
                let miss = match (c == label, c == peak.at) {
                    (false, _) => p,
                    (true, false) => p - T::one(),
                    (true, true) => -peak.rest / total, // p − 1 without cancellation
                };
                let mut d = on * miss;
                if self.smoothing != 0.0 {
                    d += each * (all * p - self.weight(c));
                }
                *dz = if accumulate { *dz + g * d } else { g * d };
            }
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
    for ((y, &z), &t) in y.iter_mut().zip(z).zip(t) {
        // t·softplus(−z) + (1 − t)·softplus(z): no cancellation for t = 0 or 1.
        *y = t * (-z).softplus() + (T::one() - t) * z.softplus();
    }
}

/// dz ← g·(σ(z) − t), and dt ← −g·z. The first as (1 − t)·σ(z) − t·σ(−z), precise in both tails.
pub(crate) fn sigmoid_cross_entropy_backward<T: Scalar>(
    which: usize,
    [z, t, g]: [&[T]; 3],
    into: &mut [T],
    accumulate: bool,
) {
    for (((into, &z), &t), &g) in into.iter_mut().zip(z).zip(t).zip(g) {
        let slope = if which == 0 { (T::one() - t) * z.sigmoid() - t * (-z).sigmoid() } else { -z };
        *into = if accumulate { *into + g * slope } else { g * slope };
    }
}

/// The class that a label means, if it means one.
pub(crate) fn class<T: Scalar>(label: T, classes: usize) -> Option<usize> {
    let label = label.to_f64();
    (label >= 0.0 && label < classes as f64 && label.fract() == 0.0).then_some(label as usize)
}

fn rows<T>(x: Matrix<'_, T>) -> std::slice::ChunksExact<'_, T> {
    x.data.chunks_exact(x.columns)
}
