//! The textbook's page against its numbers in 25 digits, and what follows from them.

use glassgrad::prelude::*;
use ndarray::{Array2, array};
use std::collections::HashMap;

type Golden = Vec<HashMap<String, serde_json::Value>>;

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/chapter.json")).expect("the golden page")
}

fn network(lr: f64, loss: &Loss, reduction: Reduction) -> Trainer<f64> {
    let network = Chain::new()
        .then(Dense::new(1).weight(Init::rows([[0.5]])))
        .then(Activation::Sigmoid)
        .then(Dense::new(1).weight(Init::rows([[1.0]])));
    let sgd = Recipe::new(Sgd { lr, ..Sgd::default() });
    Trainer::with_reduction(&network, 1, loss, reduction, sgd, 0).expect("the chapter's network")
}

fn page(lr: f64) -> Trainer<f64> {
    let mut trainer = network(lr, &Loss::HalfSquaredError, Reduction::Mean);
    trainer.load(array![[1.0]].view(), array![[0.5]].view()).expect("the chapter's example");
    trainer
}

/// Within 4 units in the last place.
fn assert_ulps(found: f64, expected: f64, what: &str) {
    let unit = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
    assert!((found - expected).abs() <= 4.0 * unit, "{what}: found {found:e}, expected {expected:e}");
}

#[test]
fn every_number_of_the_first_step() {
    let golden = golden();
    let number = |key: &str| -> f64 { golden[0][key].as_str().expect("a number").parse().expect("a number") };
    let mut trainer = page(1.0);
    trainer.input_adjoints(true);
    trainer.forward();
    trainer.backward();
    for (name, key) in [("0", "z1"), ("1", "h"), ("2", "y_hat"), ("loss", "loss")] {
        assert_ulps(trainer.value(name).unwrap()[[0, 0]], number(key), key);
    }
    for (name, key) in [("2", "d_y_hat"), ("1", "d_h"), ("0", "d_z1")] {
        assert_ulps(trainer.adjoint(name).unwrap().expect("an adjoint")[[0, 0]], number(key), key);
    }
    let parameters = [("0.weight", "w1"), ("0.bias", "b1"), ("2.weight", "w2"), ("2.bias", "b2")];
    for (name, symbol) in parameters {
        assert_ulps(trainer.gradient(name).unwrap()[[0, 0]], number(&format!("d_{symbol}")), symbol);
    }
    let tape = trainer.tape();
    let slope = tape.local_jacobian(tape.var("1").unwrap(), 0, trainer.theta(), trainer.memory()).unwrap();
    assert_ulps(slope[[0, 0]], number("sigmoid_slope"), "sigmoid_slope");
    // ∂L/∂x = ∂L/∂z1·w1, which the page leaves out.
    let d_x = trainer.adjoint("x").unwrap().expect("asked for")[[0, 0]];
    assert_ulps(d_x, 0.5 * number("d_z1"), "d_x");
    trainer.update().unwrap();
    for (name, symbol) in parameters {
        assert_ulps(trainer.parameter(name).unwrap()[[0, 0]], number(&format!("new_{symbol}")), symbol);
    }
}

#[test]
fn a_hundred_steps_stay_on_the_page() {
    let mut trainer = page(1.0);
    let mut losses = Vec::new();
    let mut residuals = Vec::new();
    for (k, step) in golden().iter().enumerate() {
        losses.push(trainer.forward());
        let number = |key: &str| -> f64 { step[key].as_str().unwrap().parse().unwrap() };
        let (found, expected) = (trainer.value("2").unwrap()[[0, 0]], number("y_hat"));
        assert!((found - expected).abs() <= 4.0 * f64::EPSILON / 2.0, "step {k}: {found:e}, {expected:e}");
        residuals.push(found - 0.5);
        trainer.backward();
        trainer.update().unwrap();
    }
    let fall = 100.0 * (1.0 - losses[1] / losses[0]);
    assert!((fall - 75.971_826_91).abs() < 1e-8, "{fall}");
    assert!(residuals.windows(2).take(40).all(|w| w[0] * w[1] < 0.0), "the sign changes at every step");
    assert_eq!(losses[50], 6.162_975_822_039_155e-33, "the floor of f64");
    assert_eq!(losses[100], losses[50]);
}

