//! The steps of a program as they are on the tape.

use super::{Action, Constant, Operand, Program, Step};
use crate::{Error, Network, Number, tensors};
use glassgrad_autograd::{Binary, Memory, Op, Var};
use ndarray::Array2;
use std::collections::{HashMap, HashSet};

impl<T: Number> Program<T> {
    /// Appends every step that the prediction needs.
    pub(super) fn record(&mut self, network: &Network<'_, T>) -> Result<(), Error> {
        let (tape, needed) = (network.tape, network.needed());
        let values = constant_values(network, &needed);
        let tensors = tensors::tensors(tape);
        let mut place: HashMap<Var, Operand> = HashMap::new();
        for var in needed {
            let (name, shape) = (tape.name_of(var).to_string(), tape.shape(var));
            let unsupported = || Error::Unsupported { at: tape.name_of(var).into(), op: tape.op_of(var) };
            let at = |operand: &Var| place.get(operand).copied().ok_or_else(unsupported);
            let masked = |operand: &Var| matches!(tape.op(*operand), Op::Mask { .. });
            let action = match tape.op(var) {
                Op::Input { .. } if var == network.input => {
                    place.insert(var, Operand::Input);
                    continue;
                }
                Op::Input { .. } => {
                    return Err(Error::OtherInput { name, expected: self.input_name.clone() });
                }
                Op::Mask { .. } => continue, // all 1 in evaluation: the product with it is passed over
                Op::StopGradient(x) => {
                    place.insert(var, at(x)?);
                    continue;
                }
                Op::Zip(Binary::Mul, x, mask) if masked(mask) => {
                    place.insert(var, at(x)?);
                    continue;
                }
                _ if values.contains_key(&var) => {
                    let vector =
                        matches!(tape.op(var), Op::Param { segment } if tensors[*segment].shape.len() == 1);
                    place.insert(var, Operand::Constant(self.constants.len()));
                    self.constants.push(Constant { name, numbers: values[&var].clone(), vector });
                    continue;
                }
                Op::Affine { x, w, b } => {
                    let b = b.as_ref().map(at).transpose()?;
                    Action::Affine { x: at(x)?, w: at(w)?, b }
                }
                Op::MatMul { a, b, transposed } => Action::MatMul {
                    a: at(a)?,
                    b: at(b)?,
                    a_transposed: transposed.a,
                    b_transposed: transposed.b,
                },
                Op::Map(f, x) => Action::Map(*f, at(x)?),
                Op::Zip(f, a, b) => Action::Zip(*f, at(a)?, at(b)?),
                Op::Reduce { axis, mean, x } => Action::Reduce { axis: *axis, mean: *mean, x: at(x)? },
                Op::Concat(parts) => Action::Concat(parts.iter().map(at).collect::<Result<_, _>>()?),
                Op::Slice { x, start } => Action::Slice { x: at(x)?, start: *start },
                Op::Softmax(x) => Action::Softmax(at(x)?),
                Op::LogSoftmax(x) => Action::LogSoftmax(at(x)?),
                _ => return Err(unsupported()),
            };
            place.insert(var, Operand::Step(self.steps.len()));
            self.steps.push(Step { name, shape, action });
        }
        match place.get(&network.prediction) {
            // A mask has no place.
            None | Some(Operand::Constant(_)) => Err(Error::Unconnected { input: self.input_name.clone() }),
            Some(&output) => {
                self.output = output;
                Ok(())
            }
        }
    }
}

/// What does not depend on any input or mask, and so has as many rows whatever the batch.
fn constant_values<T: Number>(network: &Network<'_, T>, needed: &[Var]) -> HashMap<Var, Array2<T>> {
    let tape = network.tape;
    let mut constant = HashSet::new();
    for &var in needed {
        let leaf = matches!(tape.op(var), Op::Input { .. } | Op::Mask { .. });
        if !leaf && tape.operands(var).all(|operand| constant.contains(&operand)) {
            constant.insert(var);
        }
    }
    let mut memory = Memory::new();
    memory.resize(tape, 1).expect("a batch of one row");
    tape.forward_to(network.prediction, network.theta, &mut memory);
    constant.into_iter().map(|var| (var, tape.value(var, network.theta, &memory).to_owned())).collect()
}
