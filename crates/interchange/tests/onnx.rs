//! ONNX out: `tests/python/onnx_models.py` checks every model with the ONNX checker and runs it in onnxruntime.

mod support;

use glassgrad_autograd::{Axis, Tape, Var};
use glassgrad_interchange::{Error, Export, Head, Network, Number, Placement, Scaling, onnx};
use glassgrad_layers::{Activation, Chain, Dense, Layer, LogSoftmax, Loss, Reduction};
use ndarray::Array2;
use serde_json::{Value, json};
use std::path::Path;
use support::{Case, deep, folder, matrix, python};

/// All the ops that are no layer's, and a branch that is constant.
#[derive(Debug)]
struct Rare;

impl Layer for Rare {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        let w = tape.param("w", [3, 4], glassgrad_layers::Init::GlorotUniform);
        let v = tape.param("v", [1, 2], glassgrad_layers::Init::GlorotUniform);
        let left = tape.slice(x, 1..4);
        tape.name(left, "/1"); // a name that would do for something without a name
        let product = tape.matmul(left, w);
        let back = tape.matmul_transposed(product, false, w, true);
        let both = tape.concat(&[product, back, left]);
        let kept = tape.stop_gradient(both);
        let rows = tape.mean(kept, Axis::Rows);
        let sum = tape.sum(kept, Axis::All);
        let columns = tape.sum(kept, Axis::Columns);
        let shifted = tape.sub(kept, rows);
        let scaled = tape.div(shifted, columns);
        let total = tape.mul(scaled, sum);
        let constant = tape.sum(v, Axis::All);
        let constant = tape.map(Activation::Tanh, constant);
        let moved = tape.add(total, constant);
        tape.log_softmax(moved)
    }
}

/// Writes a model, its inputs and what it should give, within `bound`·ε·max(1, |y|).
fn put<T: Number>(folder: &Path, name: &str, case: &Case<T>, x: &Array2<T>, bound: f64) -> Value {
    put_expecting(folder, name, case, &Export::default(), x, &case.predict(x), bound)
}

fn put_expecting<T: Number>(
    folder: &Path,
    name: &str,
    case: &Case<T>,
    export: &Export,
    x: &Array2<T>,
    y: &Array2<T>,
    bound: f64,
) -> Value {
    let file = format!("{name}_{}.onnx", T::NAME);
    let mut model = Vec::new();
    onnx::write(&case.network(), export, &[("note", "a test")], &mut model).expect(name);
    std::fs::write(folder.join(&file), model).expect("written");
    let rows = |x: &Array2<T>| -> Vec<Vec<f64>> {
        x.rows().into_iter().map(|row| row.iter().map(|x| x.to_f64()).collect()).collect()
    };
    json!({"file": file, "type": T::NAME, "x": rows(x), "y": rows(y), "bound": bound})
}

/// Inputs that a function is defined for.
fn arguments<T: Number>(f: Activation) -> Array2<T> {
    let x = matrix::<T>(200, 1, 9.0);
    if matches!(f, Activation::Ln | Activation::Sqrt) { x.mapv(|x| T::from_f64(x.to_f64().abs())) } else { x }
}

/// In ε: `bound`, but in `f64` those 10⁻⁷ that an `Erf` of `f32` numbers costs.
fn gelu_bound<T: Number>(bound: f64) -> f64 {
    if T::DOUBLE { 1e-7 / f64::EPSILON } else { bound }
}

