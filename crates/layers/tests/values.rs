//! What layers and losses compute, against their formulas written out by hand.

use glassgrad_autograd::{Error, Memory, Shape, Tape};
use glassgrad_layers::{
    Activation, Chain, Dense, Dropout, Init, Layer, LayerNorm, Loss, Reduction, Residual,
};
use ndarray::{Array2, array};

fn run(layer: &dyn Layer, x: &Array2<f64>) -> Array2<f64> {
    let (tape, y) = Tape::record(|tape| {
        let input = tape.input("x", x.ncols());
        layer.forward(tape, input)
    })
    .unwrap();
    let theta = tape.layout().initial(0);
    let mut memory = Memory::new();
    memory.load(&tape, &[("x", x.view())]).unwrap();
    tape.forward(&theta, &mut memory);
    tape.value(y, &theta, &memory).to_owned()
}

fn loss(kind: &Loss, reduction: Reduction, prediction: &Array2<f64>, target: &Array2<f64>) -> f64 {
    let (tape, value) = Tape::record(|tape| {
        let prediction = tape.input("prediction", prediction.ncols());
        let y = kind.target(tape, "y", prediction);
        kind.forward(tape, prediction, y, reduction)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.load(&tape, &[("prediction", prediction.view()), ("y", target.view())]).unwrap();
    tape.forward(&[], &mut memory);
    tape.value(value, &[], &memory)[[0, 0]]
}

#[test]
fn dense_is_x_times_w_transposed_plus_b() {
    let dense =
        Dense::new(2).weight(Init::rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).bias(Init::rows([[0.5, -0.5]]));
    assert_eq!(run(&dense, &array![[1.0, 0.0, -1.0]]), array![[-1.5, -2.5]]);
}

#[test]
fn residual_adds_its_input() {
    let residual = Residual::new(Dense::new(2).weight(Init::ZEROS));
    assert_eq!(run(&residual, &array![[3.0, 4.0]]), array![[3.0, 4.0]]);
}

#[test]
fn layer_norm_has_mean_0_and_variance_1() {
    let y = run(&LayerNorm::new().epsilon(1e-30), &array![[1.0, 2.0, 6.0], [-4.0, 0.0, 1.0]]);
    for row in y.rows() {
        assert!(row.sum().abs() < 1e-14);
        assert!((row.mapv(|v| v * v).sum() / 3.0 - 1.0).abs() < 1e-14);
    }
    assert!(
        run(&LayerNorm::new(), &array![[2.0, 2.0]]).iter().all(|&v| v == 0.0),
        "a constant row stays finite"
    );
}

#[test]
fn dropout_keeps_the_mean_and_is_off_when_evaluating() {
    let ones = Array2::<f64>::ones((50, 40));
    assert_eq!(run(&Dropout::new(0.3), &ones), ones);
    let (tape, y) = Tape::record(|tape| {
        let x = tape.input("x", 40);
        Dropout::new(0.3).forward(tape, x)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.load(&tape, &[("x", ones.view())]).unwrap();
    let mut draw = |epoch, step| {
        memory.training(1, epoch, step);
        tape.forward(&[], &mut memory);
        tape.value(y, &[], &memory).to_owned()
    };
    let first = draw(0, 0);
    assert_eq!(first, draw(0, 0), "the same step draws the same mask");
    assert_ne!(first, draw(0, 1));
    assert_ne!(first, draw(1, 0));
    let kept = first.iter().filter(|&&v| v != 0.0).count();
    assert!(first.iter().all(|&v| v == 0.0 || v == 1.0 / 0.7));
    // 2,000 draws: 1,400 kept on average, standard deviation 20.5; five of them.
    assert!(kept.abs_diff(1400) < 103, "{kept} kept");
}

#[test]
fn losses_as_their_formulas() {
    let p = array![[1.0, -2.0], [0.5, 3.0]];
    let y = array![[0.0, -2.5], [0.5, 1.0]];
    // Residuals: 1, ½; 0, 2.
    let cases = [
        (Loss::HalfSquaredError, 2.625 / 2.0, 2.625),
        (Loss::MeanSquaredError, 5.25 / 4.0, 5.25),
        (Loss::MeanAbsoluteError, 3.5 / 4.0, 3.5),
        (Loss::Huber { delta: 1.0 }, (0.5 + 0.125 + 1.5) / 4.0, 2.125),
    ];
    for (kind, mean, sum) in cases {
        assert_eq!(loss(&kind, Reduction::Mean, &p, &y), mean, "{kind:?}");
        assert_eq!(loss(&kind, Reduction::Sum, &p, &y), sum, "{kind:?}");
    }
}

#[test]
fn cross_entropy_as_its_formula() {
    let z = array![[1.0_f64, 2.0, 0.5], [-1.0, 0.0, 3.0]];
    let t = array![[1.0], [0.0]];
    let lse: Vec<f64> = z.rows().into_iter().map(|r| r.mapv(f64::exp).sum().ln()).collect();
    let nll = |i: usize, c: usize| lse[i] - z[[i, c]];
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-15 * b.abs() * 8.0, "{a} {b}");
    close(loss(&Loss::CROSS_ENTROPY, Reduction::Mean, &z, &t), 0.5 * (nll(0, 1) + nll(1, 0)));
    close(loss(&Loss::CROSS_ENTROPY, Reduction::Sum, &z, &t), nll(0, 1) + nll(1, 0));
    let w = [0.5, 2.0, 1.5];
    let weighted = Loss::CrossEntropy { class_weights: w.to_vec(), smoothing: 0.0 };
    let sum = w[1] * nll(0, 1) + w[0] * nll(1, 0);
    close(loss(&weighted, Reduction::Sum, &z, &t), sum);
    close(loss(&weighted, Reduction::Mean, &z, &t), sum / (w[1] + w[0]));
    let smooth = Loss::CrossEntropy { class_weights: w.to_vec(), smoothing: 0.2 };
    let each = |i, c| 0.8 * w[c] * nll(i, c) + 0.2 / 3.0 * (0..3).map(|k| w[k] * nll(i, k)).sum::<f64>();
    close(loss(&smooth, Reduction::Mean, &z, &t), (each(0, 1) + each(1, 0)) / (w[1] + w[0]));
}

#[test]
fn binary_cross_entropy_at_large_logits() {
    let z = array![[1e4, -1e4], [0.0, 30.0]];
    let t = array![[1.0, 0.0], [0.5, 1.0]];
    let expected = (2f64.ln() + (-30f64).exp().ln_1p()) / 4.0;
    assert!((loss(&Loss::BinaryCrossEntropy, Reduction::Mean, &z, &t) - expected).abs() < 1e-16);
    assert_eq!(loss(&Loss::BinaryCrossEntropy, Reduction::Mean, &array![[1e4]], &array![[0.0]]), 1e4);
}

#[test]
fn names_follow_the_chain() {
    let inner = Chain::new().then(Dense::new(3)).then(Activation::Relu);
    let network = Chain::new().then(Dense::new(3)).then(Residual::new(inner)).then(Dropout::new(0.1));
    let (tape, y) = Tape::record(|tape| {
        let x = tape.input("x", 2);
        network.forward(tape, x)
    })
    .unwrap();
    let names: Vec<&str> = tape.layout().segments().iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["0.weight", "0.bias", "1.inner.0.weight", "1.inner.0.bias"]);
    assert_eq!(tape.name_of(y), "2");
    for name in ["x", "0", "1.inner.0", "1.inner.1", "1", "2.mask", "2"] {
        assert!(tape.var(name).is_ok(), "{name}\n{tape}");
    }
    assert_eq!(tape.shape(y), Shape::batch(3));
}

#[test]
fn mistakes_are_named_with_their_layer() {
    let message = |layer: &dyn Layer| {
        let recorded = Tape::record(|tape| {
            let x = tape.input("x", 2);
            layer.forward(tape, x)
        });
        recorded.map(|_| ()).unwrap_err().to_string()
    };
    let zero = Chain::new().then(Dense::new(4)).then(Dense::new(0));
    assert_eq!(message(&zero), "1.weight: found a width of 0, expected at least 1 row and 1 column");
    let odd = Chain::new().then(Residual::new(Dense::new(3)));
    assert_eq!(
        message(&odd),
        "0.add: found shapes [batch, 2] and [batch, 3], expected equal rows and equal columns, or 1 on one side"
    );
    assert_eq!(
        message(&Chain::new().then(Dropout::new(1.0))),
        "0.dropout: found rate = 1, expected a number from 0 to below 1"
    );
    assert_eq!(
        message(&Chain::new().then(Dense::new(1).weight(Init::rows([[1.0]])))),
        "0.weight: found 1 initial values, expected 2"
    );
    assert_eq!(
        message(&Dense::new(1).bias(Init::Constant(f64::NAN))),
        "bias: found constant = NaN, expected a finite number"
    );
    let huber = Tape::record(|tape| {
        let x = tape.input("x", 1);
        let y = tape.input("y", 1);
        Loss::Huber { delta: 0.0 }.forward(tape, x, y, Reduction::Mean)
    });
    let expected =
        Error::Setting { at: "loss.huber".into(), name: "c", found: 0.0, allowed: "a number above 0" };
    assert_eq!(huber.unwrap_err(), expected);
}
