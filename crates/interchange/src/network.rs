//! [`Network`]: what is written.

use crate::{Error, Number};
use glassgrad_autograd::{Op, Tape, Var};
use std::fmt::Write;

/// A network to write: from `input` to `prediction` on a tape, with its parameters.
///
/// ```
/// use glassgrad_autograd::{Init, Tape, Unary};
/// use glassgrad_interchange::{Conversion, Network, safetensors};
/// let (tape, (input, prediction)) = Tape::record(|tape| {
///     let x = tape.input("x", 3);
///     let w = tape.param("0.weight", [2, 3], Init::GlorotUniform);
///     let b = tape.param("0.bias", [1, 2], Init::ZEROS);
///     let z = tape.affine(x, w, Some(b));
///     (x, tape.map(Unary::Relu, z))
/// })?;
/// let theta = tape.layout().initial::<f32>(0);
/// let network = Network { tape: &tape, input, prediction, theta: &theta };
/// let mut file = Vec::new();
/// safetensors::write(&network, &[("note", "a first try")], &mut file)?;
/// assert_eq!(safetensors::read::<f32>(&tape, &file, Conversion::Exact)?, theta);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Network<'a, T> {
    /// The recorded program.
    pub tape: &'a Tape,
    /// Where it begins: `[batch, in]`.
    pub input: Var,
    /// Where it ends: usually `[batch, out]`. What is recorded after it, such as a loss, is not written.
    pub prediction: Var,
    /// The parameters, as long as the tape's layout.
    pub theta: &'a [T],
}

impl<T: Number> Network<'_, T> {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (expected, found) = (self.tape.layout().len(), self.theta.len());
        if expected != found {
            return Err(Error::Theta { expected, found });
        }
        if self.input.index().max(self.prediction.index()) >= self.tape.vars().count() {
            return Err(Error::OtherTape);
        }
        Ok(())
    }

    /// What the prediction is computed from, in the order of the program, itself included.
    pub(crate) fn needed(&self) -> Vec<Var> {
        let mut needed = vec![false; self.prediction.index() + 1];
        needed[self.prediction.index()] = true;
        for var in self.tape.vars().rev().filter(|&var| var <= self.prediction) {
            if needed[var.index()] {
                self.tape.operands(var).for_each(|operand| needed[operand.index()] = true);
            }
        }
        self.tape.vars().zip(needed).filter_map(|(var, needed)| needed.then_some(var)).collect()
    }

    /// The program as text: one line for each value that the prediction is computed from, such as
    /// `1 = leaky_relu(0; 0.01) : [batch, 3]`.
    pub(crate) fn architecture(&self) -> String {
        let tape = self.tape;
        let mut text = String::new();
        for var in self.needed() {
            let operands =
                tape.operands(var).map(|operand| tape.name_of(operand)).collect::<Vec<_>>().join(", ");
            let setting = setting(tape, var).map_or(String::new(), |setting| format!("; {setting}"));
            let (name, op, shape) = (tape.name_of(var), tape.op_of(var), tape.shape(var));
            let _ = writeln!(text, "{name} = {op}({operands}{setting}) : {shape}"); // a String takes everything
        }
        text
    }
}

/// What an op does beside its operands.
fn setting(tape: &Tape, var: Var) -> Option<String> {
    match tape.op(var) {
        Op::Map(f, _) => f.setting().map(|c| c.to_string()),
        Op::Mask { rate } => Some(rate.to_string()),
        Op::Slice { start, .. } => Some(format!("from column {start}")),
        Op::MatMul { transposed, .. } => Some(format!("transposed {}, {}", transposed.a, transposed.b)),
        _ => None,
    }
}
