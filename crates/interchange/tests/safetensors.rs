//! safetensors out and in: names and shapes, every mistake with its place, and hostile files.

mod support;

use glassgrad_interchange::{Conversion, Error, Mismatch, Number, safetensors};
use glassgrad_layers::{Chain, Dense, LayerNorm};
use support::{Case, deep};

fn written<T: Number>(case: &Case<T>) -> Vec<u8> {
    let mut file = Vec::new();
    safetensors::write(&case.network(), &[("data", "iris \"2\"\n")], &mut file)
        .expect("a Vec takes everything");
    file
}

fn round_trip<T: Number>() {
    let case = Case::<T>::new(&deep(), 5);
    let file = written(&case);
    assert_eq!(file, written(&case), "the same network, the same bytes");
    assert_eq!(safetensors::read::<T>(&case.tape, &file, Conversion::Exact).expect("sound"), case.theta);
}

#[test]
fn round_trips_are_exact() {
    round_trip::<f32>();
    round_trip::<f64>();
}

#[test]
fn names_shapes_and_metadata() {
    let case =
        Case::<f32>::new(&Chain::new().then(Dense::new(4)).then(LayerNorm::new()).then(Dense::new(1)), 3);
    let file = written(&case);
    let parsed = ::safetensors::SafeTensors::deserialize(&file).expect("the crate reads it");
    let mut shapes: Vec<(String, Vec<usize>)> =
        parsed.iter().map(|(name, t)| (name.to_string(), t.shape().to_vec())).collect();
    shapes.sort();
    // Those of torch.nn.Sequential(Linear(3, 4), LayerNorm(4), Linear(4, 1)).state_dict(). The weight of
    // one output stays a matrix, the bias of one output a vector.
    let expected: [(&str, &[usize]); 6] = [
        ("0.bias", &[4]),
        ("0.weight", &[4, 3]),
        ("1.bias", &[4]),
        ("1.weight", &[4]),
        ("2.bias", &[1]),
        ("2.weight", &[1, 4]),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(name, shape)| ((*name).to_string(), shape.to_vec())).collect();
    assert_eq!(shapes, expected);
    let about = safetensors::metadata(&file).expect("sound");
    assert_eq!(about["data"], "iris \"2\"\n");
    assert!(about["architecture"].contains("2 = affine(1, 2.weight, 2.bias) : [batch, 1]"), "{about:?}");
    assert!(about["producer"].starts_with("glassgrad "));
}

/// A file of the given tensors, each (name, dtype, shape), of zeros.
fn file(tensors: &[(&str, &str, &[usize])]) -> Vec<u8> {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, dtype, shape) in tensors {
        let size = dtype.trim_start_matches(char::is_alphabetic).parse::<usize>().expect("F32") / 8;
        let (start, length) = (end, shape.iter().product::<usize>() * size);
        end += length;
        let entry = serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": [start, end]});
        header.insert((*name).into(), entry);
    }
    let header = serde_json::Value::Object(header).to_string();
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.resize(file.len() + end, 0);
    file
}

fn mismatches(found: &[(&str, &str, &[usize])]) -> Vec<Mismatch> {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    match safetensors::read::<f32>(&case.tape, &file(found), Conversion::Exact) {
        Err(Error::Mismatch { mismatches }) => mismatches,
        other => panic!("expected a mismatch, found {other:?}"),
    }
}

#[test]
fn a_vector_may_be_a_row() {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    let file = file(&[("0.bias", "F32", &[1, 4]), ("0.weight", "F32", &[4, 3])]);
    assert_eq!(safetensors::read::<f32>(&case.tape, &file, Conversion::Exact).expect("fits"), [0.0; 16]);
}

