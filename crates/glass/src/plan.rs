//! [`Plan`]: a tape as a reader sees it: the loss is one line, whatever ops it is made of.

use crate::formula::{Formula, place};
use crate::symbols::Symbols;
use glassgrad_autograd::{Axis, Op, Rows, Tape, Unary, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;

/// Which values are shown, what they are called, and how the loss comes of the prediction.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) symbols: Symbols,
    pub(crate) loss: Var,
    pub(crate) prediction: Var,
    folded: Option<Folded>,
    hidden: Vec<bool>,
    batch: usize,
}

/// A loss of prediction (place 0) and target (place 1), as one formula.
#[derive(Clone, Debug)]
struct Folded {
    target: Var,
    value: Formula,
    slope: Formula,
    /// Whether each entry of the slope depends on the same entry of prediction and target alone.
    pointwise: bool,
}

/// One value of the backward sweep.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) var: Var,
    /// The numbers of the operands that it contributes to.
    pub(crate) operands: Vec<usize>,
    /// Those of them whose adjoint is now complete.
    pub(crate) completed: Vec<Var>,
}

impl Plan {
    pub(crate) fn of<T: Scalar>(trainer: &Trainer<T>) -> Self {
        let (tape, loss, prediction) = (trainer.tape(), trainer.loss(), trainer.prediction());
        let batch = trainer.memory().batch();
        let folded = fold(tape, prediction, loss, batch);
        let inner = |v: Var| folded.is_some() && v != loss && tape.name_of(v).starts_with("loss.");
        Self {
            symbols: Symbols::of(tape, prediction, loss),
            hidden: tape.vars().map(inner).collect(),
            loss,
            prediction,
            folded,
            batch,
        }
    }

    /// The values that are shown, in the order of the program.
    pub(crate) fn shown(&self, tape: &Tape) -> Vec<Var> {
        tape.vars().filter(|v| !self.hidden[v.index()]).collect()
    }

    /// What a shown value is computed from.
    pub(crate) fn operands(&self, tape: &Tape, var: Var) -> Vec<Var> {
        match &self.folded {
            Some(folded) if var == self.loss => vec![self.prediction, folded.target],
            _ => tape.operands(var).collect(),
        }
    }

    /// The formula of a value and which values stand at its places.
    pub(crate) fn formula(&self, tape: &Tape, var: Var) -> (Formula, Vec<Var>) {
        let operands = self.operands(tape, var);
        let formula = match &self.folded {
            Some(folded) if var == self.loss => folded.value.clone(),
            _ => Formula(tape.formula(var, at(&operands))),
        };
        only_used(formula, &operands)
    }

    /// The formula of the local derivative with respect to operand number `which`.
    pub(crate) fn slope(&self, tape: &Tape, var: Var, which: usize) -> (Formula, Vec<Var>) {
        let mut values = self.operands(tape, var);
        values.push(var);
        let formula = match &self.folded {
            Some(folded) if var == self.loss => folded.slope.clone(),
            _ => Formula(tape.slope_formula(var, which, at(&values))),
        };
        only_used(formula, &values)
    }

    /// Whether this value's ops have been folded into one.
    pub(crate) fn is_folded(&self, var: Var) -> bool {
        var == self.loss && self.folded.is_some()
    }

    /// The backward sweep from the loss, in which a value is visited when its adjoint is complete.
    pub(crate) fn sweep(&self, tape: &Tape, has_adjoint: impl Fn(Var) -> bool) -> Vec<Visit> {
        let shown = self.shown(tape);
        let visit = |&var: &Var| {
            let all = self.operands(tape, var);
            // As on paper: the weights and biases of a layer before what goes further back.
            let mut operands: Vec<usize> = (0..all.len()).filter(|&i| has_adjoint(all[i])).collect();
            operands.sort_by_key(|&i| !matches!(tape.op(all[i]), Op::Param { .. }));
            let waits = |operand| shown.iter().any(|&v| v < var && self.operands(tape, v).contains(&operand));
            let mut completed: Vec<Var> = Vec::new();
            for &i in &operands {
                if !waits(all[i]) && !completed.contains(&all[i]) {
                    completed.push(all[i]);
                }
            }
            Visit { var, operands, completed }
        };
        let visited = |v: &&Var| **v == self.loss || has_adjoint(**v);
        shown.iter().rev().filter(visited).map(visit).collect()
    }

