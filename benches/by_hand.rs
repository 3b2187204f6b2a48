//! The same training step as one writes it by hand on ndarray: arrays kept from step to step, products
//! into them, one pass for the update. It is what a framework has to beat. A test holds its losses against
//! the framework's, so that both do the same work.

use crate::workload::{Rule, Workload};
use glassgrad::ndarray::linalg::general_mat_mul;
use glassgrad::ndarray::{Array1, Array2, Axis, LinalgScalar, ScalarOperand, Zip};
use glassgrad::prelude::*;

/// A float of ndarray's, with the standard library's functions.
pub trait Float: LinalgScalar + ScalarOperand + Scalar {
    /// `exp` of the standard library.
    fn std_exp(self) -> Self;
    /// `tanh` of the standard library.
    fn std_tanh(self) -> Self;
}

impl Float for f32 {
    fn std_exp(self) -> Self {
        self.exp()
    }
    fn std_tanh(self) -> Self {
        self.tanh()
    }
}

impl Float for f64 {
    fn std_exp(self) -> Self {
        self.exp()
    }
    fn std_tanh(self) -> Self {
        self.tanh()
    }
}

#[derive(Debug)]
struct Layer<T> {
    w: Array2<T>,
    b: Array1<T>,
    z: Array2<T>,
    h: Array2<T>,
    dz: Array2<T>,
    dw: Array2<T>,
    db: Array1<T>,
    /// First and second moments of w and b.
    state: [Array2<T>; 2],
    state_b: [Array1<T>; 2],
}

/// An MLP written by hand.
#[derive(Debug)]
pub struct ByHand<T> {
    workload: Workload,
    layers: Vec<Layer<T>>,
    x: Array2<T>,
    y: Array2<T>,
    t: i32,
}

impl<T: Float> ByHand<T> {
    /// The workload's network, weights and batch.
    pub fn new(workload: &Workload) -> Self {
        let trainer = workload.trainer::<T>();
        let (x, y) = workload.data();
        let layers = workload.widths.windows(2).enumerate().map(|(i, w)| {
            let (inputs, outputs, rows) = (w[0], w[1], workload.batch);
            let name = format!("{}.weight", 2 * i);
            let weight = trainer.parameter(&name).expect("every second layer is dense");
            let (of_w, of_b) = (|| Array2::zeros((outputs, inputs)), || Array1::zeros(outputs));
            let of_z = || Array2::zeros((rows, outputs));
            Layer {
                w: weight.to_owned(),
                b: of_b(),
                z: of_z(),
                h: of_z(),
                dz: of_z(),
                dw: of_w(),
                db: of_b(),
                state: [of_w(), of_w()],
                state_b: [of_b(), of_b()],
            }
        });
        Self { layers: layers.collect(), workload: workload.clone(), x, y, t: 0 }
    }

    /// Forward, mean loss, backward, update; returns the loss.
    pub fn step(&mut self) -> T {
        self.forward();
        let loss = self.loss();
        self.backward();
        self.update();
        loss
    }

    /// The forward run alone.
    pub fn forward(&mut self) {
        let last = self.layers.len() - 1;
        for i in 0..self.layers.len() {
            let (before, after) = self.layers.split_at_mut(i);
            let x = before.last().map_or(&self.x, |layer| &layer.h);
            let Layer { w, b, z, h, .. } = &mut after[0];
            general_mat_mul(T::one(), x, &w.t(), T::zero(), z);
            *z += &*b;
            if i == last {
                h.assign(z);
            } else {
                activate(self.workload.hidden, z, h);
            }
        }
    }

    /// The mean loss, and its derivative into the last layer's dz.
    fn loss(&mut self) -> T {
        let Layer { h, dz, .. } = self.layers.last_mut().expect("a network has layers");
        if self.workload.loss.wants_labels() {
            return cross_entropy(h, &self.y, dz);
        }
        // Half the squared error a row, or the mean of the squares of all entries.
        let half = self.workload.loss == Loss::HalfSquaredError;
        let count = T::from_f64(if half { h.nrows() } else { h.len() } as f64);
        let slope = if half { T::one() } else { T::one() + T::one() } / count;
        let mut loss = T::zero();
        Zip::from(dz).and(&*h).and(&self.y).for_each(|d, &h, &y| {
            let r = h - y;
            loss += r * r;
            *d = r * slope;
        });
        if half { loss / (count + count) } else { loss / count }
    }

