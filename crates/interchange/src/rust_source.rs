//! Rust source: the network as one file that needs nothing, not even `std`.
//!
//! The file has the parameters as arrays of constants, `pub const INPUTS` and `OUTPUTS`, and
//!
//! ```text
//! pub fn forward(input: &[f32; INPUTS]) -> [f32; OUTPUTS]
//! ```
//!
//! in the network's own number type. Put it into a crate of any edition, `#![no_std]` or not, as `mod network;`; it needs
//! Rust 1.85 and allocates nothing. Numbers are printed so that reading them gives the same bits.
//!
//! The elementary functions come along as text, and only those that are needed: they are `glassgrad_tensor`'s own, so
//! every activation gives the same bits as the tape, but for √x and what uses it on `f64`, which may differ by 1 ulp. A
//! product of k terms adds in the same order, but rounds each term before it is added, as not every processor has fused
//! multiply–adds: per layer the outputs differ by at most (k + 1)·ε·(|b| + Σ|w·x|).

mod constants;
mod functions;
mod unary;

use crate::program::{Action, Operand, Program};
use crate::{Error, Export, Network, Number};
use glassgrad_autograd::{Axis, Binary, Rows};
use std::fmt::Write as _;
use std::io::Write;

/// Writes the network from its input to its prediction.
///
/// The file begins with its steps, scaling and probabilities among them, and then the lines `about`, such as the names of
/// its inputs in order. Characters that are not printed are escaped, so that nothing leaves its comment.
///
/// # Errors
/// If θ does not fit the tape or is not finite, the prediction depends on labels or other inputs, a value combines
/// several rows of a batch, the export asks for what cannot be, or `out` fails.
pub fn write<T: Number>(
    network: &Network<'_, T>,
    export: &Export,
    about: &[String],
    mut out: impl Write,
) -> Result<(), Error> {
    let program = Program::new(network, export)?;
    let code = forward(&program)?;
    let (imports, functions) = functions::needed::<T>(&code);
    writeln!(
        out,
        "//! A network that glassgrad {} wrote: call [`forward`]. It compiles in every edition of Rust, from 1.85 on, as the\n\
         //! module of a crate or by itself: `rustc --crate-type lib FILE`. Its steps:\n//!\n//! ```text",
        env!("CARGO_PKG_VERSION")
    )?;
    for line in program.listing() {
        writeln!(out, "//! {}", plain(&line))?;
    }
    writeln!(out, "//! ```")?;
    if !about.is_empty() {
        writeln!(out, "//!\n//! ```text")?;
        for line in about {
            writeln!(out, "//! {}", plain(line))?;
        }
        writeln!(out, "//! ```")?;
    }
    writeln!(out)?;
    if !imports.is_empty() {
        writeln!(out, "{imports}")?;
    }
    let used = program.used();
    for (i, constant) in program.constants.iter().enumerate().filter(|(i, _)| used.contains(i)) {
        let rows: Vec<Vec<T>> = constant.numbers.rows().into_iter().map(|row| row.to_vec()).collect();
        writeln!(out, "/// `{}`", plain(&constant.name))?;
        constants::write(i, &rows, constant.vector, &mut out)?;
    }
    out.write_all(code.as_bytes())?;
    out.write_all(functions.as_bytes())?;
    Ok(out.flush()?)
}

/// A text as a comment can hold it: line breaks, and what would turn the direction of the text, are escaped.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        if matches!(c, '"' | '\'' | '\\') { plain.push(c) } else { plain.extend(c.escape_debug()) }
    }
    plain
}

/// The code of `forward`.
fn forward<T: Number>(program: &Program<T>) -> Result<String, Error> {
    let number = T::NAME;
    let (inputs, outputs) = (program.input_shape.columns, program.shape(program.output).columns);
    let mut lines = vec![
        "/// How many numbers go in.".into(),
        format!("pub const INPUTS: usize = {inputs};"),
        "/// How many come out.".into(),
        format!("pub const OUTPUTS: usize = {outputs};"),
        String::new(),
        "/// The prediction for one example.".into(),
        format!("pub fn forward(input: &[{number}; INPUTS]) -> [{number}; OUTPUTS] {{"),
    ];
    for (i, step) in program.steps.iter().enumerate() {
        let columns = step.shape.columns;
        let value = value(program, i)?;
        lines.push(format!("    let v{i}: [{number}; {columns}] = {value}; // {}", plain(&step.name)));
    }
    let output = if program.output == Operand::Input { "*input".into() } else { name(program.output) };
    lines.extend([format!("    {output}"), "}\n".into()]);
    Ok(lines.join("\n"))
}

