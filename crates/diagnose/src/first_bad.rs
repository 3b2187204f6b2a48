//! [`first_bad()`]: where the first NaN or infinity came from, in the order in which things are computed.

use crate::Error;
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::{Array2, ArrayView2};
use serde::Serialize;
use std::fmt;

/// Where a number first went bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Already bad when it came in: an input, a target or a parameter.
    Given,
    /// Computed going forward.
    Forward,
    /// An adjoint, computed going backward.
    Backward,
}

/// An operand of the op that made the first bad number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operand {
    /// Its name: a value going forward; going backward also `∂loss/∂…`.
    pub name: String,
    /// The least of its numbers.
    pub least: f64,
    /// The greatest of its numbers.
    pub most: f64,
    /// Its numbers in the row of the first bad entry, or all of its only row; the first eight.
    pub row: Vec<f64>,
}

/// The first value with a NaN or an infinity; prints itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BadValue {
    /// When.
    pub stage: Stage,
    /// The value: its layer's path and op, such as `0.affine`; going backward, that whose adjoint is bad.
    pub name: String,
    /// The op that computed it, going backward that whose derivative rule did.
    pub op: &'static str,
    /// The result of that op, where it is another value than `name`.
    pub by: String,
    /// Row and column of its first bad entry, from 0.
    pub entry: [usize; 2],
    /// That entry: NaN or ±∞.
    pub found: f64,
    /// Bad entries in all.
    pub bad: usize,
    /// The rows with bad entries, in order; the first 100. For a value with a row for each example these are rows
    /// of the batch.
    pub rows: Vec<usize>,
    /// What it was computed from.
    pub operands: Vec<Operand>,
}

/// Runs the loaded batch forward and backward on a copy, under the same dropout masks, and tells the first value that
/// is NaN or infinite; `None` if there is none.
///
/// After [`Trainer::step`] failed with [`Diverged`](glassgrad_train::Error::Diverged), θ is that of before the step, so
/// this finds why. Cost: a copy of the memory, a forward and a backward run, and a look at each number.
///
/// # Errors
/// If no batch is loaded.
pub fn first_bad<T: Scalar>(trainer: &Trainer<T>) -> Result<Option<BadValue>, Error> {
    trainer.value("x")?; // says that there is no batch
    Ok(locate(trainer.tape(), trainer.loss(), trainer.theta(), trainer.memory()))
}

/// As [`first_bad()`], for a loss on a tape of one's own, at this θ and the inputs that `memory` holds.
///
/// # Panics
/// If θ is not as long as the layout, or the memory was never sized for this tape.
pub fn locate<T: Scalar>(tape: &Tape, loss: Var, theta: &[T], memory: &Memory<T>) -> Option<BadValue> {
    let mut memory = memory.clone();
    memory.input_adjoints(true);
    tape.forward_to(loss, theta, &mut memory);
    let run = Run { tape, theta, memory: &memory };
    // An op comes after all that it uses, and what is given before anything computed.
    let vars = || tape.vars().filter(|&var| var <= loss);
    let given = |var: &Var| matches!(tape.op_of(*var), "input" | "labels" | "param");
    for var in vars().filter(given).chain(vars().filter(|var| !given(var))) {
        let value = tape.value(var, theta, &memory);
        if value.iter().any(|x| !x.is_finite()) {
            return Some(run.forward(var, value));
        }
    }
    let mut grad = vec![T::zero(); theta.len()];
    let mut swept = memory.clone();
    tape.backward(loss, theta, &mut grad, &mut swept);
    let adjoint = |var| tape.adjoint(var, &grad, &swept);
    for var in vars().rev() {
        let Some(cotangent) = adjoint(var) else { continue };
        if cotangent.iter().any(|x| !x.is_finite()) {
            // All that was added up to it was found to be finite.
            let mut bad = run.describe(Stage::Backward, var, cotangent);
            bad.op = "a sum of contributions";
            return Some(bad);
        }
        for (which, operand) in tape.operands(var).enumerate() {
            // A bad contribution stays: nothing that is added makes it finite again.
            if adjoint(operand).is_none_or(|sum| sum.iter().all(|x| x.is_finite())) {
                continue;
            }
            let part = tape.local_vjp(var, which, cotangent, theta, &memory).ok()?;
            if part.iter().any(|x| !x.is_finite()) {
                return Some(run.backward(var, operand, &part, cotangent));
            }
        }
    }
    None
}