fn models<T: Number>(folder: &Path) -> Vec<Value> {
    let mut models = Vec::new();
    for &f in Activation::ALL {
        let case = Case::<T>::new(&f, 1);
        // onnxruntime's SiLU, of its own sigmoid, is the furthest off with 5.5.
        let bound = if f == Activation::Gelu { gelu_bound::<T>(8.0) } else { 8.0 };
        models.push(put(folder, f.name(), &case, &arguments(f), bound));
    }
    let x = matrix::<T>(9, 5, 2.0);
    let network = |layer: &dyn Layer| Case::<T>::new(layer, 5);
    let smooth = || Chain::new().then(Dense::new(6)).then(Activation::Tanh).then(Dense::new(3));
    models.push(put(folder, "rare", &network(&Rare), &x, 16.0));
    models.push(put(folder, "empty", &network(&Chain::new()), &x, 0.0));
    models.push(put(folder, "log_softmax", &network(&smooth().then(LogSoftmax)), &x, 8.0));
    models.push(put(folder, "deep", &network(&deep()), &x, gelu_bound::<T>(16.0)));

    // What goes in unscaled, and comes out unscaled.
    let case = network(&smooth());
    let input = Scaling { shift: vec![1.5, -2.0, 0.0, 30.0, 0.1], divisor: vec![2.0, 0.25, 1.0, 10.0, 0.3] };
    let output = Scaling { shift: vec![10.0, -1.0, 0.5], divisor: vec![4.0, 0.5, 100.0] };
    let column = |numbers: &[f64], j: usize| T::from_f64(numbers[j]);
    let scaled = Array2::from_shape_fn(x.dim(), |(i, j)| {
        (x[[i, j]] - column(&input.shift, j)) / column(&input.divisor, j)
    });
    let mut y = case.predict(&scaled);
    for ((_, j), y) in y.indexed_iter_mut() {
        *y = *y * column(&output.divisor, j) + column(&output.shift, j);
    }
    // 100 times the error of the prediction, and where folded a shift of 3 divisors besides.
    for (name, placement, bound) in [("steps", Placement::Steps, 16.0), ("folded", Placement::Folded, 64.0)] {
        let (input, output) = (Some(input.clone()), Some(output.clone()));
        let export = Export { input, output, placement, head: Head::Plain };
        models.push(put_expecting(folder, name, &case, &export, &x, &y, bound));
    }
    for (name, head, layer) in [
        ("softmax", Head::Softmax, smooth().then(glassgrad_layers::Softmax)),
        ("logistic", Head::Sigmoid, smooth().then(Activation::Sigmoid)),
    ] {
        let export = Export { head, ..Export::default() };
        let y = network(&layer).predict(&x);
        models.push(put_expecting(folder, name, &case, &export, &x, &y, 8.0));
    }
    let one = network(&Chain::new().then(Dense::new(1)));
    let second = network(&Chain::new().then(Dense::new(1)).then(Activation::Sigmoid)).predict(&x);
    let both = Array2::from_shape_fn((x.nrows(), 2), |(i, j)| {
        if j == 0 { T::one() - second[[i, 0]] } else { second[[i, 0]] }
    });
    let binary = Export { head: Head::Binary, ..Export::default() };
    models.push(put_expecting(folder, "binary", &one, &binary, &x, &both, 8.0));
    models
}

#[test]
fn onnxruntime_agrees() {
    let folder = folder("onnx");
    let models = [models::<f32>(&folder), models::<f64>(&folder)].concat();
    std::fs::write(folder.join("models.json"), Value::from(models).to_string()).expect("written");
    python::run("onnx_models.py", &["onnx", "onnxruntime", "numpy"], &folder);
}

