//! From the same start, on the same batches, a hundred steps end where PyTorch's end: `train`, then `export`, beside the files that
//! `pytorch/steps.py` wrote. Where `PYTHON` names an interpreter, the script is run and compared with, too.

mod program;

use program::{TMP, file, fresh, stdout};
use safetensors::{Dtype, SafeTensors};
use std::process::Command;
use std::{env, fs};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pytorch");
const IRIS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv");

/// As the script has them.
const OPTIMIZERS: [(&str, &str); 4] = [
    ("sgd", "name = \"sgd\"\nlr = 0.05"),
    ("momentum", "name = \"sgd\"\nlr = 0.02\nmomentum = 0.9"),
    ("adam", "name = \"adam\"\nlr = 0.01"),
    ("adamw", "name = \"adamw\"\nlr = 0.01\nweight_decay = 0.05"),
];

/// The numbers of a tensor.
fn numbers(file: &SafeTensors<'_>, name: &str) -> Vec<f64> {
    let tensor = file.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    match tensor.dtype() {
        Dtype::F32 => tensor
            .data()
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().expect("4")).into())
            .collect(),
        Dtype::F64 => tensor
            .data()
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("8")))
            .collect(),
        other => panic!("{name}: {other:?}"),
    }
}

/// Trains from a folder's start, and holds the weights against its steps.
fn compare(folder: &str, tag: &str) {
    let steps = fs::read(format!("{folder}/steps.safetensors")).expect("the script wrote it");
    let theirs = SafeTensors::deserialize(&steps).expect("safetensors");
    for (precision, tolerance) in [("f32", 1e-5), ("f64", 1e-10)] {
        for (name, optimizer) in OPTIMIZERS {
            let run = format!("{tag}-{name}-{precision}");
            let text = format!(
                "precision = \"{precision}\"\n[data]\ntrain = {IRIS:?}\ntarget = \"target\"\nvalidation = 0\nscale = \"none\"\n\
                 [model]\nhidden = [16]\nactivation = \"tanh\"\nparameters.file = \"{folder}/start.safetensors\"\n\
                 [optimizer]\n{optimizer}\n[train]\nepochs = 20\nbatch = 32\nshuffle = false\n"
            );
            let run_file = file(&format!("{run}.toml"), text);
            let [model, weights] = ["ckpt", "safetensors"].map(|kind| fresh(&format!("{run}.{kind}")));
            stdout(&format!("train {run_file} -o {model}"));
            stdout(&format!("export {model} --to safetensors -o {weights}"));
            let weights = fs::read(weights).expect("it");
            let ours = SafeTensors::deserialize(&weights).expect("safetensors");
            for layer in ["0.weight", "0.bias", "2.weight", "2.bias"] {
                let [found, expected] =
                    [numbers(&ours, layer), numbers(&theirs, &format!("{name}.{precision}.{layer}"))];
                assert_eq!(found.len(), expected.len(), "{run}: {layer}");
                // In f32 a weight that happens to be small is the difference of numbers as large as the others, rounded:
                // PyTorch's own two runs differ by up to 3e-5 of such a weight.
                let largest = expected.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
                for (found, expected) in found.iter().zip(expected) {
                    let error = (found - expected).abs();
                    let of = if precision == "f32" { largest } else { expected.abs() };
                    assert!(error <= tolerance * of, "{run}: {layer}: found {found:e}, PyTorch {expected:e}");
                }
            }
        }
    }
}

#[test]
fn a_hundred_steps_end_where_pytorch_ends() {
    compare(FOLDER, "committed");
}

#[test]
fn and_where_it_ends_now() {
    let Ok(python) = env::var("PYTHON") else { return };
    let folder = format!("{TMP}/pytorch");
    fs::create_dir_all(&folder).expect("a folder");
    let run = Command::new(&python).args([&format!("{FOLDER}/steps.py"), &folder, IRIS]).output();
    match run {
        Ok(run) if run.status.success() => compare(&folder, "live"),
        _ if env::var("GLASSGRAD_REQUIRE_PYTHON").is_ok_and(|v| v == "1") => panic!("{python}: {run:?}"),
        _ => eprintln!("skipped: {python} with torch, numpy and safetensors is not there"),
    }
}