#[test]
fn the_curvature_of_the_first_step() {
    let mut trainer = page(1.0);
    trainer.forward();
    trainer.backward();
    let g = trainer.grad().to_vec();
    let tape = trainer.tape();
    let hessian = tape.hessian(trainer.loss(), trainer.theta(), trainer.memory()).unwrap();
    let expected = array![
        [0.048_178_378_144_8, 0.048_178_378_144_8, 0.175_058_650_953, 0.235_003_712_202],
        [0.048_178_378_144_8, 0.048_178_378_144_8, 0.175_058_650_953, 0.235_003_712_202],
        [0.175_058_650_953, 0.175_058_650_953, 0.387_455_619, 0.622_459_331_202],
        [0.235_003_712_202, 0.235_003_712_202, 0.622_459_331_202, 1.0],
    ];
    for (a, b) in hessian.iter().zip(&expected) {
        assert!((a - b).abs() < 1e-9, "{hessian}");
    }
    // What the first and second order predict of the step, and what happens.
    let first: f64 = -g.iter().map(|g| g * g).sum::<f64>();
    let hg = tape.hvp(trainer.loss(), trainer.theta(), &g, trainer.memory()).unwrap();
    let second = first + 0.5 * g.iter().zip(&hg).map(|(a, b)| a * b).sum::<f64>();
    let before = trainer.forward();
    trainer.update().unwrap();
    let actual = trainer.verify() - before;
    for (found, expected) in
        [(first, -0.022_463_076_1), (second, -0.005_524_667_7), (actual, -0.005_696_476_9)]
    {
        assert!((found - expected).abs() < 1e-10, "{found} {expected}");
    }
}

#[test]
fn the_mean_over_copies_is_one_copy_and_the_sum_is_not() {
    let mut one = page(1.0);
    one.forward();
    one.backward();
    for copies in [2, 3, 32] {
        let batch = |value| Array2::from_elem((copies, 1), value);
        let mut many = network(1.0, &Loss::HalfSquaredError, Reduction::Mean);
        many.load(batch(1.0).view(), batch(0.5).view()).unwrap();
        many.forward();
        many.backward();
        for (a, b) in many.grad().iter().zip(one.grad()) {
            // Two copies give the same bits; of more, each addition rounds once.
            let bound = if copies == 2 { 0.0 } else { copies as f64 * f64::EPSILON * b.abs() };
            assert!((a - b).abs() <= bound, "{copies} copies: {a:e}, one: {b:e}");
        }
        let mut sum = network(1.0, &Loss::HalfSquaredError, Reduction::Sum);
        sum.load(batch(1.0).view(), batch(0.5).view()).unwrap();
        sum.forward();
        sum.backward();
        for (a, b) in sum.grad().iter().zip(one.grad()) {
            let expected = copies as f64 * b;
            assert!(
                (a - expected).abs() <= copies as f64 * f64::EPSILON * expected.abs(),
                "{a:e} {expected:e}"
            );
        }
    }
}

#[test]
fn plain_mse_at_the_same_rate_steps_twice_as_far() {
    let mut trainer = network(1.0, &Loss::MeanSquaredError, Reduction::Mean);
    trainer.load(array![[1.0]].view(), array![[0.5]].view()).unwrap();
    let losses: Vec<f64> = (0..51).map(|_| trainer.step().unwrap().loss).collect();
    for (k, expected) in [(0, 0.014_996), (1, 0.057_88), (2, 0.214_84), (5, 6.94), (50, 9.146)] {
        assert!((losses[k] - expected).abs() < 1e-3 * expected, "step {k}: {}", losses[k]);
    }
}