    fn backward(&mut self) {
        for i in (0..self.layers.len()).rev() {
            let (before, after) = self.layers.split_at_mut(i);
            let Layer { w, dz, dw, db, .. } = &mut after[0];
            let x = before.last().map_or(&self.x, |layer| &layer.h);
            general_mat_mul(T::one(), &dz.t(), x, T::zero(), dw);
            db.assign(&dz.sum_axis(Axis(0)));
            if let Some(previous) = before.last_mut() {
                general_mat_mul(T::one(), dz, w, T::zero(), &mut previous.dz);
                times_slope(self.workload.hidden, &mut previous.dz, &previous.h);
            }
        }
    }

    fn update(&mut self) {
        self.t += 1;
        let rule = self.workload.rule;
        let t = self.t;
        for Layer { w, b, dw, db, state: [m, v], state_b: [mb, vb], .. } in &mut self.layers {
            Zip::from(w).and(&*dw).and(m).and(v).for_each(|w, &g, m, v| update(rule, t, w, g, m, v));
            Zip::from(b).and(&*db).and(mb).and(vb).for_each(|w, &g, m, v| update(rule, t, w, g, m, v));
        }
    }
}

/// The mean over the rows of −ln softmax(z)\[label\], and its derivative into dz.
fn cross_entropy<T: Float>(z: &Array2<T>, labels: &Array2<T>, dz: &mut Array2<T>) -> T {
    let rows = T::from_f64(z.nrows() as f64);
    let mut loss = T::zero();
    for ((z, mut dz), &label) in z.rows().into_iter().zip(dz.rows_mut()).zip(labels) {
        let max = z.iter().fold(z[0], |m, &v| m.larger(v));
        let mut total = T::zero();
        for (d, &z) in dz.iter_mut().zip(z) {
            *d = (z - max).std_exp();
            total += *d;
        }
        let label = label.to_f64() as usize;
        loss += total.ln() + max - z[label];
        dz.mapv_inplace(|d| d / (total * rows));
        dz[label] -= T::one() / rows;
    }
    loss / rows
}

/// h ← f(z).
fn activate<T: Float>(f: Activation, z: &Array2<T>, h: &mut Array2<T>) {
    let zip = Zip::from(h).and(z);
    match f {
        Activation::Sigmoid => zip.for_each(|h, &z| *h = T::one() / (T::one() + (-z).std_exp())),
        Activation::Tanh => zip.for_each(|h, &z| *h = z.std_tanh()),
        _ => zip.for_each(|h, &z| *h = if z > T::zero() { z } else { T::zero() }),
    }
}

/// d ← d·f'(z), from h = f(z) as one writes it by hand.
fn times_slope<T: Float>(f: Activation, d: &mut Array2<T>, h: &Array2<T>) {
    let zip = Zip::from(d).and(h);
    match f {
        Activation::Sigmoid => zip.for_each(|d, &h| *d *= h * (T::one() - h)),
        Activation::Tanh => zip.for_each(|d, &h| *d *= T::one() - h * h),
        _ => zip.for_each(|d, &h| *d = if h > T::zero() { *d } else { T::zero() }),
    }
}

#[inline]
fn update<T: Float>(rule: Rule, t: i32, w: &mut T, g: T, m: &mut T, v: &mut T) {
    let num = T::from_f64;
    match rule {
        Rule::Sgd => *w -= num(0.01) * g,
        Rule::Momentum => {
            *m = num(0.9) * *m + g;
            *w -= num(0.01) * *m;
        }
        Rule::Adam => {
            *m = num(0.9) * *m + num(0.1) * g;
            *v = num(0.999) * *v + num(0.001) * g * g;
            let (c1, c2) = (1.0 - 0.9_f64.powi(t), 1.0 - 0.999_f64.powi(t));
            *w -= num(0.001 / c1) * *m / ((*v).sqrt() / num(c2.sqrt()) + num(1e-8));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::workloads;

    #[test]
    fn both_sides_do_the_same_work() {
        for workload in workloads().into_iter().filter(|w| w.flops() < 1_000_000_000) {
            let (mut trainer, mut by_hand) = (workload.trainer::<f64>(), ByHand::<f64>::new(&workload));
            for step in 0..5 {
                let (ours, theirs) = (trainer.step().expect("finite").loss, by_hand.step());
                assert!((ours - theirs).abs() <= 1e-9 * theirs.abs(), "{} step {step}", workload.name);
            }
        }
    }
}
