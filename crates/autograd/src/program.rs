//! [`Program`]: a tape as plain data, to be written to a file and recorded again.

use crate::op::Op;
use crate::op::binary::Binary;
use crate::shape::{Rows, Shape};
use crate::tape::{Tape, Var};
use crate::{Error, Init};
use serde::{Deserialize, Serialize};

/// A recorded program, or its beginning, as data: instructions with their shapes and names.
///
/// What parameters begin with is not kept, since a program is written down beside the θ that it has come to:
/// those of the tape that [`record`](Self::record) gives begin with 0. Otherwise it equals the tape that this
/// was made of.
///
/// ```
/// use glassgrad_autograd::{Init, Tape, Unary};
/// let (tape, _) = Tape::record(|tape| {
///     let x = tape.input("x", 2);
///     let w = tape.param("w", [3, 2], Init::ZEROS);
///     let z = tape.affine(x, w, None);
///     tape.map(Unary::Tanh, z)
/// })?;
/// let (again, ()) = tape.program().record(|_| ())?;
/// assert_eq!(again, tape);
/// # Ok::<(), glassgrad_autograd::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    instructions: Vec<Instruction>,
    /// Names beside those of the instructions, in the order of the program, then of the alphabet.
    further: Vec<(String, Var)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Instruction {
    name: String,
    op: Op,
    shape: Shape,
}

impl Tape {
    /// The whole program as data.
    pub fn program(&self) -> Program {
        self.program_before(Var(self.nodes().len()))
    }

    /// The instructions that come before one, as data.
    pub fn program_before(&self, end: Var) -> Program {
        let instructions: Vec<_> = self
            .nodes()
            .iter()
            .take(end.0)
            .map(|node| Instruction { name: node.name.clone(), op: node.op.clone(), shape: node.shape })
            .collect();
        let is_further = |name: &String, var: Var| instructions.get(var.0).is_some_and(|i| i.name != *name);
        let names = self.names().iter().filter(|&(name, &var)| is_further(name, var));
        let mut further: Vec<_> = names.map(|(name, &var)| (name.clone(), var)).collect();
        further.sort_by(|(a, u), (b, v)| (u, a).cmp(&(v, b)));
        Program { instructions, further }
    }
}

impl Program {
    /// Records the program, and `then` whatever the closure does; its result comes back with the tape.
    ///
    /// Every instruction goes through the recording methods and must come out as it is written here, so a
    /// program from a file is as sound as one that a layer has recorded. No numbers are allocated.
    ///
    /// # Errors
    /// The first thing that is wrong, as in [`Tape::record`]; its place is the instruction, counted from 0, and
    /// the name that it claims. [`Error::Instruction`] for what no recording method gives.
    pub fn record<R>(&self, then: impl FnOnce(&mut Tape) -> R) -> Result<(Tape, R), Error> {
        Tape::record(|tape| {
            if self.replay(tape).is_some() {
                tape.rename(self.instructions.iter().map(|i| i.name.as_str()), &self.further);
            }
            then(tape)
        })
    }

    /// Records every instruction, under names of no account; none after an error.
    fn replay(&self, tape: &mut Tape) -> Option<()> {
        for (place, instruction) in self.instructions.iter().enumerate() {
            let at = format!("instruction {place} ({})", instruction.name);
            let recorded = tape.scope(&at, |tape| self.replay_one(tape, place));
            if let Err(problem) = recorded {
                tape.fail(Error::Instruction { at: at.clone(), problem });
            }
            tape.check(&at, Var(place))?;
            let node = &tape.nodes()[place];
            if (&node.op, node.shape) != (&instruction.op, instruction.shape) {
                let problem = "settings or a shape that do not follow from its operands";
                tape.fail(Error::Instruction { at, problem });
                return None;
            }
        }
        Some(())
    }

    fn replay_one(&self, tape: &mut Tape, place: usize) -> Result<Var, &'static str> {
        let Instruction { op, shape, .. } = &self.instructions[place];
        Ok(match *op {
            Op::Input { classes: None } => tape.input("", shape.columns),
            Op::Input { classes: Some(classes) } => tape.labels("", classes),
            Op::Param { .. } => match shape.rows {
                Rows::Fixed(rows) => tape.param("", [rows, shape.columns], Init::ZEROS),
                Rows::Batch => {
                    return Err("a parameter with as many rows as the batch, expected a fixed number");
                }
            },
            // A mask and its product are recorded together: at the product's turn, nothing is left to do.
            Op::Mask { rate } => match self.instructions.get(place + 1).map(|next| &next.op) {
                Some(&Op::Zip(Binary::Mul, x, Var(mask))) if mask == place => tape.dropout(x, rate),
                _ => return Err("a dropout mask, expected a product with it to follow"),
            },
            Op::Zip(..) if tape.nodes().len() > place => Var(place),
            Op::Affine { x, w, b } => tape.affine(x, w, b),
            Op::MatMul { a, b, transposed } => tape.matmul_transposed(a, transposed.a, b, transposed.b),
            Op::Map(f, x) => tape.map(f, x),
            Op::Zip(f, a, b) => tape.zip(f, a, b),
            Op::Reduce { axis, mean: false, x } => tape.sum(x, axis),
            Op::Reduce { axis, mean: true, x } => tape.mean(x, axis),
            Op::Concat(ref parts) => tape.concat(parts),
            Op::Slice { x, start } => tape.slice(x, start..start.saturating_add(shape.columns)),
            Op::StopGradient(x) => tape.stop_gradient(x),
            Op::Softmax(x) => tape.softmax(x),
            Op::LogSoftmax(x) => tape.log_softmax(x),
            Op::SoftmaxCrossEntropy { logits, labels, ref settings } => {
                tape.softmax_cross_entropy(logits, labels, &settings.weights, settings.smoothing)
            }
            Op::ClassWeight { labels, ref settings, .. } => tape.class_weight(labels, &settings.weights),
            Op::SigmoidCrossEntropy { logits, targets } => tape.sigmoid_cross_entropy(logits, targets),
        })
    }
}
