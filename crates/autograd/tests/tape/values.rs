//! The value of every op, by hand. A derivative check alone would pass a mean with a wrong count, whose
//! derivative is as wrong.

use glassgrad_autograd::{Axis, Binary, Memory, Tape, Unary, Var};
use ndarray::{Array2, array};

/// The value of an op on these inputs, which are rows of a batch and named 0, 1, ….
fn value(inputs: &[Array2<f64>], op: impl Fn(&mut Tape, &[Var]) -> Var) -> Array2<f64> {
    let (tape, y) = Tape::record(|tape| {
        let input = |(i, m): (usize, &Array2<f64>)| tape.input(&i.to_string(), m.ncols());
        let vars: Vec<_> = inputs.iter().enumerate().map(input).collect();
        op(tape, &vars)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.resize(&tape, inputs[0].nrows()).unwrap();
    for (i, matrix) in inputs.iter().enumerate() {
        memory.set(&tape, tape.var(&i.to_string()).unwrap(), matrix.view()).unwrap();
    }
    tape.forward(&[], &mut memory);
    tape.value(y, &[], &memory).to_owned()
}

fn assert_close(got: &Array2<f64>, expected: &Array2<f64>) {
    assert_eq!(got.dim(), expected.dim());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= 1e-14 * (1.0 + expected.abs()), "{got}, expected {expected}");
    }
}

fn matrix() -> Array2<f64> {
    array![[1.0, 2.0, 4.0], [-3.0, 0.5, 0.0]]
}

#[test]
fn elementwise_functions() {
    for &f in Unary::ALL {
        for x in [-2.5, -0.5, 0.25, 0.9, 3.0_f64] {
            let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
            let expected = match f {
                Unary::Neg => -x,
                Unary::Scale(c) => c * x,
                Unary::Shift(c) => x + c,
                Unary::Exp => x.exp(),
                Unary::Ln => x.ln(),
                Unary::Sqrt => x.sqrt(),
                Unary::Square => x * x,
                Unary::PowI(n) => (0..n).map(|_| x).product(),
                Unary::Abs => x.abs(),
                Unary::Max(c) => x.max(c),
                Unary::Min(c) => x.min(c),
                Unary::Sigmoid => sigmoid(x),
                Unary::Tanh => x.tanh(),
                Unary::Relu => x.max(0.0),
                Unary::LeakyRelu(c) => x.max(c * x),
                Unary::Elu(c) => x.max(0.0) + c * (x.min(0.0).exp() - 1.0),
                Unary::GeluTanh => {
                    let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
                    0.5 * x * (1.0 + u.tanh())
                }
                Unary::Silu => x * sigmoid(x),
                Unary::Softplus => (1.0 + x.exp()).ln(),
                Unary::Huber(c) if x.abs() > c => c * (x.abs() - c / 2.0),
                Unary::HalfSquare | Unary::Huber(_) => x * x / 2.0,
                _ => continue, // has no shorter formula than its own
            };
            if expected.is_finite() {
                assert_close(&value(&[array![[x]]], |tape, v| tape.map(f, v[0])), &array![[expected]]);
            }
        }
    }
}

#[test]
fn gelu_is_x_times_the_gaussian_distribution_function() {
    // Φ from tables: of 0, 1, −1, 2, −3.
    let known =
        [0.5, 0.841_344_746_068_543, 0.158_655_253_931_457, 0.977_249_868_051_821, 0.001_349_898_031_630];
    for (x, phi) in [0.0, 1.0, -1.0, 2.0, -3.0].into_iter().zip(known) {
        let y = value(&[array![[x]]], |tape, v| tape.map(Unary::Gelu, v[0]));
        assert!((y[[0, 0]] - x * phi).abs() <= 1e-14, "{y}");
    }
}

#[test]
fn combinations_with_broadcasting() {
    let column = array![[2.0], [4.0]];
    for (f, by_column, by_itself) in [
        (Binary::Add, array![[3.0, 4.0, 6.0], [1.0, 4.5, 4.0]], array![[2.0, 4.0, 8.0], [-6.0, 1.0, 0.0]]),
        (Binary::Sub, array![[-1.0, 0.0, 2.0], [-7.0, -3.5, -4.0]], Array2::zeros((2, 3))),
        (Binary::Mul, array![[2.0, 4.0, 8.0], [-12.0, 2.0, 0.0]], array![[1.0, 4.0, 16.0], [9.0, 0.25, 0.0]]),
    ] {
        assert_eq!(value(&[matrix(), column.clone()], |tape, v| tape.zip(f, v[0], v[1])), by_column);
        assert_eq!(value(&[matrix()], |tape, v| tape.zip(f, v[0], v[0])), by_itself);
    }
    let quotient = value(&[matrix(), column], |tape, v| tape.div(v[0], v[1]));
    assert_eq!(quotient, array![[0.5, 1.0, 2.0], [-0.75, 0.125, 0.0]]);
    let row_by_column = value(&[matrix()], |tape, v| {
        let (row, column) = (tape.sum(v[0], Axis::Rows), tape.sum(v[0], Axis::Columns));
        tape.sub(row, column)
    });
    assert_eq!(row_by_column, array![[-9.0, -4.5, -3.0], [0.5, 5.0, 6.5]]);
}

