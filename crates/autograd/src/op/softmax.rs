//! Softmax and the cross-entropies, row by row, all by way of log-sum-exp.

use crate::shape::Matrix;
use glassgrad_tensor::{Scalar, reduce};

/// y ← e^(x − lse x), which sums to 1 along each row.
pub(crate) fn softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let lse = reduce::log_sum_exp(x);
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - lse).exp());
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

/// y ← x − lse x.
pub(crate) fn log_softmax<T: Scalar>(x: Matrix<'_, T>, y: &mut [T]) {
    for (x, y) in rows(x).zip(y.chunks_exact_mut(x.columns)) {
        let lse = reduce::log_sum_exp(x);
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = x - lse);
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
            let lse = reduce::log_sum_exp(z);
            let (on, each) = self.shares::<T>(label, z.len());
            *y = on * (lse - z[label]);
            if self.smoothing != 0.0 {
                let weighted = z.iter().enumerate().map(|(c, &z)| self.weight::<T>(c) * (lse - z));
                *y += each * weighted.fold(T::zero(), |sum, v| sum + v);
            }
        }
    }

    /// dz ← g·(p·Σ shares − shares), with p = softmax z.
    pub(crate) fn backward<T: Scalar>(
        &self,
        z: Matrix<'_, T>,
        labels: &[T],
        g: &[T],
        dz: &mut [T],
        accumulate: bool,
    ) {
        for (((z, &label), &g), dz) in rows(z).zip(labels).zip(g).zip(dz.chunks_exact_mut(z.columns)) {
            let Some(label) = class(label, z.len()) else {
                dz.fill(T::from_f64(f64::NAN));
                continue;
            };
            let lse = reduce::log_sum_exp(z);
            let (on, each) = self.shares::<T>(label, z.len());
            let smooth = if self.smoothing == 0.0 { T::zero() } else { each };
            let mut total = on;
            if self.smoothing != 0.0 {
                total += each * (0..z.len()).fold(T::zero(), |sum, c| sum + self.weight(c));
            }
            for (c, (dz, &z)) in dz.iter_mut().zip(z).enumerate() {
                let mut d = (z - lse).exp() * total - smooth * self.weight(c);
                if c == label {
                    d -= on;
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
