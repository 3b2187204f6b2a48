//! The same seed gives the same bits of θ, run after run and for any number of threads.

use glassgrad::prelude::*;
use glassgrad::tensor::pool::{set_threads, threads};
use ndarray::Array2;
use std::sync::{Mutex, PoisonError};

/// The number of threads is the whole process's, so the tests take turns.
static TURN: Mutex<()> = Mutex::new(());

fn data<T: Scalar>(rows: usize, columns: usize) -> Dataset<T> {
    let x = Array2::from_shape_fn((rows, columns), |(r, c)| T::from_f64(((r * columns + c) as f64).sin()));
    Dataset::with_labels(x, (0..rows as u32).map(|row| row * row % 7).collect(), 7).expect("a data set")
}

/// θ after training an MLP with shuffling, dropout, clipping by norm and Adam, and its predictions.
///
/// Of its products the smallest that matters has 300 × 256 × 256 ≈ 20 M multiplications, far beyond the
/// size from which they are shared among threads; 300, 250 and the short batch of 90 divide evenly by nothing.
fn train<T: Scalar>(seed: u64, threads: usize) -> Vec<u64> {
    set_threads(threads);
    let network = Chain::new()
        .then(Dense::new(256))
        .then(Activation::Gelu)
        .then(Dropout::new(0.2))
        .then(Dense::new(250))
        .then(Activation::Tanh)
        .then(Dense::new(7));
    let recipe = Recipe::new(Adam::default()).clip(Clip::Norm(1.0));
    let mut trainer =
        Trainer::<T>::new(&network, 301, &Loss::CROSS_ENTROPY, recipe, seed).expect("a network");
    let data = data(990, 301);
    trainer.fit(&data, 300, 2, &mut ()).expect("two epochs");
    // f64 holds every f32.
    let mut bits: Vec<u64> = trainer.theta().iter().map(|x| x.to_f64().to_bits()).collect();
    bits.extend(
        trainer.predict(data.features().view()).expect("predictions").iter().map(|x| x.to_f64().to_bits()),
    );
    bits
}

fn check<T: Scalar>() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = threads();
    let one = train::<T>(5, 1);
    for threads in [1, 2, 3, 8] {
        assert!(train::<T>(5, threads) == one, "{threads} threads give other bits than 1");
    }
    assert!(train::<T>(6, 1) != one, "another seed, another run");
    set_threads(before);
}

#[test]
fn single_precision() {
    check::<f32>();
}

#[test]
fn double_precision() {
    check::<f64>();
}