#[test]
fn products() {
    let gram = value(&[matrix()], |tape, v| tape.matmul_transposed(v[0], true, v[0], false));
    assert_eq!(gram, matrix().t().dot(&matrix()));
    let twice = value(&[matrix()], |tape, v| {
        let gram = tape.matmul_transposed(v[0], true, v[0], false);
        tape.matmul(v[0], gram)
    });
    assert_eq!(twice, matrix().dot(&gram));
    let moved = value(&[matrix()], |tape, v| {
        let gram = tape.matmul_transposed(v[0], true, v[0], false);
        let sum = tape.sum(v[0], Axis::Rows);
        tape.affine(v[0], gram, Some(sum))
    });
    assert_eq!(moved, matrix().dot(&gram.t()) + array![[-2.0, 2.5, 4.0]]);
}

#[test]
fn sums_and_means() {
    for (axis, sum, count) in [
        (Axis::All, array![[4.5]], 6.0),
        (Axis::Rows, array![[-2.0, 2.5, 4.0]], 2.0),
        (Axis::Columns, array![[7.0], [-2.5]], 3.0),
    ] {
        assert_eq!(value(&[matrix()], |tape, v| tape.sum(v[0], axis)), sum);
        assert_eq!(value(&[matrix()], |tape, v| tape.mean(v[0], axis)), sum / count);
    }
}

#[test]
fn columns_side_by_side_and_taken_apart() {
    let y = value(&[matrix(), array![[7.0], [8.0]]], |tape, v| tape.concat(&[v[1], v[0], v[1]]));
    assert_eq!(y, array![[7.0, 1.0, 2.0, 4.0, 7.0], [8.0, -3.0, 0.5, 0.0, 8.0]]);
    let y = value(&[matrix()], |tape, v| tape.slice(v[0], 1..3));
    assert_eq!(y, array![[2.0, 4.0], [0.5, 0.0]]);
    assert_eq!(value(&[matrix()], |tape, v| tape.stop_gradient(v[0])), matrix());
}

/// e^x/Σ e^x, as in the textbook.
fn probabilities() -> Array2<f64> {
    let mut p = matrix().mapv(f64::exp);
    for mut row in p.rows_mut() {
        let total = row.sum();
        row /= total;
    }
    p
}

#[test]
fn softmax_and_its_logarithm() {
    assert_close(&value(&[matrix()], |tape, v| tape.softmax(v[0])), &probabilities());
    assert_close(&value(&[matrix()], |tape, v| tape.log_softmax(v[0])), &probabilities().mapv(f64::ln));
}

#[test]
fn cross_entropies() {
    let log = probabilities().mapv(f64::ln);
    let (labels, weights) = (array![[2.0], [0.0]], [0.5, 1.0, 3.0]);
    for smoothing in [0.0, 0.3] {
        for weights in [vec![], weights.to_vec()] {
            let weight = |c: usize| weights.get(c).copied().unwrap_or(1.0);
            let expected = Array2::from_shape_fn((2, 1), |(i, _)| {
                let label = [2, 0][i];
                let all: f64 = (0..3).map(|c| weight(c) * log[[i, c]]).sum();
                -(1.0 - smoothing) * weight(label) * log[[i, label]] - smoothing / 3.0 * all
            });
            let got = value(&[matrix(), labels.clone()], |tape, v| {
                tape.softmax_cross_entropy(v[0], v[1], &weights, smoothing)
            });
            assert_close(&got, &expected);
        }
    }
    let got = value(&[labels], |tape, v| tape.class_weight(v[0], &weights));
    assert_eq!(got, array![[3.0], [0.5]]);

    let targets = array![[0.0, 0.25, 1.0], [0.5, 1.0, 0.0]];
    let got = value(&[matrix(), targets.clone()], |tape, v| tape.sigmoid_cross_entropy(v[0], v[1]));
    let expected = Array2::from_shape_fn((2, 3), |at| {
        let (p, t) = (1.0 / (1.0 + (-matrix()[at]).exp()), targets[at]);
        -t * p.ln() - (1.0 - t) * (1.0 - p).ln()
    });
    assert_close(&got, &expected);
}
