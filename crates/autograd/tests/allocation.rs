//! A run allocates nothing, once its memory has had its largest batch: counted on the thread that runs it,
//! since the test harness and a worker that is starting allocate beside it when they please.

#![allow(unsafe_code)] // a global allocator cannot be written without

#[path = "../../../tests/counting/mod.rs"]
mod counting;

use counting::allocations;
use glassgrad_autograd::{Axis, Init, Memory, Tape, Unary, Var};
use glassgrad_tensor::{Dual, Scalar};
use ndarray::Array2;

/// A network of these many inputs, hidden numbers and outputs, with dropout; and its half squared error.
fn dense(widths: [usize; 3]) -> (Tape, Var) {
    Tape::record(|tape| {
        let (mut h, t) = (tape.input("x", widths[0]), tape.input("t", widths[2]));
        for (layer, pair) in widths.windows(2).enumerate() {
            let w = tape.param(&format!("w{layer}"), [pair[1], pair[0]], Init::GlorotUniform);
            let b = tape.param(&format!("b{layer}"), [1, pair[1]], Init::ZEROS);
            let z = tape.affine(h, w, Some(b));
            let y = tape.map(Unary::Sigmoid, z);
            h = tape.dropout(y, 0.2);
        }
        let error = tape.sub(h, t);
        let half = tape.map(Unary::HalfSquare, error);
        tape.mean(half, Axis::All)
    })
    .unwrap()
}

/// Every op that is not a product, on rows of three.
fn other_ops() -> (Tape, Var) {
    Tape::record(|tape| {
        let (x, t, label) = (tape.input("x", 3), tape.input("t", 3), tape.labels("label", 3));
        let b = tape.param("b", [1, 3], Init::ZEROS);
        let moved = tape.add(x, b);
        let sum = tape.map(Unary::Tanh, moved);
        let parts = [tape.slice(sum, 0..1), tape.slice(sum, 1..3), tape.stop_gradient(sum)];
        let all = tape.concat(&parts);
        let (p, log) = (tape.softmax(all), tape.log_softmax(all));
        let product = tape.mul(p, log);
        let entropy = tape.sum(product, Axis::Columns);
        let class = tape.softmax_cross_entropy(sum, label, &[1.0, 2.0, 3.0], 0.1);
        let weight = tape.class_weight(label, &[1.0, 2.0, 3.0]);
        let bits = tape.sigmoid_cross_entropy(sum, t);
        let bits = tape.mean(bits, Axis::Columns);
        let weighted = tape.mul(class, weight);
        let both = tape.add(weighted, bits);
        let total = tape.sub(both, entropy);
        tape.mean(total, Axis::Rows)
    })
    .unwrap()
}

/// Counts the allocations of steps (load, forward, backward) over batches of several sizes, none above the first.
fn steps<T: Scalar>((tape, loss): &(Tape, Var), columns: usize) -> usize {
    let theta: Vec<T> = tape.layout().initial(0);
    let (mut grad, mut memory) = (vec![T::zero(); theta.len()], Memory::new());
    let batches = [8, 8, 3, 1, 8].map(|rows| {
        let numbers = Array2::from_elem((rows, columns), T::from_f64(0.5));
        (numbers, Array2::from_elem((rows, 1), T::one()))
    });
    let label = tape.var("label").ok();
    let mut step = |i: usize| {
        let (numbers, labels) = &batches[i];
        memory.training(1, 0, i as u64);
        assert!(memory.load(tape, &[("x", numbers.view()), ("t", numbers.view())]).is_ok());
        if let Some(label) = label {
            assert!(memory.set(tape, label, labels.view()).is_ok());
        }
        tape.forward(&theta, &mut memory);
        tape.backward(*loss, &theta, &mut grad, &mut memory);
    };
    step(0);
    allocations(|| (1..batches.len()).for_each(step))
}

#[test]
fn a_step_allocates_nothing() {
    let tapes = [
        ("1-1-1", dense([1, 1, 1]), 1),
        ("30-50-30", dense([30, 50, 30]), 30),
        ("the other ops", other_ops(), 3),
    ];
    for (name, tape, columns) in tapes {
        assert_eq!(steps::<f32>(&tape, columns), 0, "{name} in f32");
        assert_eq!(steps::<f64>(&tape, columns), 0, "{name} in f64");
        assert_eq!(steps::<Dual<f64>>(&tape, columns), 0, "{name} on dual numbers");
    }
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1, "the count must work");
}
