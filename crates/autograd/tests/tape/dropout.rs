//! Dropout: what the mask is, and what it is a function of.

use glassgrad_autograd::{Memory, Tape, Var};
use ndarray::Array2;

/// Two dropouts, one after the other, on an input of four columns.
fn two_masks(rate: f64) -> (Tape, [Var; 3]) {
    Tape::record(|tape| {
        let x = tape.input("x", 4);
        let h = tape.dropout(x, rate);
        [x, h, tape.dropout(h, rate)]
    })
    .unwrap()
}

/// The input's shape full of ones, run with the key (seed, epoch, step), or evaluated.
fn run(tape: &Tape, rows: usize, key: Option<[u64; 3]>) -> Memory<f64> {
    let mut memory = Memory::new();
    if let Some([seed, epoch, step]) = key {
        memory.training(seed, epoch, step);
    }
    memory.load(tape, &[("x", Array2::ones((rows, 4)).view())]).unwrap();
    tape.forward(&[], &mut memory);
    memory
}

fn mask(tape: &Tape, name: &str, memory: &Memory<f64>) -> Array2<f64> {
    tape.value(tape.var(name).unwrap(), &[], memory).to_owned()
}

#[test]
fn a_mask_keeps_the_share_it_should_and_the_mean() {
    let (tape, [_, h, _]) = two_masks(0.25);
    let memory = run(&tape, 2500, Some([0, 0, 0]));
    let h = tape.value(h, &[], &memory);
    assert!(h.iter().all(|&x| x == 0.0 || x == 1.0 / 0.75));
    let dropped = h.iter().filter(|&&x| x == 0.0).count() as f64 / h.len() as f64;
    // 10 000 draws: a standard error of 0.0043, five of them.
    assert!((dropped - 0.25).abs() < 0.0217, "{dropped} dropped");
}

#[test]
fn a_mask_is_a_function_of_its_key_and_its_place() {
    let (tape, _) = two_masks(0.5);
    let key = [7, 1, 2];
    let memory = run(&tape, 16, Some(key));
    let first = mask(&tape, "mask", &memory);
    assert_ne!(first, mask(&tape, "mask_2", &memory), "masks of different layers differ");
    assert_eq!(first, mask(&tape, "mask", &run(&tape, 16, Some(key))));
    for i in 0..3 {
        let mut other = key;
        other[i] += 1;
        assert_ne!(first, mask(&tape, "mask", &run(&tape, 16, Some(other))));
    }
}

#[test]
fn evaluating_changes_nothing() {
    let (tape, [x, _, y]) = two_masks(0.5);
    let mut memory = run(&tape, 3, None);
    assert_eq!(tape.value(x, &[], &memory), tape.value(y, &[], &memory));
    memory.training(1, 0, 0);
    tape.forward(&[], &mut memory);
    assert_ne!(tape.value(x, &[], &memory), tape.value(y, &[], &memory));
    memory.evaluating();
    tape.forward(&[], &mut memory);
    assert_eq!(tape.value(x, &[], &memory), tape.value(y, &[], &memory));
}

#[test]
fn the_adjoint_passes_where_the_number_did() {
    let (tape, [x, h, y]) = two_masks(0.5);
    let mut memory = run(&tape, 8, Some([3, 0, 0]));
    tape.backward(y, &[], &mut [], &mut memory);
    let both = mask(&tape, "mask", &memory) * mask(&tape, "mask_2", &memory);
    assert_eq!(tape.adjoint(x, &[], &memory).unwrap(), both);
    assert_eq!(tape.adjoint(h, &[], &memory).unwrap(), mask(&tape, "mask_2", &memory));
}

#[test]
fn numbers_dropped_are_the_same_in_f32_and_on_dual_numbers() {
    let (tape, [_, _, y]) = two_masks(0.5);
    let memory = run(&tape, 8, Some([3, 0, 0]));
    let along = tape.jvp(y, &[], &[], &[("x", Array2::ones((8, 4)).view())], &memory).unwrap();
    assert_eq!(along, tape.value(y, &[], &memory));
    let mut single = Memory::<f32>::new();
    single.training(3, 0, 0);
    single.load(&tape, &[("x", Array2::ones((8, 4)).view())]).unwrap();
    tape.forward(&[], &mut single);
    assert_eq!(tape.value(y, &[], &single).mapv(f64::from), tape.value(y, &[], &memory));
}
