//! The same training step as one writes it by hand on ndarray: arrays kept from step to step, products
//! into them, bias and activation in one pass, one pass for the update. It is what a framework has to
//! beat. A test holds its losses against the framework's, so that both do the same work.

mod update;

use crate::workload::Workload;
use glassgrad::ndarray::linalg::general_mat_mul;
use glassgrad::ndarray::{Array1, Array2, LinalgScalar, ScalarOperand, Zip};
use glassgrad::prelude::*;
pub use update::Update;

/// A float of ndarray's, with the standard library's functions.
pub trait Float: LinalgScalar + ScalarOperand + Scalar {
    /// `exp` of the standard library.
    fn std_exp(self) -> Self;
    /// `tanh` of the standard library.
    fn std_tanh(self) -> Self;
    /// `ln` of the standard library.
    fn std_ln(self) -> Self;
    /// `ln_1p` of the standard library.
    fn std_ln_1p(self) -> Self;
    /// `sqrt` of the standard library.
    fn std_sqrt(self) -> Self;
}

macro_rules! float {
    ($float:ident) => {
        impl Float for $float {
            #[inline]
            fn std_exp(self) -> Self {
                $float::exp(self)
            }
            #[inline]
            fn std_tanh(self) -> Self {
                $float::tanh(self)
            }
            #[inline]
            fn std_ln(self) -> Self {
                $float::ln(self)
            }
            #[inline]
            fn std_ln_1p(self) -> Self {
                $float::ln_1p(self)
            }
            #[inline]
            fn std_sqrt(self) -> Self {
                $float::sqrt(self)
            }
        }
    };
}

float!(f32);
float!(f64);

#[derive(Debug)]
struct Layer<T> {
    w: Array2<T>,
    b: Array1<T>,
    /// The output, after the activation.
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
            let of_h = || Array2::zeros((rows, outputs));
            Layer {
                w: weight.to_owned(),
                b: of_b(),
                h: of_h(),
                dz: of_h(),
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
            let Layer { w, b, h, .. } = &mut after[0];
            general_mat_mul(T::one(), x, &w.t(), T::zero(), h);
            if i == last {
                *h += &*b;
            } else {
                add_and_activate(self.workload.hidden, h, b);
            }
        }
    }

    /// The output of the last forward run.
    pub fn output(&self) -> &Array2<T> {
        &self.layers.last().expect("a network has layers").h
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
            db.fill(T::zero());
            for dz in dz.rows() {
                db.zip_mut_with(&dz, |db, &dz| *db += dz);
            }
            if let Some(previous) = before.last_mut() {
                general_mat_mul(T::one(), dz, w, T::zero(), &mut previous.dz);
                times_slope(self.workload.hidden, &mut previous.dz, &previous.h);
            }
        }
    }

    fn update(&mut self) {
        self.t += 1;
        let update = Update::new(self.workload.rule, self.t);
        for Layer { w, b, dw, db, state: [m, v], state_b: [mb, vb], .. } in &mut self.layers {
            update.apply(w, dw, m, v);
            update.apply(b, db, mb, vb);
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
        loss += total.std_ln() + max - z[label];
        let factor = T::one() / (total * rows);
        dz.mapv_inplace(|d| d * factor);
        dz[label] -= T::one() / rows;
    }
    loss / rows
}

/// h ← f(h + b), with b added to every row.
fn add_and_activate<T: Float>(f: Activation, h: &mut Array2<T>, b: &Array1<T>) {
    for mut h in h.rows_mut() {
        match f {
            Activation::Sigmoid => {
                h.zip_mut_with(b, |h, &b| *h = T::one() / (T::one() + (-(*h + b)).std_exp()));
            }
            Activation::Tanh => h.zip_mut_with(b, |h, &b| *h = (*h + b).std_tanh()),
            _ => h.zip_mut_with(b, |h, &b| {
                let z = *h + b;
                *h = if z > T::zero() { z } else { T::zero() };
            }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{inference, workloads};

    #[test]
    fn both_sides_predict_the_same() {
        for workload in inference() {
            let (mut trainer, mut by_hand) = (workload.trainer::<f64>(), ByHand::<f64>::new(&workload));
            by_hand.forward();
            let (x, _) = workload.data();
            let ours = trainer.predict(x.view()).expect("the batch fits");
            let furthest = Zip::from(ours).and(by_hand.output()).fold(0.0, |d, a, b| (a - b).abs().max(d));
            assert!(furthest <= 1e-12, "{}: {furthest}", workload.name);
        }
    }

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
