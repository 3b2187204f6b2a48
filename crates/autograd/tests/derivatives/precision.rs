//! The gradient in `f32` is that in `f64`, but for the rounding of `f32`.

use crate::case::{Case, Recorded, random};
use crate::cases;
use glassgrad_autograd::{Memory, Shape};
use glassgrad_tensor::Scalar;

#[test]
fn f32_gradients_are_f64_gradients_rounded() {
    for case in cases::all() {
        for &rows in case.batches() {
            let (exact, rounded) = (adjoints::<f64>(&case, rows), adjoints::<f32>(&case, rows));
            for (exact, rounded) in exact.iter().zip(&rounded) {
                let scale = exact.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
                for (e, r) in exact.iter().zip(rounded) {
                    let error = (e - r).abs() / (f64::from(f32::EPSILON) * scale.max(f64::MIN_POSITIVE));
                    assert!(error <= 64.0, "{}, batch of {rows}: {r}, expected {e}, {error}", case.name);
                }
            }
        }
    }
}

/// The adjoint of every operand, for one and the same seed.
fn adjoints<T: Scalar>(case: &Case, rows: usize) -> Vec<Vec<f64>> {
    let Recorded { tape, operands, y } = case.record();
    let mut memory = Memory::<T>::new();
    let theta = case.load(&tape, rows, &mut memory);
    tape.forward(&theta, &mut memory);
    let Shape { rows: y_rows, columns } = tape.shape(y);
    let u = random(1, (y_rows.of(rows), columns));
    let mut grad = vec![T::zero(); theta.len()];
    tape.vjp(y, u.view(), &theta, &mut grad, &mut memory).unwrap();
    let adjoint =
        |v| tape.adjoint(v, &grad, &memory).map_or(vec![], |g| g.iter().map(|g| g.to_f64()).collect());
    operands.into_iter().map(adjoint).collect()
}
