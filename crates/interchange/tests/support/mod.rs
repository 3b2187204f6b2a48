//! Networks to write, and what they predict.
#![allow(dead_code, reason = "no test needs all of it")]

pub(crate) mod python;

use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_interchange::{Network, Number};
use glassgrad_layers::{Activation, Chain, Dense, Dropout, Layer, LayerNorm, Residual};
use ndarray::Array2;
use std::path::PathBuf;

/// A recorded network with its θ.
pub(crate) struct Case<T> {
    pub(crate) tape: Tape,
    pub(crate) input: Var,
    pub(crate) prediction: Var,
    pub(crate) theta: Vec<T>,
}

impl<T: Number> Case<T> {
    /// `layer` applied to inputs named x; θ drawn, and then moved so that no bias is 0 and no weight 1.
    pub(crate) fn new(layer: &dyn Layer, inputs: usize) -> Self {
        let (tape, (input, prediction)) = Tape::record(|tape| {
            let x = tape.input("x", inputs);
            (x, layer.forward(tape, x))
        })
        .expect("a sound network");
        let drawn = tape.layout().initial::<T>(1);
        let moved = numbers(drawn.len(), 0.1, 7);
        let theta = drawn.iter().zip(moved).map(|(&a, b)| a + T::from_f64(b)).collect();
        Self { tape, input, prediction, theta }
    }

    pub(crate) fn network(&self) -> Network<'_, T> {
        let Self { tape, input, prediction, theta } = self;
        Network { tape, input: *input, prediction: *prediction, theta }
    }

    pub(crate) fn predict(&self, x: &Array2<T>) -> Array2<T> {
        let mut memory = Memory::new();
        memory.load(&self.tape, &[("x", x.view())]).expect("as many columns as the network has inputs");
        self.tape.forward(&self.theta, &mut memory);
        self.tape.value(self.prediction, &self.theta, &memory).to_owned()
    }
}

/// Dense layers, a layer norm, dropout, a residual and several activations; 5 inputs, 3 outputs.
pub(crate) fn deep() -> Chain {
    Chain::new()
        .then(Dense::new(7))
        .then(LayerNorm::new())
        .then(Activation::Gelu)
        .then(Residual::new(Chain::new().then(Dense::new(7)).then(Activation::Tanh)))
        .then(Dropout::new(0.5))
        .then(Dense::new(4).without_bias())
        .then(Activation::LeakyRelu(0.01))
        .then(Dense::new(3))
}

/// `count` numbers spread evenly over ±`scale`: a Weyl sequence.
pub(crate) fn numbers(count: usize, scale: f64, seed: u32) -> Vec<f64> {
    let place = |i: usize| (f64::from(seed) * 0.377 + i as f64 * 0.618_033_988_749_894_9).fract();
    (0..count).map(|i| scale * (2.0 * place(i) - 1.0)).collect()
}

pub(crate) fn matrix<T: Number>(rows: usize, columns: usize, scale: f64) -> Array2<T> {
    let numbers = numbers(rows * columns, scale, 3).into_iter().map(T::from_f64).collect();
    Array2::from_shape_vec((rows, columns), numbers).expect("as many numbers as the shape says")
}

/// A folder for a test's files, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder in the target folder");
    folder
}

/// |found − expected| ≤ bound·ε·max(1, |expected|), number by number. Returns the largest share of ε found.
pub(crate) fn assert_close<T: Number>(found: &[T], expected: &[T], bound: f64, what: &str) -> f64 {
    assert_eq!(found.len(), expected.len(), "{what}");
    let epsilon = if T::DOUBLE { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let mut worst = 0.0_f64;
    for (found, expected) in found.iter().zip(expected) {
        let (found, expected) = (found.to_f64(), expected.to_f64());
        let error = (found - expected).abs() / (epsilon * expected.abs().max(1.0));
        assert!(error <= bound, "{what}: found {found:e}, expected {expected:e}, {error} ε apart");
        worst = worst.max(error);
    }
    worst
}
