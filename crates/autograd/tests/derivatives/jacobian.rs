//! The Jacobian by backward sweeps is that by runs on dual numbers.

use crate::case::{Case, Recorded};
use crate::cases;
use glassgrad_autograd::{Memory, Tape, Unary, Var, Wrt};
use ndarray::Array2;

/// Relative to the largest entry.
const ROUNDING: f64 = 1e-13;

#[test]
fn the_two_jacobians_agree() {
    for case in cases::all() {
        let rows = *case.batches().last().unwrap();
        for operand in 0..case.operands.len() {
            // With respect to a value that is no leaf it goes backward. A shift by 0 makes one.
            let shifted = case.record_with(shift, |_, y| y);
            let backward = jacobian(&case, rows, &shifted, shifted.operands[operand]);
            // With respect to a leaf it goes forward where y is longer. Copies of y make it so.
            let copies = backward.ncols() / backward.nrows() + 1;
            let wide = case.record_with(shift, |tape, y| tape.concat(&vec![y; copies]));
            let leaf = wide.tape.var(&operand.to_string()).unwrap();
            let forward = jacobian(&case, rows, &wide, leaf);

            let columns = shifted.tape.shape(shifted.y).columns;
            let scale = backward.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
            for ((i, j), back) in backward.indexed_iter() {
                let fore = forward[[i / columns * columns * copies + i % columns, j]];
                assert!(
                    (back - fore).abs() <= ROUNDING * scale,
                    "{}, operand {operand}, entry [{i}, {j}]: {back} backward, {fore} forward",
                    case.name
                );
            }
        }
    }
}

fn shift(tape: &mut Tape, v: Var) -> Var {
    tape.map(Unary::Shift(0.0), v)
}

fn jacobian(case: &Case, rows: usize, recorded: &Recorded, wrt: Var) -> Array2<f64> {
    let mut memory = Memory::new();
    let theta = case.load(&recorded.tape, rows, &mut memory);
    recorded.tape.jacobian(recorded.y, Wrt::Var(wrt), &theta, &memory).unwrap()
}

#[test]
fn the_jacobian_by_theta_is_those_by_each_parameter_side_by_side() {
    for case in cases::all() {
        let Recorded { tape, y, .. } = case.record();
        let mut memory = Memory::<f64>::new();
        let theta = case.load(&tape, 7, &mut memory);
        let whole = tape.jacobian(y, Wrt::Theta, &theta, &memory).unwrap();
        for segment in tape.layout().segments() {
            let var = Wrt::Var(tape.var(&segment.name).unwrap());
            let part = tape.jacobian(y, var, &theta, &memory).unwrap();
            for ((i, j), entry) in part.indexed_iter() {
                let other = whole[[i, segment.start + j]];
                let error = (entry - other).abs();
                assert!(error <= ROUNDING * (1.0 + entry.abs()), "{}: [{i}, {j}]", case.name);
            }
        }
    }
}
