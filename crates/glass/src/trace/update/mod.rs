//! The update stage: all that lies between a gradient and the parameter's new value, as the optimiser had it.

mod gradient;
mod rate;
mod rules;

use super::line::Line;
use super::record::{Matrix, Page};
use super::row::{Operand, Rule, Stage};
use crate::symbols::Symbol;
use glassgrad_autograd::Op;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Step, Trainer};
use ndarray::Array2;
use std::ops::Range;
use std::sync::Arc;

/// What an update changes, copied before it does.
pub(super) struct Before<T> {
    theta: Vec<T>,
    /// Not yet clipped.
    grad: Vec<T>,
    state: Vec<T>,
    /// Updates made.
    count: u64,
}

impl<T: Scalar> Before<T> {
    pub(super) fn of(trainer: &Trainer<T>) -> Self {
        let descent = trainer.descent();
        Self {
            theta: trainer.theta().to_vec(),
            grad: trainer.grad().to_vec(),
            state: descent.state().to_vec(),
            count: descent.progress().t,
        }
    }
}

impl Page<'_> {
    /// First what all parameters share, then each parameter's own.
    pub(super) fn update<T: Scalar>(&mut self, trainer: &Trainer<T>, before: &Before<T>, made: &Step<T>) {
        let (tape, plan) = (trainer.tape(), self.plan);
        let rate = self.rate(trainer.descent(), before.count, made.lr);
        let clipping = self.clipping(trainer, before, made.norm);
        for var in tape.vars() {
            let Op::Param { segment } = *tape.op(var) else { continue };
            let [rows, columns] = plan.size(tape, var);
            let mut moving = Moving {
                trainer,
                before,
                symbol: plan.symbols.get(var),
                name: tape.name_of(var),
                range: tape.layout().segments()[segment].range(),
                size: (rows, columns),
                page: &mut *self,
            };
            let line = moving.new_value(&rate, &clipping);
            let new = moving.matrix(&trainer.theta()[moving.range.clone()]);
            self.push(Stage::Update, plan.symbols.get(var).new_value(), tape.name_of(var), line, new);
        }
    }
}

/// A parameter on its way to its new value.
struct Moving<'m, 'p, T> {
    page: &'m mut Page<'p>,
    trainer: &'m Trainer<T>,
    before: &'m Before<T>,
    symbol: &'m Symbol,
    name: &'m str,
    range: Range<usize>,
    size: (usize, usize),
}

impl<T: Scalar> Moving<'_, '_, T> {
    fn matrix(&self, numbers: &[T]) -> Matrix {
        let numbers = numbers.iter().map(|x| x.to_f64()).collect();
        Arc::new(Array2::from_shape_vec(self.size, numbers).expect("as many as the parameter has"))
    }

    /// Writes a row, and gives what it is about as an operand of later ones.
    fn row(&mut self, symbol: Symbol, formula: &str, operands: Vec<Operand>, value: &[T]) -> Operand {
        let value = self.matrix(value);
        let line = Line::new(formula, operands, Rule::Pointwise);
        self.page.push(Stage::Update, symbol.clone(), self.name, line, value.clone());
        Operand { symbol, value }
    }

    /// The parameter before the update.
    fn old(&self) -> Operand {
        let value = self.matrix(&self.before.theta[self.range.clone()]);
        Operand { symbol: self.symbol.clone(), value }
    }

    /// The gradient before it is clipped.
    fn gradient(&self) -> Operand {
        let value = self.matrix(&self.before.grad[self.range.clone()]);
        Operand { symbol: self.symbol.adjoint(), value }
    }
}

/// A number that the update goes by.
fn number(symbol: [&str; 3], x: f64) -> Operand {
    let [key, text, latex] = symbol;
    Operand { symbol: Symbol::new(key, text, latex), value: Arc::new(Array2::from_elem((1, 1), x)) }
}
