//! Softmax and the cross-entropies at logits of ±10⁴: as precise as at logits near 0.

use glassgrad_autograd::{Axis, Memory, Tape, Var};
use glassgrad_tensor::Scalar;
use ndarray::{Array2, array};

/// Value, and gradient of its sum, of a function of logits (labels: class 1 in every row).
fn run<T: Scalar>(logits: &Array2<T>, record: impl Fn(&mut Tape, Var, Var) -> Var) -> (Array2<T>, Array2<T>) {
    let (tape, (z, y)) = Tape::record(|tape| {
        let z = tape.input("z", logits.ncols());
        let labels = tape.labels("label", logits.ncols());
        (z, record(tape, z, labels))
    })
    .unwrap();
    let mut memory = Memory::new();
    let labels = Array2::from_elem((logits.nrows(), 1), T::one());
    memory.load(&tape, &[("z", logits.view()), ("label", labels.view())]).unwrap();
    tape.forward(&[], &mut memory);
    tape.backward(y, &[], &mut [], &mut memory);
    (tape.value(y, &[], &memory).to_owned(), tape.adjoint(z, &[], &memory).unwrap().to_owned())
}

/// Logits whose differences are small numbers, and the same moved by 10⁴ up and down.
fn moved() -> [Array2<f32>; 3] {
    [0.0, 1e4, -1e4].map(|shift| array![[0.0, 0.0], [0.25, -1.5], [3.0, 0.5]] + shift)
}

fn assert_same(name: &str, near: &Array2<f32>, far: &Array2<f32>) {
    for (near, far) in near.iter().zip(far) {
        let error = (near - far).abs();
        assert!(error <= 2.0 * f32::EPSILON * near.abs(), "{name}: {far}, without the shift {near}");
    }
}

#[test]
fn a_shift_of_all_logits_changes_nothing() {
    #[allow(clippy::type_complexity)] // it is a table, written once
    let losses: [(&str, fn(&mut Tape, Var, Var) -> Var); 4] = [
        ("softmax", |tape, z, _| tape.softmax(z)),
        ("log_softmax", |tape, z, _| tape.log_softmax(z)),
        ("softmax_cross_entropy", |tape, z, t| tape.softmax_cross_entropy(z, t, &[], 0.0)),
        ("smoothed", |tape, z, t| tape.softmax_cross_entropy(z, t, &[0.5, 2.0], 0.1)),
    ];
    for (name, record) in losses {
        let [near, up, down] = moved().map(|z| run(&z, record));
        for far in [up, down] {
            assert_same(name, &near.0, &far.0);
            if name != "softmax" {
                assert_same(name, &near.1, &far.1); // that of Σ softmax is 0 but for rounding
            }
        }
    }
}

#[test]
fn probabilities_sum_to_one() {
    for logits in moved() {
        let (y, _) = run(&logits, |tape, z, _| tape.softmax(z));
        for row in y.rows() {
            assert!((row.sum() - 1.0).abs() <= f32::EPSILON, "{row}");
        }
    }
}

#[test]
fn opposite_logits_of_1e4_are_finite() {
    fn check<T: Scalar>() {
        let logits = array![[1e4, -1e4], [-1e4, 1e4], [1e4, 1e4], [-1e4, -1e4]].mapv(T::from_f64);
        let losses: [fn(&mut Tape, Var, Var) -> Var; 5] = [
            |tape, z, _| tape.softmax(z),
            |tape, z, _| tape.log_softmax(z),
            |tape, z, t| tape.softmax_cross_entropy(z, t, &[], 0.0),
            |tape, z, t| tape.softmax_cross_entropy(z, t, &[0.5, 2.0], 0.1),
            |tape, z, _| {
                let t = tape.slice(z, 0..1);
                let t = tape.softmax(t); // a target of 1
                let z = tape.slice(z, 1..2);
                tape.sigmoid_cross_entropy(z, t)
            },
        ];
        for record in losses {
            let (y, slope) = run(&logits, record);
            assert!(y.iter().chain(&slope).all(|x| x.is_finite()), "{y}\n{slope}");
        }
        let (y, slope) = run(&logits, |tape, z, t| {
            let loss = tape.softmax_cross_entropy(z, t, &[], 0.0);
            tape.sum(loss, Axis::Columns)
        });
        let close = |x: T, expected: f64| (x.to_f64() - expected).abs() < 1e-6 * (1.0 + expected);
        assert!(close(y[[0, 0]], 2e4) && close(y[[1, 0]], 0.0) && close(y[[2, 0]], 2_f64.ln()), "{y}");
        assert!(close(slope[[0, 0]], 1.0) && close(slope[[0, 1]].abs(), 1.0), "{slope}");
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn two_classes_are_one_logit() {
    // ln(1 + e^−z) and its slope −σ(−z), down to where the probability has rounded to 1.
    for z in [-30.0_f32, -3.0, 0.0, 3.0, 30.0, 80.0] {
        let (loss, slope) = run(&array![[0.0, z]], |tape, z, t| tape.softmax_cross_entropy(z, t, &[], 0.0));
        let (log, _) = run(&array![[0.0, z]], |tape, z, _| tape.log_softmax(z));
        let near = |got: f32, expected: f32| (got - expected).abs() <= 4.0 * f32::EPSILON * expected.abs();
        assert!(near(loss[[0, 0]], (-z).softplus()), "{z}: {loss}");
        assert!(near(log[[0, 1]], -(-z).softplus()), "{z}: {log}");
        assert!(near(slope[[0, 0]], (-z).sigmoid()), "{z}: {slope}");
        assert!(near(slope[[0, 1]], -(-z).sigmoid()), "{z}: {slope}");
    }
}
