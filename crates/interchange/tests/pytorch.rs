//! Weights to PyTorch and back: `tests/python/pytorch.py` loads ours strictly and compares outputs, and what it saves
//! is loaded here.

mod support;

use glassgrad_interchange::{Conversion, Number, safetensors};
use glassgrad_layers::{Activation, Chain, Dense, Dropout, LayerNorm};
use ndarray::Array2;
use serde_json::{Value, json};
use std::path::Path;
use support::{Case, folder, matrix, python};

fn network() -> Chain {
    Chain::new()
        .then(Dense::new(7))
        .then(LayerNorm::new())
        .then(Activation::Gelu)
        .then(Dense::new(4).without_bias())
        .then(Activation::LeakyRelu(0.01))
        .then(Dropout::new(0.5))
        .then(Dense::new(1))
}

fn rows<T: Number>(x: &Array2<T>) -> Vec<Vec<f64>> {
    x.rows().into_iter().map(|row| row.iter().map(|x| x.to_f64()).collect()).collect()
}

fn put<T: Number>(folder: &Path) {
    let case = Case::<T>::new(&network(), 5);
    let mut file = Vec::new();
    safetensors::write(&case.network(), &[], &mut file).expect("a Vec takes everything");
    std::fs::write(folder.join(format!("{}.safetensors", T::NAME)), file).expect("written");
    let x = matrix::<T>(20, 5, 3.0);
    let text = json!({"x": rows(&x), "y": rows(&case.predict(&x))}).to_string();
    std::fs::write(folder.join(format!("{}.json", T::NAME)), text).expect("written");
}

fn take<T: Number>(folder: &Path) {
    let mut case = Case::<T>::new(&network(), 5);
    let file =
        std::fs::read(folder.join(format!("torch_{}.safetensors", T::NAME))).expect("PyTorch wrote it");
    case.theta = safetensors::read(&case.tape, &file, Conversion::Exact).expect("the same layers");
    let text =
        std::fs::read_to_string(folder.join(format!("torch_{}.json", T::NAME))).expect("PyTorch wrote it");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let list = |key: &str, columns| {
        let rows = value[key].as_array().expect("rows").iter().flat_map(|row| row.as_array().expect("a row"));
        let numbers: Vec<T> = rows.map(|x| T::from_f64(x.as_f64().expect("a number"))).collect();
        Array2::from_shape_vec((numbers.len() / columns, columns), numbers).expect("whole rows")
    };
    let (found, expected) = (case.predict(&list("x", 5)), list("y", 1));
    let scale = expected.iter().fold(0.0_f64, |most, y| most.max(y.to_f64().abs()));
    for (found, expected) in found.iter().zip(&expected) {
        let error = (found.to_f64() - expected.to_f64()).abs();
        assert!(error <= 1e-6 * scale, "{}: found {found}, PyTorch {expected}", T::NAME);
    }
}

#[test]
fn weights_go_to_pytorch_and_come_back() {
    let folder = folder("pytorch");
    put::<f32>(&folder);
    put::<f64>(&folder);
    if python::run("pytorch.py", &["torch", "safetensors", "numpy"], &folder) {
        take::<f32>(&folder);
        take::<f64>(&folder);
    }
}
