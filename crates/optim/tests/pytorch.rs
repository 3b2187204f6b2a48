//! Twenty steps of a small network, by each rule, against PyTorch.
//!
//! The gradient is computed here, at our own θ, so that every deviation is compounded.

mod fixture;
#[path = "fixture/recipe.rs"]
mod recipe;

use fixture::{list, load, number, numbers, string};
use glassgrad_optim::Descent;
use serde_json::Value;
use std::ops::Range;

/// Every θ, gradient, loss and rate must agree with PyTorch's to this share of itself.
const TOLERANCE: f64 = 1e-10;

const BATCH: usize = 6;
const INPUTS: usize = 5;
const HIDDEN: usize = 7;
const OUTPUTS: usize = 3;

/// ŷ = V·tanh(W·x + b) + c; loss = mean (ŷ − y)². θ holds W [7, 5], b [7], V [3, 7], c [3].
fn loss_and_gradient(x: &[f64], y: &[f64], theta: &[f64], grad: &mut [f64]) -> f64 {
    let (w, rest) = theta.split_at(HIDDEN * INPUTS);
    let (b, rest) = rest.split_at(HIDDEN);
    let (v, c) = rest.split_at(OUTPUTS * HIDDEN);
    grad.fill(0.0);
    let (dw, rest) = grad.split_at_mut(HIDDEN * INPUTS);
    let (db, rest) = rest.split_at_mut(HIDDEN);
    let (dv, dc) = rest.split_at_mut(OUTPUTS * HIDDEN);
    let elements = (BATCH * OUTPUTS) as f64;
    let mut loss = 0.0;
    for (x, y) in x.chunks_exact(INPUTS).zip(y.chunks_exact(OUTPUTS)) {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let h: Vec<f64> = (0..HIDDEN).map(|j| (dot(&w[j * INPUTS..][..INPUTS], x) + b[j]).tanh()).collect();
        let mut dh = [0.0; HIDDEN];
        for k in 0..OUTPUTS {
            let row = k * HIDDEN..(k + 1) * HIDDEN;
            let error = dot(&v[row.clone()], &h) + c[k] - y[k];
            loss += error * error / elements;
            let d = 2.0 * error / elements;
            dc[k] += d;
            for (j, i) in row.enumerate() {
                dv[i] += d * h[j];
                dh[j] += d * v[i];
            }
        }
        for j in 0..HIDDEN {
            let dz = dh[j] * (1.0 - h[j] * h[j]);
            db[j] += dz;
            for (dw, x) in dw[j * INPUTS..].iter_mut().zip(x) {
                *dw += dz * x;
            }
        }
    }
    loss
}

/// The recipe of a run, bound to the fixture's layout.
fn descent(file: &Value, run: &Value) -> Descent<f64> {
    let index = |v: &Value| usize::try_from(fixture::count(v)).expect("an index");
    let segments: Vec<(&str, Range<usize>)> = list(&file["parameters"])
        .iter()
        .map(|p| (string(&p["name"]), index(&p["start"])..index(&p["end"])))
        .collect();
    recipe::recipe(run).bind(&segments).expect("a valid recipe")
}

#[track_caller]
fn assert_close(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= TOLERANCE * b.abs(), "{what}, element {i}: {a:e}, PyTorch {b:e}");
    }
}

#[test]
fn twenty_steps_agree_with_pytorch() {
    let file = load();
    let (x, y) = (numbers(&file["x"]), numbers(&file["y"]));
    let runs = list(&file["runs"]);
    assert_eq!(runs.len(), 23);
    for run in runs {
        let name = string(&run["name"]);
        let mut descent = descent(&file, run);
        let mut theta = numbers(&file["theta"]);
        let mut grad = vec![0.0; theta.len()];
        let frozen: Vec<bool> = numbers(&run["gradient"]["1"]).iter().map(|&g| g == 0.0).collect();
        for t in 1..=20 {
            let i = t - 1;
            let at = format!("{name}, update {t}");
            let loss = loss_and_gradient(&x, &y, &theta, &mut grad);
            assert_close(&[loss], &[number(&run["loss"][i])], &format!("{at}: loss"));
            let key = t.to_string();
            if let Some(theirs) = run["gradient"].get(&key) {
                // PyTorch has no gradient where a parameter is frozen.
                let kept = grad.iter().zip(&frozen).map(|(&g, &f)| if f { 0.0 } else { g });
                assert_close(&kept.collect::<Vec<_>>(), &numbers(theirs), &format!("{at}: gradient"));
            }
            let step = descent.step(&mut theta, &mut grad).expect("a finite gradient");
            assert_eq!(step.t, t as u64);
            assert_close(&[step.lr], &[number(&run["lr"][i])], &format!("{at}: lr"));
            if let Some(norm) = run["norm"].get(i) {
                assert_close(&[step.norm.expect("a norm")], &[number(norm)], &format!("{at}: norm"));
            }
            if let Some(theirs) = run["theta"].get(&key) {
                assert_close(&theta, &numbers(theirs), &format!("{at}: θ"));
            }
        }
    }
}
