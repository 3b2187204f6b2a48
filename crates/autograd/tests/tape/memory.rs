//! One memory, several batches and several tapes.

use glassgrad_autograd::{Axis, Error, Init, Memory, Tape, Var};
use ndarray::{Array2, array};

/// Σ w·x over a batch of rows of `columns`.
fn weighted_sum(columns: usize) -> (Tape, Var) {
    Tape::record(|tape| {
        let x = tape.input("x", columns);
        let w = tape.param("w", [1, columns], Init::Constant(2.0));
        let product = tape.mul(x, w);
        tape.sum(product, Axis::All)
    })
    .unwrap()
}

fn gradient((tape, loss): &(Tape, Var), x: &Array2<f64>, memory: &mut Memory<f64>) -> Vec<f64> {
    let theta = tape.layout().initial(0);
    let mut grad = vec![f64::NAN; theta.len()];
    memory.load(tape, &[("x", x.view())]).unwrap();
    tape.forward(&theta, memory);
    tape.backward(*loss, &theta, &mut grad, memory);
    grad
}

#[test]
fn one_memory_serves_tapes_of_as_many_instructions() {
    let (narrow, wide) = (weighted_sum(1), weighted_sum(2));
    let mut memory = Memory::new();
    for _ in 0..2 {
        assert_eq!(gradient(&wide, &array![[1.0, 2.0], [3.0, 4.0]], &mut memory), [4.0, 6.0]);
        assert_eq!(gradient(&narrow, &array![[1.0], [2.0]], &mut memory), [3.0]);
    }
}

#[test]
fn tapes_of_equal_shapes_can_need_unequal_room() {
    // A cross-entropy keeps its slopes behind its value, where a slice of the same shape keeps nothing.
    let record = |cross_entropy: bool| {
        Tape::record(|tape| {
            let (x, label) = (tape.input("x", 2), tape.labels("label", 2));
            let y = if cross_entropy {
                tape.softmax_cross_entropy(x, label, &[], 0.0)
            } else {
                tape.slice(x, 0..1)
            };
            tape.sum(y, Axis::All)
        })
        .unwrap()
    };
    let (slice, cross_entropy) = (record(false), record(true));
    let mut memory = Memory::new();
    for _ in 0..2 {
        gradient(&slice, &array![[0.5, 0.5], [1.0, 1.0]], &mut memory);
        assert_eq!(slice.0.value(slice.1, &[], &memory), array![[1.5]]);
        gradient(&cross_entropy, &array![[0.5, 0.5], [1.0, 1.0]], &mut memory);
        assert_eq!(cross_entropy.0.value(cross_entropy.1, &[], &memory), array![[2.0 * 2_f64.ln()]]);
    }
}

#[test]
#[should_panic(expected = "the memory must be sized for this tape")]
fn a_memory_of_another_tape_is_found_out() {
    let (narrow, (wide, _)) = (weighted_sum(1), weighted_sum(2));
    let mut memory = Memory::new();
    gradient(&narrow, &array![[1.0], [2.0]], &mut memory);
    wide.forward(&[0.0; 2], &mut memory);
}

#[test]
fn batches_of_any_size_follow_each_other() {
    let tape = weighted_sum(2);
    let mut memory = Memory::new();
    for rows in [32, 7, 1, 32] {
        let x = Array2::from_shape_fn((rows, 2), |(i, j)| (i + j) as f64);
        let expected = vec![x.column(0).sum(), x.column(1).sum()];
        assert_eq!(gradient(&tape, &x, &mut memory), expected);
        assert_eq!(memory.batch(), rows);
    }
}

#[test]
fn a_smaller_batch_takes_no_more_room() {
    let tape = weighted_sum(2);
    let mut memory = Memory::new();
    gradient(&tape, &Array2::ones((32, 2)), &mut memory);
    let bytes = memory.bytes();
    gradient(&tape, &Array2::ones((7, 2)), &mut memory);
    gradient(&tape, &Array2::ones((32, 2)), &mut memory);
    assert_eq!(memory.bytes(), bytes);
}

#[test]
fn new_and_default_are_the_same() {
    let (tape, loss) = weighted_sum(1);
    let mut memory = Memory::default();
    gradient(&(tape.clone(), loss), &array![[1.0]], &mut memory);
    assert!(tape.adjoint(tape.var("x").unwrap(), &[0.0], &memory).is_some());
}

#[test]
fn an_input_of_a_memory_without_a_batch_is_an_error() {
    let (tape, _) = weighted_sum(2);
    let x = tape.var("x").unwrap();
    let none = Array2::<f64>::zeros((0, 2));
    assert_eq!(Memory::new().set(&tape, x, none.view()), Err(Error::EmptyBatch));
}

#[test]
fn one_memory_s_inputs_can_be_written_in_place() {
    let (tape, loss) = weighted_sum(2);
    let mut memory = Memory::new();
    memory.resize(&tape, 3).unwrap();
    memory.input(tape.var("x").unwrap()).fill(1.5);
    let theta = tape.layout().initial::<f64>(0);
    tape.forward(&theta, &mut memory);
    assert_eq!(tape.value(loss, &theta, &memory), array![[18.0]]);
}
