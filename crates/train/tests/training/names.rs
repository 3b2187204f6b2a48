//! Everything in a network can be read by its name, and a wrong name is told the right ones.

use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::Trainer;
use ndarray::array;

/// ŷ = ReLU(x·Wᵀ) · v, of two inputs and two hidden units.
fn trainer() -> Trainer<f64> {
    let network = Chain::new()
        .then(Dense::new(2).weight(Init::rows([[1.0, 2.0], [-1.0, 0.5]])).without_bias())
        .then(Activation::Relu)
        .then(Dense::new(1).weight(Init::rows([[3.0, 4.0]])).bias(Init::Constant(0.5)));
    let sgd = Recipe::new(Sgd { lr: 0.5, ..Sgd::default() });
    let mut trainer = Trainer::new(&network, 2, &Loss::HalfSquaredError, sgd, 0).unwrap();
    trainer.load(array![[1.0, 1.0]].view(), array![[8.5]].view()).unwrap();
    trainer.forward();
    trainer
}

#[test]
fn values() {
    let trainer = trainer();
    for (name, expected) in [
        ("x", array![[1.0, 1.0]]),
        ("y", array![[8.5]]),
        ("0.weight", array![[1.0, 2.0], [-1.0, 0.5]]),
        ("0", array![[3.0, -0.5]]),
        ("1", array![[3.0, 0.0]]),
        ("2", array![[9.5]]),
        ("loss.residual", array![[1.0]]),
        ("loss", array![[0.5]]),
    ] {
        assert_eq!(trainer.value(name).unwrap(), expected, "{name}");
    }
}

#[test]
fn adjoints_gradients_and_parameters() {
    let mut trainer = trainer();
    trainer.backward();
    for (name, expected) in [
        ("loss", array![[1.0]]),
        ("2", array![[1.0]]),
        ("1", array![[3.0, 4.0]]),
        ("0", array![[3.0, 0.0]]),
        ("0.weight", array![[3.0, 3.0], [0.0, 0.0]]),
        ("2.weight", array![[3.0, 0.0]]),
        ("2.bias", array![[1.0]]),
    ] {
        assert_eq!(trainer.adjoint(name).unwrap().expect(name), expected, "{name}");
    }
    for name in ["0.weight", "2.weight", "2.bias"] {
        assert_eq!(trainer.gradient(name).unwrap(), trainer.adjoint(name).unwrap().unwrap(), "{name}");
    }
    trainer.update().unwrap();
    assert_eq!(trainer.parameter("2.weight").unwrap(), array![[1.5, 4.0]]);
    assert_eq!(trainer.value("2.weight").unwrap(), array![[1.5, 4.0]], "as a value too");
}

#[test]
fn adjoints_of_inputs_are_there_when_asked_for() {
    let mut trainer = trainer();
    trainer.backward();
    assert_eq!(trainer.adjoint("x").unwrap(), None);
    let grad = trainer.grad().to_vec();
    trainer.input_adjoints(true);
    trainer.backward();
    assert_eq!(trainer.adjoint("x").unwrap().unwrap(), array![[3.0, 6.0]]);
    assert_eq!(trainer.adjoint("y").unwrap().unwrap(), array![[-1.0]]);
    assert_eq!(trainer.grad(), grad);
}

#[test]
fn before_backward_there_are_no_adjoints() {
    assert_eq!(trainer().adjoint("0").unwrap(), None);
}

#[test]
fn unknown_names() {
    let trainer = trainer();
    for error in [trainer.value("0.wieght").unwrap_err(), trainer.adjoint("0.wieght").unwrap_err()] {
        let message = error.to_string();
        assert!(message.starts_with("nothing is named \"0.wieght\"; the names are "), "{message}");
        for name in ["x", "0.weight", "loss"] {
            assert!(message.contains(name), "{message}");
        }
    }
    for error in [trainer.parameter("1").unwrap_err(), trainer.gradient("1").unwrap_err()] {
        assert_eq!(
            error.to_string(),
            "nothing is named \"1\"; the names are 0.weight, 2.weight, 2.bias",
            "the parameters only"
        );
    }
}