    pub(crate) fn loss_is_pointwise(&self) -> bool {
        self.folded.as_ref().is_some_and(|folded| folded.pointwise)
    }

    /// Rows and columns of a value.
    pub(crate) fn size(&self, tape: &Tape, var: Var) -> [usize; 2] {
        let shape = tape.shape(var);
        [shape.rows.of(self.batch), shape.columns]
    }
}

fn at(values: &[Var]) -> impl Fn(Var) -> String {
    |var| values.iter().position(|&v| v == var).map_or_else(|| "?".into(), place)
}

fn only_used(formula: Formula, values: &[Var]) -> (Formula, Vec<Var>) {
    let (formula, used) = formula.used(values.len());
    (formula, used.into_iter().map(|k| values[k]).collect())
}

/// The losses of `glassgrad-layers`, known by the ops that they record; any other stays as it is.
fn fold(tape: &Tape, prediction: Var, loss: Var, batch: usize) -> Option<Folded> {
    let columns = tape.shape(prediction).columns;
    if tape.shape(prediction).rows != Rows::Batch {
        return None;
    }
    let (terms, mean) = match *tape.op(loss) {
        Op::Reduce { axis: Axis::All, mean, x } => (x, mean),
        Op::Zip(glassgrad_autograd::Binary::Div, total, _) => return weighted(tape, prediction, total),
        _ => return None,
    };
    let (term, by_row) = match *tape.op(terms) {
        Op::Reduce { axis: Axis::Columns, mean: false, x } => (x, true),
        _ => (terms, tape.shape(terms).columns < columns),
    };
    let (yhat, y) = (place(0), place(1));
    let (target, value, slope, pointwise) = match *tape.op(term) {
        Op::Map(f, residual) => {
            let Op::Zip(_, p, target) = *tape.op(residual) else { return None };
            if p != prediction {
                return None;
            }
            let value = tape.formula(term, |_| format!("({y} - {yhat})"));
            let value = value.replace(&format!("|({y} - {yhat})|"), &format!("|{y} - {yhat}|"));
            let slope = match f {
                Unary::HalfSquare => format!("-({y} - {yhat})"),
                _ => tape.slope_formula(term, 0, |_| format!("({yhat} - {y})")),
            };
            (target, value, slope, true)
        }
        Op::SoftmaxCrossEntropy { logits, labels: target, .. }
        | Op::SigmoidCrossEntropy { logits, targets: target }
            if logits == prediction =>
        {
            let show = |v: Var| if v == prediction { yhat.clone() } else { y.clone() };
            let pointwise = matches!(tape.op(term), Op::SigmoidCrossEntropy { .. });
            (target, tape.formula(term, show), tape.slope_formula(term, 0, show), pointwise)
        }
        _ => return None,
    };
    let entries =
        if matches!(tape.op(term), Op::SoftmaxCrossEntropy { .. }) { batch } else { batch * columns };
    let divisor = match (mean, by_row) {
        (false, _) => 1,
        (true, true) => batch,
        (true, false) => entries,
    };
    let sum = if entries == 1 { value } else { format!("Σ {value}") };
    let over = |text: String| if divisor == 1 { text } else { format!("({text})/{divisor}") };
    Some(Folded { target, value: Formula(over(sum)), slope: Formula(over(slope)), pointwise })
}

/// The mean of a softmax cross-entropy whose classes weigh differently.
fn weighted(tape: &Tape, prediction: Var, total: Var) -> Option<Folded> {
    let Op::Reduce { x, .. } = *tape.op(total) else { return None };
    let Op::SoftmaxCrossEntropy { logits, labels, .. } = *tape.op(x) else { return None };
    let (yhat, y) = (place(0), place(1));
    (logits == prediction).then(|| Folded {
        target: labels,
        value: Formula(format!("(Σ -weight({y})·ln softmax({yhat})[{y}])/(Σ weight({y}))")),
        slope: Formula(format!("weight({y})·(softmax({yhat}) - onehot({y}))/(Σ weight({y}))")),
        pointwise: false,
    })
}
