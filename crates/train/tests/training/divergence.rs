//! A loss or a gradient that is no number stops the run before θ is touched.

use glassgrad_data::Dataset;
use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
use glassgrad_optim::{Clip, Recipe, Sgd};
use glassgrad_train::{Error, Position, Trainer};
use ndarray::{Array2, array};

/// ŷ = w·x + b with w = 1, b = 0.
fn line(lr: f64) -> Trainer<f64> {
    let network = Dense::new(1).weight(Init::rows([[1.0]]));
    let sgd = Recipe::new(Sgd { lr, ..Sgd::default() });
    Trainer::new(&network, 1, &Loss::MeanSquaredError, sgd, 0).unwrap()
}

#[test]
fn an_infinite_loss_and_a_nan() {
    for (x, expected) in [
        (
            1e200,
            "epoch 1, batch 1: found a loss of inf, expected a finite number; the learning rate is \
             0.1, try a smaller one, or scale the inputs",
        ),
        (
            f64::NAN,
            "epoch 1, batch 1: found a loss of NaN, expected a finite number; the learning rate is \
             0.1, try a smaller one, or scale the inputs",
        ),
    ] {
        let mut trainer = line(0.1);
        trainer.load(array![[x]].view(), array![[0.0]].view()).unwrap();
        let error = trainer.step().unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(trainer.theta(), [1.0, 0.0]);
        assert_eq!((trainer.position(), trainer.descent().progress().t), (Position::default(), 0));
    }
}

#[test]
fn fit_stops_where_the_loss_went() {
    let data = Dataset::with_values(Array2::ones((3, 1)), Array2::zeros((3, 1))).unwrap();
    let mut trainer = line(1e200);
    let error = trainer.fit(&data, 2, 5, &mut ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "epoch 1, batch 2: found a loss of inf, expected a finite number; the learning rate is \
         1e200, try a smaller one, or scale the inputs"
    );
    assert!(
        matches!(error, Error::Diverged { epoch: 0, batch: 1, loss, lr: 1e200 } if loss == f64::INFINITY)
    );
    // One step was made, 1 − 2·10²⁰⁰, and not a second.
    assert_eq!(trainer.theta(), [-2e200, -2e200]);
    assert_eq!(trainer.position(), Position { epoch: 0, batch: 1 });
}

#[test]
fn a_gradient_that_cannot_be_clipped() {
    // The slope of √ at 0 is infinite, and 0·∞ is NaN, while the loss is finite.
    let network = Chain::new().then(Dense::new(1).weight(Init::ZEROS)).then(Activation::Sqrt);
    let recipe = Recipe::new(Sgd::default()).clip(Clip::Norm(1.0));
    let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::MeanSquaredError, recipe, 0).unwrap();
    trainer.load(array![[1.0]].view(), array![[1.0]].view()).unwrap();
    let error = trainer.step().unwrap_err();
    assert!(matches!(error, Error::Optimizer(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "the gradient's norm at update 1 is inf, so it cannot be clipped; nothing was changed"
    );
    assert_eq!((trainer.theta(), trainer.position().batch), (&[0.0, 0.0][..], 0));
}

#[test]
fn a_batch_that_weighs_nothing_is_not_blamed_on_the_rate() {
    let loss = Loss::CrossEntropy { class_weights: vec![0.0, 1.0], smoothing: 0.0 };
    let mut trainer = Trainer::<f64>::new(&Dense::new(2), 1, &loss, Recipe::new(Sgd::default()), 0).unwrap();
    trainer.load(array![[1.0], [2.0]].view(), array![[0.0], [0.0]].view()).unwrap();
    assert_eq!(
        trainer.step().unwrap_err().to_string(),
        "epoch 1, batch 1: the class of every row has weight 0, expected at least one row that \
         counts; raise the weights, or the batch size"
    );
    trainer.load(array![[1.0], [2.0]].view(), array![[0.0], [1.0]].view()).unwrap();
    trainer.step().unwrap();
}

#[test]
fn a_gradient_that_is_no_number_does_not_end_a_run_in_silence() {
    // ŷ = √b: at b = 0 the loss is finite and its slope is not.
    let network = Chain::new().then(Dense::new(1).weight(Init::ZEROS)).then(Activation::Sqrt);
    let recipe = Recipe::new(Sgd::default());
    let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::MeanSquaredError, recipe, 0).unwrap();
    let data = Dataset::with_values(array![[1.0]], array![[1.0]]).unwrap();
    let error = trainer.fit(&data, 1, 1, &mut ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "epoch 1, at its end: theta, parameter 0.weight: 1 of 1 numbers are NaN or infinite, expected \
         finite numbers, as the loss of each step was; the learning rate is 0.01, try a smaller one, or scale the inputs"
    );
}
