//! Weights that other programs have trained: which files are read, and what is said of the others.

mod program;

use program::{file, fresh, refusal, stdout};
use safetensors::{Dtype, tensor::TensorView};
use std::fs;
use std::path::Path;

/// A network of three inputs and one output, and its run: `weights` are those of its file of 32-bit numbers.
fn weights(name: &str, weights: [f32; 4]) -> (String, String) {
    let bytes: Vec<u8> = weights.iter().flat_map(|number| number.to_le_bytes()).collect();
    let tensor = |shape, bytes| TensorView::new(Dtype::F32, shape, bytes).expect("a tensor");
    let tensors = [("0.weight", tensor(vec![1, 3], &bytes[..12])), ("0.bias", tensor(vec![1], &bytes[12..]))];
    let weights =
        file(&format!("{name}.safetensors"), safetensors::serialize(tensors, None).expect("a file"));
    let rows = "[data]\nrows = [[1, 2, 3, 4], [2, 3, 4, 5]]\nvalidation = 0\n[model]\nhidden = []\n";
    (weights, file(&format!("{name}.toml"), rows))
}

#[test]
fn weights_are_finite() {
    for (index, tensor, at, value) in
        [(0, "0.weight", 0, f32::NAN), (2, "0.weight", 2, f32::INFINITY), (3, "0.bias", 0, f32::NEG_INFINITY)]
    {
        let mut numbers = [0.5, f32::MAX, -0.0, f32::MIN_POSITIVE];
        numbers[index] = value;
        let (path, run_file) = weights("infinite", numbers);
        let model = fresh("infinite.ckpt");
        let expected = format!(
            "{path}: tensor {tensor:?}: number {at} (counted from 0) is {value}, expected finite numbers; the training that \
             these weights are from has diverged: take ones that were saved before"
        );
        assert_eq!(refusal(&format!("import {path} {run_file} -o {model}")), (65, expected.clone()));
        let text =
            fs::read_to_string(&run_file).expect("it") + "parameters.file = \"infinite.safetensors\"\n";
        let begin = file("infinite-begin.toml", text);
        assert_eq!(refusal(&format!("train {begin} -o {model} --epochs 1")), (65, expected));
        assert!(!Path::new(&model).exists());
    }
    let (path, run_file) = weights("finite", [0.5, f32::MAX, -0.0, f32::MIN_POSITIVE]);
    let model = fresh("finite.ckpt");
    stdout(&format!("import {path} {run_file} -o {model}"));
    stdout(&format!("inspect {model}"));
}

#[test]
fn files_of_another_kind() {
    let (sound, run_file) = weights("kinds", [0.5; 4]);
    let model = fresh("kinds.ckpt");
    let zip = "PK\u{3}\u{4}";
    let what = "not a safetensors file; expected .safetensors or .npz";
    for (name, bytes) in [("kinds.csv", "a,b\n1,2\n"), ("kinds", zip), ("kinds.ckpt2", ""), ("kinds.h5", zip)]
    {
        let path = file(name, bytes);
        assert_eq!(refusal(&format!("import {path} {run_file} -o {model}")), (65, format!("{path}: {what}")));
    }
    for name in ["kinds.pt", "kinds.PTH", "kinds.bin"] {
        let path = file(name, zip);
        let expected = format!(
            "{path}: {what}; PyTorch makes the former of it: import torch, safetensors.torch as s; \
             s.save_file(torch.load(\"{path}\", map_location=\"cpu\"), \"weights.safetensors\")"
        );
        assert_eq!(refusal(&format!("import {path} {run_file} -o {model}")), (65, expected));
    }
    for (name, kind) in [("damaged.safetensors", "safetensors"), ("damaged.npz", "npz")] {
        let path = file(name, "a,b\n1,2\n");
        let (code, message) = refusal(&format!("import {path} {run_file} -o {model}"));
        assert!(
            code == 65 && message.starts_with(&format!("{path}: not a sound {kind} file: ")),
            "{message}"
        );
    }
    // What it is named is no matter where it is what is expected.
    let named = file("kinds.model.bin", fs::read(&sound).expect("it"));
    stdout(&format!("import {named} {run_file} -o {model}"));
}

/// Of files that are as long as they claim, but take no room.
#[test]
fn a_file_is_read_as_far_as_the_network_can_need() {
    let (_, run_file) = weights("bound", [0.0; 4]);
    let (large, model) = (fresh("large.safetensors"), fresh("large.ckpt"));
    let claim = |bytes| fs::File::create(&large).and_then(|file| file.set_len(bytes)).expect("a sparse file");
    let most = (64 << 20) + 4 * 8;
    let expected = format!(
        "{large}: more than {most} bytes, which is all that the 4 parameters of this network can take with 8 bytes each and \
         64 MiB beside; expected its weights alone: without the state of an optimiser, and of no other network than --hidden \
         (model.hidden) says"
    );
    for bytes in [most + 1, 1 << 38] {
        claim(bytes);
        assert_eq!(refusal(&format!("import {large} {run_file} -o {model}")), (65, expected.clone()));
    }
    claim(most);
    let (code, message) = refusal(&format!("import {large} {run_file} -o {model}"));
    assert!(
        code == 65 && message.starts_with(&format!("{large}: not a sound safetensors file: ")),
        "{message}"
    );
    fs::remove_file(&large).expect("it was there");
}
