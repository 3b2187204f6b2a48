//! Writing a trace: a trainer is driven through its four stages, and everything is copied between them.

use super::Trace;
use super::row::{Operand, Row, Rule, Stage};
use crate::formula::{Formula, place};
use crate::local;
use crate::plan::{Plan, Visit};
use crate::symbols::Symbol;
use crate::{Claims, Error};
use glassgrad_autograd::{Op, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::Array2;
use std::sync::Arc;

type Matrix = Arc<Array2<f64>>;

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
            let gradients = gradients(trainer);
            let made = trainer.update()?;
            page.update(trainer, &gradients, made.lr);
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

/// A copy of each parameter's value and gradient, before the update changes the one and may clip the other.
fn gradients<T: Scalar>(trainer: &Trainer<T>) -> Vec<(Var, Vec<T>, Vec<T>)> {
    let tape = trainer.tape();
    let segment = |v: Var| match *tape.op(v) {
        Op::Param { segment } => {
            let range = tape.layout().segments()[segment].range();
            Some((v, trainer.theta()[range.clone()].to_vec(), trainer.grad()[range].to_vec()))
        }
        _ => None,
    };
    tape.vars().filter_map(segment).collect()
}

/// One step's page as it is written.
struct Page<'a> {
    plan: &'a Plan,
    step: u64,
    /// Of the forward stage, by place on the tape.
    values: Vec<Matrix>,
    rows: Vec<Row>,
}

impl Page<'_> {
    fn push(&mut self, stage: Stage, symbol: Symbol, name: &str, line: Line, value: Matrix) {
        let Line { formula, operands, rule } = line;
        let (step, name) = (self.step, name.to_string());
        self.rows.push(Row { step, stage, symbol, name, formula, operands, value, rule });
    }

    fn operand(&self, var: Var) -> Operand {
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

    /// From the loss back: for each value the local derivatives towards its operands, then the adjoint of
    /// each operand to which no other value has anything left to add.
    fn backward<T: Scalar>(&mut self, trainer: &Trainer<T>) {
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

    fn update<T: Scalar>(&mut self, trainer: &Trainer<T>, before: &[(Var, Vec<T>, Vec<T>)], lr: f64) {
        let tape = trainer.tape();
        let rate = Operand {
            symbol: Symbol::new("eta", "η", r"\eta"),
            value: Arc::new(Array2::from_elem((1, 1), lr)),
        };
        let rule = format!("{:?}", trainer.descent().rule());
        let rule = rule.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_string();
        for (var, old, gradient) in before {
            let now = tape.value(*var, trainer.theta(), trainer.memory());
            // Said only where it is so to the last bit; clipping, decay and other rules move otherwise.
            let eta = T::from_f64(lr);
            let plain = now.iter().zip(old.iter().zip(gradient)).all(|(&new, (&x, &g))| new == x - eta * g);
            let symbol = self.plan.symbols.get(*var).clone();
            let value = |m: &[T]| {
                let m = m.iter().map(|x| x.to_f64()).collect();
                Arc::new(Array2::from_shape_vec(now.dim(), m).expect("as many as the parameter has"))
            };
            let g = Operand { symbol: symbol.adjoint(), value: value(gradient) };
            let x = Operand { symbol: symbol.clone(), value: value(old) };
            let formula =
                if plain { "{0} - {1}·{2}".into() } else { format!("{rule}({{0}}, {{1}}, {{2}})") };
            // Rules treat each parameter alone.
            let line = Line::new(&formula, [x, rate.clone(), g], Rule::Pointwise);
            let new = Arc::new(now.mapv(T::to_f64));
            self.push(Stage::Update, symbol.new_value(), tape.name_of(*var), line, new);
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

/// A row without its left side.
#[derive(Clone, Debug)]
struct Line {
    formula: Formula,
    operands: Vec<Operand>,
    rule: Rule,
}

impl Line {
    /// A formula with its places written `{0}`, `{1}`, `{2}`.
    fn new<const N: usize>(text: &str, operands: [Operand; N], rule: Rule) -> Self {
        let formula = (0..N).fold(text.to_string(), |text, k| text.replace(&format!("{{{k}}}"), &place(k)));
        Self { formula: Formula(formula), operands: operands.into(), rule }
    }

    /// Several lines added up.
    fn sum(mut lines: Vec<Self>) -> Self {
        if lines.len() == 1 {
            return lines.remove(0);
        }
        let mut sum = Self { formula: Formula::default(), operands: Vec::new(), rule: Rule::Pointwise };
        for line in lines {
            let joint = if sum.operands.is_empty() { "" } else { " + " };
            sum.formula.0 += &format!("{joint}{}", line.formula.shifted(sum.operands.len()));
            sum.operands.extend(line.operands);
            if line.rule != Rule::Pointwise {
                sum.rule = Rule::Whole;
            }
        }
        sum
    }

    /// On single numbers a product is one product, not a sum of them.
    fn scalars_aside(mut self) -> Self {
        if self.operands.iter().all(|o| o.value.len() == 1) && self.rule == Rule::Affine {
            self.rule = Rule::Pointwise;
        }
        self
    }
}

fn one() -> Matrix {
    Arc::new(Array2::from_elem((1, 1), 1.0))
}

fn rule_of(tape: &Tape, var: Var) -> Rule {
    match tape.op(var) {
        Op::Affine { .. } => Rule::Affine,
        Op::Map(..) | Op::Zip(..) | Op::Input { .. } | Op::Param { .. } => Rule::Pointwise,
        _ => Rule::Whole,
    }
}
