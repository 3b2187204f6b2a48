//! [`Problem`]: a trainer's loss on its loaded batch as a function of θ, in `f64`.

use crate::Error;
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;

/// L(θ) on one batch: a copy, so that the trainer stays as it is. Whatever the trainer's numbers are, these are
/// `f64`; dropout is off, since a derivative is one of a fixed function.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) tape: &'a Tape,
    pub(crate) loss: Var,
    pub(crate) theta: Vec<f64>,
    pub(crate) memory: Memory<f64>,
}

impl<'a> Problem<'a> {
    pub(crate) fn of<T: Scalar>(trainer: &'a Trainer<T>) -> Result<Self, Error> {
        let tape = trainer.tape();
        if tape.layout().is_empty() {
            return Err(Error::NoParameters);
        }
        let mut memory = Memory::new();
        for var in tape.vars().filter(|&var| matches!(tape.op_of(var), "input" | "labels")) {
            let value = trainer.value(tape.name_of(var))?.mapv(T::to_f64);
            memory.resize(tape, value.nrows())?;
            memory.set(tape, var, value.view())?;
        }
        memory.input_adjoints(false);
        let theta = trainer.theta().iter().map(|x| x.to_f64()).collect();
        Ok(Self { tape, loss: trainer.loss(), theta, memory })
    }

    /// L(θ), and ∇L(θ) into `grad`.
    pub(crate) fn gradient(&mut self, theta: &[f64], grad: &mut [f64]) -> f64 {
        self.tape.forward_to(self.loss, theta, &mut self.memory);
        self.tape.backward(self.loss, theta, grad, &mut self.memory);
        self.tape.number(self.loss, theta, &self.memory)
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
