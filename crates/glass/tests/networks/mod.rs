//! The networks that the tests look into.
#![allow(dead_code, reason = "each test program uses some")]

use glassgrad_layers::{Activation, Chain, Dense, Dropout, Init, Layer, LayerNorm, Loss, Residual};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::{Array2, array};

/// The textbook's network with any numbers put in: `[w1, b1, w2, b2]`, `[x, y]`.
pub(crate) fn one_hidden_unit([w1, b1, w2, b2]: [f64; 4], [x, y]: [f64; 2], lr: f64) -> Trainer<f64> {
    let network = Chain::new()
        .then(Dense::new(1).weight(Init::rows([[w1]])).bias(Init::Constant(b1)))
        .then(Activation::Sigmoid)
        .then(Dense::new(1).weight(Init::rows([[w2]])).bias(Init::Constant(b2)));
    let sgd = Recipe::new(Sgd { lr, ..Sgd::default() });
    let mut trainer = Trainer::new(&network, 1, &Loss::HalfSquaredError, sgd, 0).expect("a sound network");
    trainer.load(array![[x]].view(), array![[y]].view()).expect("one example");
    trainer
}

/// The textbook's page.
pub(crate) fn chapter() -> Trainer<f64> {
    one_hidden_unit([0.5, 0.0, 1.0, 0.0], [1.0, 0.5], 1.0)
}

/// Numbers without a pattern.
fn numbers<T: Scalar>(rows: usize, columns: usize) -> Array2<T> {
    Array2::from_shape_fn((rows, columns), |(i, j)| T::from_f64(((i * 7 + j * 3) as f64 * 0.7).sin()))
}

/// A network on four inputs with a batch of five loaded.
pub(crate) fn loaded<T: Scalar>(network: &dyn Layer, loss: &Loss, recipe: Recipe<T>) -> Trainer<T> {
    let mut trainer = Trainer::new(network, 4, loss, recipe, 3).expect("a sound network");
    let outputs = match trainer.tape().shape(trainer.prediction()).columns {
        columns if loss.wants_labels() => {
            Array2::from_shape_fn((5, 1), |(i, _)| T::from_f64((i % columns) as f64))
        }
        columns => numbers(5, columns).mapv(|y: T| y * y),
    };
    trainer.load(numbers(5, 4).view(), outputs.view()).expect("a batch");
    trainer
}

/// 4–16–3 with tanh.
pub(crate) fn wide() -> Chain {
    Chain::new().then(Dense::new(16)).then(Activation::Tanh).then(Dense::new(3))
}

/// Everything that there is a layer for.
pub(crate) fn mixed() -> Chain {
    Chain::new()
        .then(Residual::new(Chain::new().then(Dense::new(4)).then(Activation::Silu)))
        .then(LayerNorm::new())
        .then(Dropout::new(0.5))
        .then(Dense::new(6).without_bias())
        .then(Activation::LeakyRelu(0.1))
        .then(Dense::new(3))
}

/// Ten hidden layers.
pub(crate) fn deep() -> Chain {
    let hidden = (0..10).fold(Chain::new(), |chain, _| chain.then(Dense::new(8)).then(Activation::Relu));
    hidden.then(Dense::new(3))
}

/// Every kind of loss.
pub(crate) fn losses() -> Vec<Loss> {
    let weighted = Loss::CrossEntropy { class_weights: vec![1.0, 2.0, 0.5], smoothing: 0.1 };
    vec![
        Loss::HalfSquaredError,
        Loss::MeanSquaredError,
        Loss::MeanAbsoluteError,
        Loss::Huber { delta: 0.5 },
        Loss::BinaryCrossEntropy,
        Loss::CROSS_ENTROPY,
        weighted,
    ]
}