/// The fields of a protocol buffer: their numbers, and what they hold. Of numbers, that is their bytes.
fn fields(mut message: &[u8]) -> Vec<(u64, &[u8])> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let length = match key % 8 {
            0 => message.iter().position(|byte| byte & 0x80 == 0).expect("a last byte") + 1,
            2 => varint(&mut message) as usize,
            5 => 4,
            kind => panic!("a field of kind {kind}"),
        };
        let (field, rest) = message.split_at(length);
        fields.push((key / 8, field));
        message = rest;
    }
    fields
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut value = 0;
    for place in 0.. {
        let (&byte, rest) = message.split_first().expect("a byte");
        *message = rest;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// The nodes of a model, one line each: its operator, its inputs, its output, and the numbers of its attributes.
fn nodes<T: Number>(case: &Case<T>) -> Vec<String> {
    let mut model = Vec::new();
    onnx::write(&case.network(), &Export::default(), &[], &mut model).expect("it can be written");
    let (_, graph) = fields(&model).into_iter().find(|(field, _)| *field == 7).expect("a graph");
    let of = |message, wanted| fields(message).into_iter().filter(move |f| f.0 == wanted).map(|f| f.1);
    let text = |bytes| std::str::from_utf8(bytes).expect("text");
    let node = |node| {
        let attributes = of(node, 5).flat_map(|attribute| of(attribute, 3)).map(|mut n| varint(&mut n));
        let words = of(node, 4).chain(of(node, 1)).chain(of(node, 2)).map(text).map(str::to_owned);
        words.chain(attributes.map(|number| number.to_string())).collect::<Vec<_>>().join(" ")
    };
    of(graph, 1).map(node).collect()
}

/// 1 is ONNX's number of `f32`, 11 of `f64`; all else is computed in the network's own type.
#[test]
fn erf_is_of_32_bits() {
    let single = nodes(&Case::<f32>::new(&Activation::Gelu, 1));
    assert_eq!(single, ["Mul x /1 /4", "Erf /4 /5", "Add /5 /2 /6", "Mul x /3 /7", "Mul /7 /6 gelu"]);
    let double = nodes(&Case::<f64>::new(&Activation::Gelu, 1));
    let cast = ["Cast /4 /5 1", "Erf /5 /6", "Cast /6 /7 11"];
    assert_eq!(
        double,
        [&["Mul x /1 /4"], &cast[..], &["Add /7 /2 /8", "Mul x /3 /9", "Mul /9 /8 gelu"]].concat()
    );
}

fn refusal<T: Number>(case: &Case<T>, export: &Export) -> String {
    onnx::write(&case.network(), export, &[], Vec::new()).expect_err("refused").to_string()
}

#[test]
fn what_cannot_be_written_is_refused() {
    let two = Chain::new().then(Dense::new(2)).then(Activation::Relu);
    let mut case = Case::<f32>::new(&two, 3);
    let scaling = |columns: usize| Some(Scaling { shift: vec![0.0; columns], divisor: vec![1.0; columns] });
    let folded = Export { placement: Placement::Folded, ..Export::default() };
    assert_eq!(
        refusal(&case, &Export { input: scaling(2), ..folded.clone() }),
        "input scaling: found 2 shifts, expected 3, one a column"
    );
    assert_eq!(
        refusal(&case, &Export { output: scaling(2), ..folded.clone() }),
        "output scaling: cannot be folded: \"1\" is no affine layer; write it as Placement::Steps"
    );
    let zero = Some(Scaling { shift: vec![0.0; 3], divisor: vec![1.0, 0.0, 1.0] });
    assert_eq!(
        refusal(&case, &Export { input: zero, ..Export::default() }),
        "input scaling: column 1 (counted from 0): found a divisor of 0"
    );
    let head = Export { output: scaling(2), head: Head::Softmax, ..Export::default() };
    assert_eq!(
        refusal(&case, &head),
        "output scaling: probabilities are not scaled; expected Head::Plain with it"
    );
    let twice = Case::<f32>::new(&Chain::new().then(Dense::new(2)).then(LogSoftmax), 3);
    assert_eq!(
        refusal(&twice, &Export { head: Head::Softmax, ..Export::default() }),
        "head: \"1\" gives probabilities already; expected Head::Plain"
    );
    assert_eq!(
        refusal(&case, &Export { head: Head::Binary, ..Export::default() }),
        "head: found 2 columns; expected 1, the logit of the second of two classes"
    );
    case.theta[7] = f32::NAN;
    assert_eq!(
        refusal(&case, &Export::default()),
        "tensor \"0.bias\": number 1 (counted from 0) is NaN, expected a finite number; \
         a network that has diverged is not written"
    );
}

#[test]
fn a_loss_is_not_written() {
    let (tape, (input, prediction, loss)) = Tape::record(|tape| {
        let x = tape.input("x", 3);
        let z = tape.scope("0", |tape| Dense::new(2).forward(tape, x));
        let target = Loss::CROSS_ENTROPY.target(tape, "y", z);
        (x, z, Loss::CROSS_ENTROPY.forward(tape, z, target, Reduction::Mean))
    })
    .expect("sound");
    let theta = tape.layout().initial::<f32>(0);
    let write = |prediction| {
        let network = Network { tape: &tape, input, prediction, theta: &theta };
        onnx::write(&network, &Export::default(), &[], Vec::new())
    };
    assert!(matches!(write(loss), Err(Error::OtherInput { .. })));
    write(prediction).expect("the loss behind it is left out");
}

#[test]
fn a_mask_is_no_prediction() {
    let case = Case::<f32>::new(&deep(), 5);
    let prediction = case.tape.var("4.mask").expect("a dropout layer");
    let network = Network { prediction, ..case.network() };
    let error = onnx::write(&network, &Export::default(), &[], Vec::new()).expect_err("refused");
    assert!(matches!(error, Error::Unconnected { .. }), "{error}");
}
