//! Writing a trace: a trainer is driven through its four stages, and everything is copied between them.

use super::Trace;
use super::line::Line;
use super::row::{Operand, Row, Rule, Stage};
use super::update::Before;
use crate::plan::Plan;
use crate::symbols::Symbol;
use crate::{Claims, Error};
use glassgrad_autograd::{Op, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::Array2;
use std::sync::Arc;

/// A value, shared by all rows that name it.
pub(super) type Matrix = Arc<Array2<f64>>;

impl Trace {
    /// Trains on the loaded batch for `steps` steps, each forward, backward, update and verify, and writes
    /// down everything. The trainer ends with the same bits as after as many [`Trainer::step`]s.
    ///
    /// The step's learning rate is that of the trainer's schedule. A loss that is not finite does not stop
    /// it: the trace shows where that came from.
    ///
    /// Numbers are those of the training itself, in its precision. In `f64` those of the textbook's network
    /// are right to 10⁻¹⁴ of themselves for whatever numbers are put in, saturated units included; but a difference of
    /// numbers that nearly cancel (a residual near 0 after many steps, ŷ' where w2'·h' ≈ −b2') has no more correct
    /// digits than they leave.
    ///
    /// # Errors
    /// [`Error::NoBatch`] if none is loaded; whatever the update reports.
    pub fn record<T: Scalar>(trainer: &mut Trainer<T>, steps: u64) -> Result<Self, Error> {
        Self::record_some(trainer, steps, |_| true)
    }

    /// As [`record`](Self::record), but writes down only the steps that some claim is about.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn record_claimed<T: Scalar>(trainer: &mut Trainer<T>, claims: &Claims) -> Result<Self, Error> {
        Self::record_some(trainer, claims.steps(), |step| claims.are_about(step))
    }

    fn record_some<T: Scalar>(
        trainer: &mut Trainer<T>,
        steps: u64,
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Self, Error> {
        trainer.value("loss").map_err(|_| Error::NoBatch { before: "trace" })?;
        let plan = Plan::of(trainer);
        let mut rows = Vec::new();
        for step in 0..steps {
            trainer.forward();
            if !wanted(step) {
                trainer.backward();
                trainer.update()?;
                continue;
            }
            let values = values(trainer);
            let mut page = Page { plan: &plan, step, values, rows: Vec::new() };
            page.forward(trainer.tape());
            trainer.backward();
            page.backward(trainer);
            let before = Before::of(trainer);
            let made = trainer.update()?;
            page.update(trainer, &before, &made);
            trainer.verify();
            page.verify(trainer);
            rows.append(&mut page.rows);
        }
        Ok(Self { rows })
    }
}

fn values<T: Scalar>(trainer: &Trainer<T>) -> Vec<Matrix> {
    let tape = trainer.tape();
    let value = |v| tape.value(v, trainer.theta(), trainer.memory()).mapv(T::to_f64);
    tape.vars().map(|v| Arc::new(value(v))).collect()
}

/// One step's page as it is written.
pub(super) struct Page<'a> {
    pub(super) plan: &'a Plan,
    step: u64,
    /// Of the forward stage, by place on the tape.
    pub(super) values: Vec<Matrix>,
    rows: Vec<Row>,
}

impl Page<'_> {
    pub(super) fn push(&mut self, stage: Stage, symbol: Symbol, name: &str, line: Line, value: Matrix) {
        let Line { formula, operands, rule } = line;
        let (step, name) = (self.step, name.to_string());
        self.rows.push(Row { step, stage, symbol, name, formula, operands, value, rule });
    }

    pub(super) fn operand(&self, var: Var) -> Operand {
        Operand { symbol: self.plan.symbols.get(var).clone(), value: self.values[var.index()].clone() }
    }

    fn forward(&mut self, tape: &Tape) {
        for var in self.plan.shown(tape) {
            let (formula, operands) = self.plan.formula(tape, var);
            let operands = operands.into_iter().map(|v| self.operand(v)).collect();
            let line = Line { formula, operands, rule: rule_of(tape, var) }.scalars_aside();
            let symbol = self.plan.symbols.get(var).clone();
            self.push(Stage::Forward, symbol, tape.name_of(var), line, self.values[var.index()].clone());
        }
    }

    fn verify<T: Scalar>(&mut self, trainer: &Trainer<T>) {
        let tape = trainer.tape();
        let changes: Vec<bool> = tape.vars().map(|v| tape.depends_on_theta(v)).collect();
        let before = self.operand(self.plan.loss);
        self.values = values(trainer);
        let operand = |page: &Self, v: Var| {
            let Operand { symbol, value } = page.operand(v);
            Operand { symbol: if changes[v.index()] { symbol.new_value() } else { symbol }, value }
        };
        let computed = |v: &Var| changes[v.index()] && !matches!(tape.op(*v), Op::Param { .. });
        for var in self.plan.shown(tape).into_iter().filter(computed) {
            let (formula, operands) = self.plan.formula(tape, var);
            let operands = operands.into_iter().map(|v| operand(self, v)).collect();
            let line = Line { formula, operands, rule: rule_of(tape, var) }.scalars_aside();
            let Operand { symbol, value } = operand(self, var);
            self.push(Stage::Verify, symbol, tape.name_of(var), line, value);
        }
        let after = operand(self, self.plan.loss);
        let number = |o: &Operand| o.value.first().copied().unwrap_or(f64::NAN);
        let fall = 100.0 * (1.0 - number(&after) / number(&before));
        let symbol =
            Symbol::new("loss_fall_percent", "fall of L in %", r"\text{fall of }\mathcal{L}\text{ in }\%");
        let line = Line::new("100·(1 - {0}/{1})", [after, before], Rule::Pointwise);
        self.push(Stage::Verify, symbol, "loss", line, Arc::new(Array2::from_elem((1, 1), fall)));
    }
}

fn rule_of(tape: &Tape, var: Var) -> Rule {
    match tape.op(var) {
        Op::Affine { .. } => Rule::Affine,
        Op::Map(..) | Op::Zip(..) | Op::Input { .. } | Op::Param { .. } => Rule::Pointwise,
        _ => Rule::Whole,
    }
}
