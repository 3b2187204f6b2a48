//! Hessian–vector products: backward on dual numbers, against differences of gradients.

use crate::case::{Recorded, random};
use crate::cases;
use glassgrad_autograd::{Memory, Tape, Var};

#[test]
fn hessian_vector_products_are_differences_of_gradients() {
    let mut checked = 0;
    for case in cases::all() {
        let Recorded { tape, y: loss, .. } = case.record_loss();
        if tape.layout().is_empty() {
            continue;
        }
        let mut memory = Memory::new();
        for &rows in case.batches() {
            let theta = case.load(&tape, rows, &mut memory);
            let [v, w] = [2, 3].map(|seed| random::<f64>(seed, (1, theta.len())).into_raw_vec_and_offset().0);
            let [hv, hw] = [&v, &w].map(|v| tape.hvp(loss, &theta, v, &memory).unwrap());

            // A stopped gradient is a constant to hvp too, but moves in a difference of gradients.
            let stopped = case.name.contains("stop_gradient");
            let [coarse, fine] = [1.0 / 512.0, 1.0 / 1024.0]
                .map(|step| difference(&tape, loss, &theta, &v, step, &mut memory));
            let scale = hv.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
            for ((&h, coarse), fine) in hv.iter().zip(coarse).zip(fine) {
                // Richardson: the ε² of the one cancels that of the other, and ε⁴ is about 1e-11.
                let limit = (4.0 * fine - coarse) / 3.0;
                assert!(
                    stopped || (h - limit).abs() <= 1e-8 * scale,
                    "{}: {h}, by differences {limit}",
                    case.name
                );
            }

            let (one, other) = (dot(&w, &hv), dot(&v, &hw));
            let size = (dot(&hv, &hv) * dot(&w, &w)).sqrt().max(1.0);
            assert!((one - other).abs() <= 1e-12 * size, "{}: not symmetric: {one}, {other}", case.name);

            let hessian = tape.hessian(loss, &theta, &memory).unwrap();
            for ((i, j), h) in hessian.indexed_iter() {
                assert!(
                    (h - hessian[[j, i]]).abs() <= 1e-12 * scale.max(h.abs()),
                    "{}: [{i}, {j}]",
                    case.name
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} cases have parameters");
}

/// (∇(θ + ε·v) − ∇(θ − ε·v))/2ε.
fn difference(
    tape: &Tape,
    loss: Var,
    theta: &[f64],
    v: &[f64],
    step: f64,
    memory: &mut Memory<f64>,
) -> Vec<f64> {
    let [up, down] = [step, -step].map(|step| {
        let moved: Vec<f64> = theta.iter().zip(v).map(|(t, v)| t + step * v).collect();
        let mut grad = vec![0.0; theta.len()];
        tape.forward(&moved, memory);
        tape.backward(loss, &moved, &mut grad, memory);
        grad
    });
    up.iter().zip(down).map(|(up, down)| (up - down) / (2.0 * step)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
