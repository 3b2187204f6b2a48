//! [ONNX](https://onnx.ai): the network for onnxruntime and other programs that run trained networks.
//!
//! The model is of operator set 13 (the first with the softmax of today, read by every onnxruntime since 1.6) and file
//! version 7, in the network's own number type. It takes one matrix `["N", in]`, named as on the tape, N being any batch,
//! and gives `["N", out]`, named as the last step. Dense layers are `Gemm` with `transB = 1` on the weights as they are,
//! parameters are named as in [`safetensors`](crate::safetensors), and everything else is the recorded steps in ONNX's
//! operators. In Python,
//!
//! ```text
//! session = onnxruntime.InferenceSession("digits.onnx")
//! (y,) = session.run(None, {session.get_inputs()[0].name: x})
//! ```
//!
//! onnxruntime has its own elementary functions and its own order of summation: outputs agree to a few ε of the largest
//! numbers on the way, not to the bit. Every activation y is within 8·ε·max(1, |y|), which the tests assert, but for GELU in
//! `f64`: onnxruntime has no `Erf` of these, so that one is computed in `f32`, and y is 10⁻⁷·max(1, |y|) off at most.

mod graph;
mod message;
mod unary;

use crate::program::{Action, Operand, Program};
use crate::{Error, Export, Network, Number};
use glassgrad_autograd::{Axis, Binary, Rows, Shape};
use graph::{Attribute, Graph};
use message::Message;
use std::io::Write;

const FILE_VERSION: u64 = 7;
const OPERATOR_SET: u64 = 13;

/// Writes the network from its input to its prediction.
///
/// `metadata` becomes the model's properties, beside `architecture`, the program as text, one line a value.
///
/// # Errors
/// If θ does not fit the tape or is not finite, the prediction depends on labels or other inputs, the export asks for
/// what cannot be, the model has 2 GiB or more, or `out` fails.
pub fn write<T: Number>(
    network: &Network<'_, T>,
    export: &Export,
    metadata: &[(&str, &str)],
    mut out: impl Write,
) -> Result<(), Error> {
    let program = Program::new(network, export)?;
    let graph = Message::new().message(7, &graph(&program)?);
    let mut model = Message::new()
        .int(1, FILE_VERSION)
        .text(2, "glassgrad")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(8, &Message::new().text(1, "").int(2, OPERATOR_SET));
    let architecture = network.architecture();
    let about = metadata.iter().filter(|(key, _)| *key != "architecture");
    for (key, value) in about.copied().chain([("architecture", architecture.as_str())]) {
        model = model.message(14, &Message::new().text(1, key).text(2, value));
    }
    let bytes = model.bytes.len() + graph.bytes.len();
    if i32::try_from(bytes).is_err() {
        return Err(Error::TooLarge { bytes });
    }
    out.write_all(&model.bytes)?;
    out.write_all(&graph.bytes)?;
    Ok(out.flush()?)
}

/// The `GraphProto`.
fn graph<T: Number>(program: &Program<T>) -> Result<Message, Error> {
    let mut graph = Graph::<T>::new(program.names());
    let used = program.used();
    for (i, constant) in program.constants.iter().enumerate().filter(|(i, _)| used.contains(i)) {
        let (rows, columns) = constant.numbers.dim();
        let shape = if constant.vector { vec![columns] } else { vec![rows, columns] };
        graph.tensor(program.name(Operand::Constant(i)), &shape, &constant.numbers);
    }
    for (i, step) in program.steps.iter().enumerate() {
        append(&mut graph, program, i, &step.action)?;
    }
    let output = match program.output {
        Operand::Step(i) => program.steps[i].name.clone(),
        other => {
            let output = program.fresh("output");
            graph.node("Identity", &[program.name(other)], &output, &[]);
            output
        }
    };
    graph.append(11, &value_info::<T>(&program.input_name, program.input_shape));
    graph.append(12, &value_info::<T>(&output, program.shape(program.output)));
    Ok(graph.message)
}

/// Appends the nodes of step `i`.
fn append<T: Number>(g: &mut Graph<T>, program: &Program<T>, i: usize, action: &Action) -> Result<(), Error> {
    let (y, shape) = (program.steps[i].name.as_str(), program.steps[i].shape);
    let name = |operand: &Operand| program.name(*operand);
    match action {
        Action::Affine { x, w, b } => {
            let inputs: Vec<&str> = [x, w].into_iter().chain(b).map(name).collect();
            g.node("Gemm", &inputs, y, &[Attribute::Int("transB", 1)]);
        }
        Action::MatMul { a, b, a_transposed, b_transposed } => {
            let mut side = |operand, transposed| {
                if transposed {
                    g.temporary("Transpose", &[name(operand)])
                } else {
                    name(operand).to_string()
                }
            };
            let (a, b) = (side(a, *a_transposed), side(b, *b_transposed));
            g.node("MatMul", &[&a, &b], y, &[]);
        }
        Action::Map(f, x) => unary::unary(g, *f, name(x), y)?,
        Action::Zip(f, a, b) => {
            let op = match f {
                Binary::Add => "Add",
                Binary::Sub => "Sub",
                Binary::Mul => "Mul",
                Binary::Div => "Div",
            };
            g.node(op, &[name(a), name(b)], y, &[]);
        }
        Action::Reduce { axis, mean, x } => {
            let axes: &[i64] = match axis {
                Axis::All => &[0, 1],
                Axis::Rows => &[0],
                Axis::Columns => &[1],
            };
            let keep = Attribute::Int("keepdims", 1);
            if *mean {
                g.node("ReduceMean", &[name(x)], y, &[Attribute::Ints("axes", axes), keep]);
            } else {
                let axes = g.whole(&[axes.len()], axes);
                g.node("ReduceSum", &[name(x), &axes], y, &[keep]);
            }
        }
        Action::Concat(parts) => {
            let parts: Vec<&str> = parts.iter().map(name).collect();
            g.node("Concat", &parts, y, &[Attribute::Int("axis", 1)]);
        }
        Action::Slice { x, start } => {
            let column =
                |at: usize| i64::try_from(at).expect("a matrix has fewer columns than memory has bytes");
            let (start, end) = (column(*start), column(*start + shape.columns));
            let [start, end, axis] = [start, end, 1].map(|number| g.whole(&[1], &[number]));
            g.node("Slice", &[name(x), &start, &end, &axis], y, &[]);
        }
        Action::Softmax(x) => g.node("Softmax", &[name(x)], y, &[Attribute::Int("axis", -1)]),
        Action::LogSoftmax(x) => g.node("LogSoftmax", &[name(x)], y, &[Attribute::Int("axis", -1)]),
    }
    Ok(())
}

/// Name, number type and shape of what goes in or comes out.
fn value_info<T: Number>(name: &str, shape: Shape) -> Message {
    let rows = match shape.rows {
        Rows::Batch => Message::new().text(2, "N"),
        Rows::Fixed(rows) => Message::new().int(1, rows as u64),
    };
    let columns = Message::new().int(1, shape.columns as u64);
    let shape = Message::new().message(1, &rows).message(1, &columns);
    let tensor = Message::new().signed(1, Graph::<T>::number_type()).message(2, &shape);
    Message::new().text(1, name).message(2, &Message::new().message(1, &tensor))
}
