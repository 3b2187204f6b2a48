//! The textbook's page is one RUN.toml: its losses, and its parameters after one step.

mod program;

use program::{fresh, objects, stdout};
use serde_json::Value;
use std::fs;

const PAGE: &str = "examples/one_hidden_unit.toml";

fn golden() -> Vec<Value> {
    serde_json::from_str(include_str!("../../../tests/golden/chapter.json")).expect("the golden page")
}

fn number(step: &Value, key: &str) -> f64 {
    step[key].as_str().expect("a number as text").parse().expect("a number")
}

/// Within 4 units in the last place.
fn assert_ulps(found: f64, expected: f64, what: &str) {
    let unit = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
    assert!((found - expected).abs() <= 4.0 * unit, "{what}: found {found:e}, expected {expected:e}");
}

#[test]
fn its_losses() {
    let golden = golden();
    let events = objects(&format!("train {PAGE}"));
    let epochs: Vec<_> = events.iter().filter(|event| event["event"] == "epoch").collect();
    assert_eq!(epochs.len(), 100);
    assert_ulps(epochs[0]["train_loss"].as_f64().expect("a loss"), number(&golden[0], "loss"), "step 0");
    for (step, (event, golden)) in epochs.iter().zip(&golden).enumerate() {
        let loss = event["train_loss"].as_f64().expect("a loss");
        // A residual is a difference of numbers near ½, and has no digits below theirs.
        let residual = (2.0 * loss).sqrt() - number(golden, "d_y_hat").abs();
        assert!(residual.abs() <= 4.0 * f64::EPSILON / 2.0, "step {step}: {loss:e}");
    }
    let text = stdout(&format!("train {PAGE} --epochs 2"));
    assert!(text.contains("\nepoch   1: loss 0.0074981\nepoch   2: loss 0.0018017\n"), "{text}");
}

#[test]
fn its_parameters_after_one_step() {
    let (model, weights) = (fresh("chapter.ckpt"), fresh("chapter.safetensors"));
    stdout(&format!("train {PAGE} --epochs 1 -o {model}"));
    stdout(&format!("export {model} --to safetensors -o {weights}"));
    let golden = golden();
    for (name, key) in
        [("0.weight", "new_w1"), ("0.bias", "new_b1"), ("2.weight", "new_w2"), ("2.bias", "new_b2")]
    {
        assert_ulps(tensor(&weights, name), number(&golden[0], key), key);
    }
    // A run of one epoch, resumed for a second, is on the page too.
    stdout(&format!("train --resume {model} --epochs 2"));
    stdout(&format!("export {model} --to safetensors -o {weights} --force"));
    assert_ulps(tensor(&weights, "0.weight"), number(&golden[1], "new_w1"), "w1 after two steps");
}

/// The only number of a tensor, read as the format says: a length, a JSON header, little-endian numbers.
fn tensor(path: &str, name: &str) -> f64 {
    let bytes = fs::read(path).expect("a file");
    let length = u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + length]).expect("JSON");
    assert_eq!(header[name]["dtype"], "F64");
    let start = 8 + length + header[name]["data_offsets"][0].as_u64().expect("an offset") as usize;
    f64::from_le_bytes(bytes[start..start + 8].try_into().expect("8 bytes"))
}
