//! Every layer and every loss: reverse mode against dual numbers, and the order of convergence.

use glassgrad_autograd::{Axis, Memory, Tape, Var};
use glassgrad_layers::{
    Activation, Chain, Dense, Dropout, Init, Layer, LayerNorm, LogSoftmax, Loss, Reduction, Residual, Softmax,
};
use glassgrad_tensor::random::{Purpose, stream, unit};
use ndarray::Array2;

const INPUTS: usize = 3;
const BATCHES: [usize; 3] = [1, 4, 7];

fn layers() -> Vec<(String, Box<dyn Layer>)> {
    let mut list: Vec<(String, Box<dyn Layer>)> = vec![
        ("dense".into(), Box::new(Dense::new(4).bias(Init::Normal { mean: 0.0, std: 1.0 }))),
        ("dense without bias".into(), Box::new(Dense::new(1).without_bias())),
        (
            "residual".into(),
            Box::new(Residual::new(Chain::new().then(Dense::new(INPUTS)).then(Activation::Tanh))),
        ),
        ("dropout".into(), Box::new(Dropout::new(0.4))),
        ("layer norm".into(), Box::new(LayerNorm::new())),
        ("softmax".into(), Box::new(Softmax)),
        ("log softmax".into(), Box::new(LogSoftmax)),
    ];
    for &f in Activation::ALL {
        list.push((format!("{f:?}"), Box::new(f)));
    }
    list
}

fn losses() -> Vec<Loss> {
    vec![
        Loss::HalfSquaredError,
        Loss::MeanSquaredError,
        Loss::MeanAbsoluteError,
        Loss::Huber { delta: 0.4 },
        Loss::CROSS_ENTROPY,
        Loss::CrossEntropy { class_weights: vec![0.5, 2.0, 1.25], smoothing: 0.0 },
        Loss::CrossEntropy { class_weights: vec![], smoothing: 0.1 },
        Loss::CrossEntropy { class_weights: vec![0.5, 2.0, 1.25], smoothing: 0.1 },
        Loss::BinaryCrossEntropy,
    ]
}

/// Numbers from ½ to 1½: positive for ln and √, and at least 0.1 from every kink.
fn inputs(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let rng = &mut stream(seed, Purpose::Check, 1, 0);
    Array2::from_shape_simple_fn((rows, columns), || {
        let x = 0.5 + unit(rng);
        if (x - 0.8).abs() < 0.1 { x + 0.2 } else { x }
    })
}

/// A second layer before the loss, so that the layer's own adjoint is not constant.
fn record(layer: &dyn Layer) -> (Tape, Var) {
    Tape::record(|tape| {
        let x = tape.input("x", INPUTS);
        let y = tape.scope("layer", |tape| layer.forward(tape, x));
        let z = tape.scope("after", |tape| Dense::new(2).forward(tape, y));
        let z = tape.map(Activation::Tanh, z);
        tape.mean(z, Axis::All)
    })
    .expect("the layer fits its input")
}

fn check(name: &str, tape: &Tape, loss: Var, memory: &Memory<f64>) {
    let theta: Vec<f64> = tape.layout().initial(3);
    let report = tape.gradcheck(loss, &theta, memory, 1).unwrap();
    for c in &report.checks {
        assert!(c.passed && c.order.is_none_or(|order| (order - 2.0).abs() <= 0.1), "{name}\n{report}");
    }
    // ⟨∇θ, v⟩ by reverse, J·v by dual numbers.
    let mut memory = memory.clone();
    let mut grad = vec![0.0; theta.len()];
    tape.forward(&theta, &mut memory);
    tape.backward(loss, &theta, &mut grad, &mut memory);
    let x_dot = inputs(memory.batch(), INPUTS, 9);
    let v: Vec<f64> = inputs(1, theta.len().max(1), 8).into_iter().take(theta.len()).collect();
    let forward = tape.jvp(loss, &theta, &v, &[("x", x_dot.view())], &memory).unwrap()[[0, 0]];
    let x = tape.var("x").unwrap();
    let along_x = tape.adjoint(x, &grad, &memory).map_or(0.0, |adjoint| (&adjoint * &x_dot).sum());
    let reverse: f64 = grad.iter().zip(&v).map(|(g, v)| g * v).sum::<f64>() + along_x;
    let scale = grad.iter().zip(&v).map(|(g, v)| (g * v).abs()).sum::<f64>() + along_x.abs();
    assert!(
        (forward - reverse).abs() <= 1e-12 * scale,
        "{name}: {forward:e} by Dual, {reverse:e} by reverse"
    );
}

#[test]
fn every_layer() {
    for (name, layer) in layers() {
        let (tape, loss) = record(&*layer);
        let mut memory = Memory::new();
        for batch in BATCHES {
            memory.load(&tape, &[("x", inputs(batch, INPUTS, 5).view())]).unwrap();
            memory.training(7, 0, 0);
            check(&format!("{name}, batch {batch}"), &tape, loss, &memory);
        }
    }
}

#[test]
fn every_loss() {
    for kind in losses() {
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let (tape, loss) = Tape::record(|tape| {
                let x = tape.input("x", INPUTS);
                let prediction = Dense::new(3).forward(tape, x);
                let y = kind.target(tape, "y", prediction);
                kind.forward(tape, prediction, y, reduction)
            })
            .unwrap();
            let mut memory = Memory::new();
            for batch in BATCHES {
                let x = inputs(batch, INPUTS, 2);
                let y = if kind.wants_labels() {
                    Array2::from_shape_fn((batch, 1), |(i, _)| (i % 3) as f64)
                } else {
                    // Far enough from the predictions that no residual crosses a kink.
                    inputs(batch, 3, 4)
                        .mapv(|y| if kind == Loss::BinaryCrossEntropy { y / 2.0 } else { y + 4.0 })
                };
                memory.load(&tape, &[("x", x.view()), ("y", y.view())]).unwrap();
                check(&format!("{kind:?}, {reduction:?}, batch {batch}"), &tape, loss, &memory);
            }
        }
    }
}
