//! Forward and backward mode against each other: ⟨u, J·v⟩ = ⟨Jᵀ·u, v⟩ to rounding, without a step size.

use crate::case::{Case, Recorded, random};
use crate::cases;
use glassgrad_autograd::{Memory, Rows, Shape};
use ndarray::Array2;

/// The two sides agree to this, relative to the lengths of what they are products of.
const ROUNDING: f64 = 1e-12;

#[test]
fn forward_and_backward_mode_agree() {
    for case in cases::all() {
        let Recorded { tape, y, .. } = case.record();
        let mut memory = Memory::<f64>::new();
        for &rows in case.batches() {
            let theta = case.load(&tape, rows, &mut memory);
            tape.forward(&theta, &mut memory);
            let Shape { rows: y_rows, columns } = tape.shape(y);
            let u = random(1, (y_rows.of(rows), columns));
            // Nothing of what is in ∇θ may survive, so it starts as what would be seen.
            let mut grad = vec![f64::NAN; theta.len()];
            tape.vjp(y, u.view(), &theta, &mut grad, &mut memory).unwrap();

            let theta_dot = random(2, (1, theta.len())).into_raw_vec_and_offset().0;
            let along_theta = tape.jvp(y, &theta, &theta_dot, &[], &memory).unwrap();
            let pulled: Vec<f64> = grad.clone();
            agree(&case, rows, [&u, &along_theta], [&pulled, &theta_dot]);

            let inputs = inputs(&case, rows);
            let directions: Vec<_> = inputs.iter().map(|(name, v)| (name.as_str(), v.view())).collect();
            let still = vec![0.0; theta.len()];
            let along_inputs = tape.jvp(y, &theta, &still, &directions, &memory).unwrap();
            let (mut pulled, mut moved) = (Vec::new(), Vec::new());
            for (name, v) in &inputs {
                let input = tape.var(name).unwrap();
                match tape.adjoint(input, &grad, &memory) {
                    Some(adjoint) => pulled.extend(adjoint),
                    None => pulled.extend(vec![0.0; v.len()]),
                }
                moved.extend(v);
            }
            agree(&case, rows, [&u, &along_inputs], [&pulled, &moved]);
        }
    }
}

/// A direction for each input, labels included: an op that looks a class up has derivative 0.
fn inputs(case: &Case, rows: usize) -> Vec<(String, Array2<f64>)> {
    let inputs = case.operands.iter().enumerate().filter(|(_, o)| o.shape.rows == Rows::Batch);
    inputs.map(|(i, o)| (i.to_string(), random(3 + i as u64, (rows, o.shape.columns)))).collect()
}

fn agree(case: &Case, rows: usize, [u, jv]: [&Array2<f64>; 2], [jtu, v]: [&[f64]; 2]) {
    let (forward, backward) = (dot(u, jv), dot(jtu, v));
    let scale = (dot(u, u) * dot(jv, jv)).sqrt().max((dot(jtu, jtu) * dot(v, v)).sqrt());
    let error = (forward - backward).abs();
    assert!(
        error <= ROUNDING * scale,
        "{}, batch of {rows}: ⟨u, J·v⟩ = {forward}, ⟨Jᵀ·u, v⟩ = {backward}, differ by {error:.1e}",
        case.name
    );
}

fn dot<'a>(a: impl IntoIterator<Item = &'a f64>, b: impl IntoIterator<Item = &'a f64>) -> f64 {
    a.into_iter().zip(b).map(|(a, b)| a * b).sum()
}