#[test]
fn every_mismatch_names_the_tensor() {
    let said = |found: &[(&str, &str, &[usize])]| {
        mismatches(found).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(
        said(&[("0.bias", "F32", &[4, 1]), ("0.weight", "F32", &[3, 4])]),
        "tensor \"0.weight\": found shape [3, 4], expected [4, 3]\n\
         tensor \"0.bias\": found shape [4, 1], expected [4]"
    );
    assert_eq!(
        said(&[("0.bias", "F64", &[4]), ("0.weight", "I32", &[4, 3])]),
        "tensor \"0.weight\": found numbers of type \"I32\", expected f32; save them as floats of 16, 32 or 64 bits\n\
         tensor \"0.bias\": found f64, expected f32; ask for Conversion::Rounding to round its numbers"
    );
    assert_eq!(
        said(&[("0.bias", "F32", &[4]), ("0.weigth", "F32", &[4, 3]), ("9.running_mean", "F32", &[4])]),
        "tensor \"0.weight\": not in the file, expected shape [4, 3]; the file has \"0.weigth\"\n\
         tensor \"0.weigth\": in the file with shape [4, 3], but not in the network; the network has \"0.weight\"\n\
         tensor \"9.running_mean\": in the file with shape [4], but not in the network"
    );
}

#[test]
fn conversion_is_asked_for() {
    let layer = Chain::new().then(Dense::new(2));
    let (single, mut double) = (Case::<f32>::new(&layer, 2), Case::<f64>::new(&layer, 2));
    let widened =
        safetensors::read::<f64>(&double.tape, &written(&single), Conversion::Exact).expect("exact");
    assert!(widened.iter().zip(&single.theta).all(|(&wide, &narrow)| wide == f64::from(narrow)));
    let rounded =
        safetensors::read::<f32>(&single.tape, &written(&double), Conversion::Rounding).expect("rounds");
    assert!(rounded.iter().zip(&double.theta).all(|(&narrow, &wide)| narrow == wide as f32));
    double.theta[5] = 1e39;
    let error = safetensors::read::<f32>(&single.tape, &written(&double), Conversion::Rounding).unwrap_err();
    assert_eq!(
        error.to_string(),
        "tensor \"0.bias\": number 1 (counted from 0) is 1e39, expected one that an f32 can hold; read it into f64"
    );
    double.theta[5] = f64::INFINITY;
    let infinite = safetensors::read::<f32>(&single.tape, &written(&double), Conversion::Rounding);
    assert_eq!(infinite.expect("what is infinite stays so")[5], f32::INFINITY);
}

/// Every number of 16 bits, against the crate `half`.
fn widened<T: Number>(dtype: &str, expected: fn(u16) -> f64) {
    let case = Case::<T>::new(&Chain::new().then(Dense::new(256).without_bias()), 256);
    let mut file = file(&[("0.weight", dtype, &[256, 256])]);
    let start = file.len() - (2 << 16);
    file.truncate(start);
    file.extend((0..=u16::MAX).flat_map(u16::to_le_bytes));
    let theta = safetensors::read::<T>(&case.tape, &file, Conversion::Exact).expect("exact");
    assert_eq!(theta.len(), 1 << 16);
    for (bits, number) in (0..=u16::MAX).zip(theta) {
        let (found, expected) = (number.to_f64(), expected(bits));
        let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(same, "{dtype} {bits:#06x}: found {found:e}, expected {expected:e}");
    }
}

#[test]
fn numbers_of_16_bits_are_widened() {
    widened::<f32>("F16", |bits| half::f16::from_bits(bits).to_f64());
    widened::<f64>("F16", |bits| half::f16::from_bits(bits).to_f64());
    widened::<f32>("BF16", |bits| half::bf16::from_bits(bits).to_f64());
    widened::<f64>("BF16", |bits| half::bf16::from_bits(bits).to_f64());
}

#[test]
fn theta_must_fit() {
    let mut case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    case.theta.pop();
    let error = safetensors::write(&case.network(), &[], Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "θ: found 15 numbers, expected 16");
}

#[test]
fn damaged_files_are_refused() {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    let sound = written(&case);
    let read = |file: &[u8]| safetensors::read::<f32>(&case.tape, file, Conversion::Exact);
    for length in 0..sound.len() {
        assert!(matches!(read(&sound[..length]), Err(Error::File { .. })), "cut at {length}");
    }
    for length in [sound.len() as u64, 1 << 32, 1 << 40, u64::MAX] {
        let mut file = sound.clone();
        file[..8].copy_from_slice(&length.to_le_bytes());
        assert!(matches!(read(&file), Err(Error::File { .. })), "header of {length}");
    }
    // Nothing a header says may panic: every byte of it replaced by others.
    for at in 0..sound.len() - 64 {
        for byte in *b"\0\"9-[}\xff" {
            let mut file = sound.clone();
            file[at] = byte;
            let _ = read(&file);
        }
    }
}