/// A run that is being searched.
struct Run<'a, T> {
    tape: &'a Tape,
    theta: &'a [T],
    memory: &'a Memory<T>,
}

impl<T: Scalar> Run<'_, T> {
    fn forward(&self, var: Var, value: ArrayView2<'_, T>) -> BadValue {
        let given = self.tape.operands(var).next().is_none();
        let mut bad = self.describe(if given { Stage::Given } else { Stage::Forward }, var, value);
        bad.operands = self.operands(var, bad.entry[0]);
        bad
    }

    fn backward(&self, var: Var, operand: Var, part: &Array2<T>, cotangent: ArrayView2<'_, T>) -> BadValue {
        let mut bad = self.describe(Stage::Backward, operand, part.view());
        bad.op = self.tape.op_of(var);
        bad.by = self.tape.name_of(var).into();
        bad.operands = self.operands(var, bad.entry[0]);
        let name = format!("∂loss/∂{}", self.tape.name_of(var));
        bad.operands.push(describe(name, cotangent, bad.entry[0]));
        bad
    }

    fn describe(&self, stage: Stage, var: Var, value: ArrayView2<'_, T>) -> BadValue {
        let places = || value.indexed_iter().filter(|(_, x)| !x.is_finite());
        let ((row, column), found) = places().next().expect("only what is bad is described");
        let mut rows: Vec<usize> = places().map(|((row, _), _)| row).collect();
        let bad = rows.len();
        rows.dedup();
        rows.truncate(100);
        BadValue {
            stage,
            name: self.tape.name_of(var).into(),
            op: self.tape.op_of(var),
            by: String::new(),
            entry: [row, column],
            found: found.to_f64(),
            bad,
            rows,
            operands: Vec::new(),
        }
    }

    fn operands(&self, var: Var, row: usize) -> Vec<Operand> {
        let operand = |operand| {
            let value = self.tape.value(operand, self.theta, self.memory);
            describe(self.tape.name_of(operand).into(), value, row)
        };
        self.tape.operands(var).map(operand).collect()
    }
}

fn describe<T: Scalar>(name: String, value: ArrayView2<'_, T>, row: usize) -> Operand {
    let numbers = || value.iter().map(|x| x.to_f64());
    let row = value.row(if row < value.nrows() { row } else { 0 });
    Operand {
        name,
        least: numbers().fold(f64::INFINITY, f64::min),
        most: numbers().fold(f64::NEG_INFINITY, f64::max),
        row: row.iter().take(8).map(|x| x.to_f64()).collect(),
    }
}

impl fmt::Display for BadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [row, column] = self.entry;
        let (name, op, found) = (&self.name, self.op, self.found);
        match self.stage {
            Stage::Given => write!(f, "{name}[{row}, {column}] is {found}, as it was given")?,
            Stage::Forward => write!(f, "{name}[{row}, {column}] is {found}, by {op} going forward")?,
            Stage::Backward => {
                write!(f, "∂loss/∂{name}[{row}, {column}] is {found}, by {op} going backward")?;
                if !self.by.is_empty() {
                    write!(f, " from {}", self.by)?;
                }
            }
        }
        let rows: Vec<String> = self.rows.iter().take(8).map(ToString::to_string).collect();
        let more = if self.rows.len() > rows.len() { ", …" } else { "" };
        writeln!(f, "; bad entries: {}, in rows {}{more}", self.bad, rows.join(", "))?;
        for operand in &self.operands {
            let Operand { name, least, most, row } = operand;
            writeln!(f, "  {name}: from {least:e} to {most:e}; this row {row:?}")?;
        }
        Ok(())
    }
}