/// The code of step `i`'s value.
fn value<T: Number>(program: &Program<T>, i: usize) -> Result<String, Error> {
    let step = &program.steps[i];
    let mixes = || Error::MixesRows { at: step.name.clone() };
    if step.shape.rows != Rows::Batch {
        return Err(mixes());
    }
    // A row to lend: an input is lent already, a matrix of constants has one.
    let lent = |x: Operand| match x {
        Operand::Input => "input".to_string(),
        Operand::Constant(c) if !program.constants[c].vector => format!("&C{c}[0]"),
        _ => format!("&{}", name(x)),
    };
    // Number j of a row that may be repeated along the columns.
    let element = |x: Operand| {
        let at = if program.shape(x).columns == 1 { "0" } else { "j" };
        match x {
            Operand::Constant(c) if !program.constants[c].vector => format!("C{c}[0][{at}]"),
            _ => format!("{}[{at}]", name(x)),
        }
    };
    let matrix = |x: Operand| match x {
        Operand::Constant(c) => Ok(format!("&C{c}")),
        _ => Err(mixes()),
    };
    let code = match &step.action {
        Action::Affine { x, w, b: Some(b) } => format!("affine({}, {}, {})", lent(*x), matrix(*w)?, lent(*b)),
        Action::Affine { x, w, b: None } => format!("product_transposed({}, {})", lent(*x), matrix(*w)?),
        Action::MatMul { a_transposed: true, .. } => return Err(mixes()),
        Action::MatMul { a, b, b_transposed: true, .. } => {
            format!("product_transposed({}, {})", lent(*a), matrix(*b)?)
        }
        Action::MatMul { a, b, .. } => format!("product({}, {})", lent(*a), matrix(*b)?),
        Action::Map(f, x) => format!("{}.map({})", name(*x), unary::unary::<T>(*f, &step.name)?),
        Action::Zip(f, a, b) => {
            let sign = match f {
                Binary::Add => '+',
                Binary::Sub => '-',
                Binary::Mul => '*',
                Binary::Div => '/',
            };
            let (a, b) = (element(*a), element(*b));
            let j = if a.ends_with("[j]") || b.ends_with("[j]") { "j" } else { "_" };
            format!("core::array::from_fn(|{j}| {a} {sign} {b})")
        }
        Action::Reduce { axis: Axis::Columns, mean, x } => {
            format!("[{}({})]", if *mean { "mean" } else { "sum" }, lent(*x))
        }
        Action::Reduce { .. } => return Err(mixes()),
        Action::Concat(parts) => concat(program, parts),
        Action::Slice { x, start } => {
            format!("core::array::from_fn(|j| {}[j + {start}])", name(*x)).replace("[j + 0]", "[j]")
        }
        Action::Softmax(x) => format!("softmax({})", lent(*x)),
        Action::LogSoftmax(x) => format!("log_softmax({})", lent(*x)),
    };
    Ok(code)
}

/// Rows side by side: number j is in the part that it has not passed.
fn concat<T: Number>(program: &Program<T>, parts: &[Operand]) -> String {
    let mut code = "core::array::from_fn(|j| match j {".to_string();
    let mut start = 0;
    for (i, &part) in parts.iter().enumerate() {
        let end = start + program.shape(part).columns;
        let range = if i + 1 == parts.len() { "_".to_string() } else { format!("..{end}") };
        let index = if start == 0 { "j".to_string() } else { format!("j - {start}") };
        let _ = write!(code, " {range} => {}[{index}],", name(part)); // a String takes everything
        start = end;
    }
    code + " })"
}

fn name(operand: Operand) -> String {
    match operand {
        Operand::Input => "input".into(),
        Operand::Constant(i) => format!("C{i}"),
        Operand::Step(i) => format!("v{i}"),
    }
}
