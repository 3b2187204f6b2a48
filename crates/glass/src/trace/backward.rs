//! The backward stage: local derivatives, and the adjoints that are their products and sums.

use super::line::Line;
use super::record::{Matrix, Page};
use super::row::{Operand, Rule, Stage};
use crate::local;
use crate::plan::Visit;
use crate::symbols::Symbol;
use glassgrad_autograd::{Op, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::Array2;
use std::sync::Arc;

impl Page<'_> {
    /// From the loss back: for each value the local derivatives towards its operands, then the adjoint of
    /// each operand to which no other value has anything left to add.
    pub(super) fn backward<T: Scalar>(&mut self, trainer: &Trainer<T>) {
        let (tape, plan) = (trainer.tape(), self.plan);
        let adjoint = |v| tape.adjoint(v, trainer.grad(), trainer.memory());
        let mut terms: Vec<Vec<Line>> = vec![Vec::new(); self.values.len()];
        for Visit { var, operands, completed } in plan.sweep(tape, |v| adjoint(v).is_some()) {
            let upstream = adjoint(var).map(|g| Arc::new(g.mapv(T::to_f64)));
            for which in operands {
                let operand = plan.operands(tape, var)[which];
                let line = self.contribution(trainer, var, which, operand, upstream.as_ref());
                terms[operand.index()].push(line);
            }
            for operand in completed {
                let Some(g) = adjoint(operand) else { continue };
                let line = Line::sum(std::mem::take(&mut terms[operand.index()]));
                let symbol = plan.symbols.get(operand).adjoint();
                self.push(Stage::Backward, symbol, tape.name_of(operand), line, Arc::new(g.mapv(T::to_f64)));
            }
        }
    }

    /// Writes the local derivative of a value, and returns what that contributes to the operand's adjoint.
    fn contribution<T: Scalar>(
        &mut self,
        trainer: &Trainer<T>,
        var: Var,
        which: usize,
        operand: Var,
        upstream: Option<&Matrix>,
    ) -> Line {
        let (tape, plan) = (trainer.tape(), self.plan);
        let (formula, used) = plan.slope(tape, var, which);
        let operands = used.into_iter().map(|v| self.operand(v)).collect();
        if plan.is_folded(var) {
            let rule = if plan.loss_is_pointwise() { Rule::Pointwise } else { Rule::Whole };
            return Line { formula, operands, rule };
        }
        let slope = Arc::new(local::derivative(trainer, plan, var, which));
        let symbol = plan.symbols.slope(var, operand);
        let name = format!("{}/{}", tape.name_of(var), tape.name_of(operand));
        let rule = if matches!(tape.op(var), Op::Map(..)) { Rule::Pointwise } else { Rule::Whole };
        self.push(Stage::Local, symbol.clone(), &name, Line { formula, operands, rule }, slope.clone());
        let up = upstream.map(|g| Operand { symbol: plan.symbols.get(var).adjoint(), value: g.clone() });
        let up = up.unwrap_or_else(|| Operand { symbol: Symbol::new("1", "1", "1"), value: one() });
        let local = Operand { symbol, value: slope };
        let single = [var, operand].iter().all(|&v| plan.size(tape, v) == [1, 1]);
        if single {
            return Line::new("{0}·{1}", [up, local], Rule::Pointwise);
        }
        match *tape.op(var) {
            Op::Affine { w, .. } if which == 0 => Line::new("{0}·{1}", [up, self.operand(w)], Rule::Product),
            Op::Affine { x, .. } if which == 1 => {
                Line::new("({0})ᵀ·{1}", [up, self.operand(x)], Rule::Gradient)
            }
            Op::Affine { .. } => Line::new("Σ rows of {0}", [up], Rule::Rows),
            Op::Map(..) => Line::new("{0} ⊙ {1}", [up, local], Rule::Pointwise),
            Op::Zip(..) | Op::Reduce { .. } if plan.size(tape, operand) == self.wider(tape, var, operand) => {
                Line::new("{0} ⊙ {1}", [up, local], Rule::Pointwise)
            }
            Op::Zip(..) => Line::new("Σ {0} ⊙ {1}", [up, local], Rule::Whole),
            _ => Line::new("{0}·{1}", [up, local], Rule::Whole),
        }
    }

    /// The greater of two sizes, of which one may be repeated to fit the other.
    fn wider(&self, tape: &Tape, a: Var, b: Var) -> [usize; 2] {
        let ([r, c], [s, d]) = (self.plan.size(tape, a), self.plan.size(tape, b));
        [r.max(s), c.max(d)]
    }
}

fn one() -> Matrix {
    Arc::new(Array2::from_elem((1, 1), 1.0))
}
