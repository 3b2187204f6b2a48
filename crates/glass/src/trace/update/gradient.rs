//! What becomes of a gradient before the rule takes it: clipping, and the decay that is added to it.

use super::{Before, Moving, number};
use crate::formula::{Formula, place};
use crate::symbols::Symbol;
use crate::trace::line::Line;
use crate::trace::record::Page;
use crate::trace::row::{Operand, Rule, Stage};
use glassgrad_autograd::Op;
use glassgrad_optim::Clip;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;

/// A norm of more parameters is written with dots.
const TERMS: usize = 6;

/// How the gradients of an update are clipped.
pub(super) enum Clipping {
    No,
    /// Each entry by this bound.
    Value(Operand),
    /// All multiplied by this number.
    Norm(Operand, f64),
}

impl Page<'_> {
    /// Writes the gradient's norm and what follows from it, if it is clipped by norm.
    pub(super) fn clipping<T: Scalar>(
        &mut self,
        trainer: &Trainer<T>,
        before: &Before<T>,
        norm: Option<f64>,
    ) -> Clipping {
        let (clip, norm) = match (trainer.descent().clip(), norm) {
            (Some(Clip::Value(c)), _) => {
                return Clipping::Value(number(["clip_value", "clip_value", r"\text{clip\_value}"], c));
            }
            (Some(clip), Some(norm)) => (clip, norm),
            _ => return Clipping::No,
        };
        let bound = match clip {
            Clip::Norm(c) | Clip::Value(c) => number(["max_norm", "max_norm", r"\text{max\_norm}"], c),
        };
        let line = self.norm(trainer, before);
        let norm = number(["grad_norm", "‖∇L‖", r"\lVert\nabla\mathcal{L}\rVert"], norm);
        self.push(Stage::Update, norm.symbol.clone(), "norm of the gradient", line, norm.value.clone());
        let scale = clip.coefficient(norm.value[[0, 0]]);
        let coefficient = number(["clip_coef", "clip_coef", r"\text{clip\_coef}"], scale);
        let tiny = number(["1e-6", "1e-6", "10^{-6}"], 1e-6);
        let line = Line::new("min(1, {0}/({1} + {2}))", [bound, norm, tiny], Rule::Pointwise);
        let Operand { symbol, value } = coefficient.clone();
        self.push(Stage::Update, symbol, "clipping", line, value);
        Clipping::Norm(coefficient, scale)
    }

    /// The root of the sum of the squares of all that is not frozen.
    fn norm<T: Scalar>(&self, trainer: &Trainer<T>, before: &Before<T>) -> Line {
        let (tape, plan) = (trainer.tape(), self.plan);
        let mut operands = Vec::new();
        for var in tape.vars() {
            let Op::Param { segment } = *tape.op(var) else { continue };
            let range = tape.layout().segments()[segment].range();
            if !trainer.descent().group(range.start).frozen {
                let [rows, columns] = plan.size(tape, var);
                let numbers = before.grad[range].iter().map(|g| g.to_f64()).collect();
                let value = ndarray::Array2::from_shape_vec((rows, columns), numbers);
                let value = value.expect("as many as the parameter has").into();
                operands.push(Operand { symbol: plan.symbols.get(var).adjoint(), value });
            }
        }
        let count = operands.len();
        let term = |k: usize| match operands[k].value.len() {
            1 => format!("({})²", place(k)),
            _ => format!("Σ ({})²", place(k)),
        };
        let terms: Vec<String> = if count <= TERMS {
            (0..count).map(term).collect()
        } else {
            (0..TERMS / 2).map(term).chain(["…".into(), term(count - 1)]).collect()
        };
        Line { formula: Formula(format!("√({})", terms.join(" + "))), operands, rule: Rule::Whole }
    }
}

impl<T: Scalar> Moving<'_, '_, T> {
    /// The gradient as the rule takes it, with `decay` times the parameter added; a row of its own unless it is
    /// the plain one.
    pub(super) fn taken(&mut self, clipping: &Clipping, decay: f64) -> Operand {
        let gradient = self.gradient();
        let (mut formula, mut operands, scale) = match clipping {
            Clipping::No if decay == 0.0 => return gradient,
            Clipping::No => ("{0}".to_string(), vec![gradient], 1.0),
            Clipping::Value(c) => ("max(-{1}, min({1}, {0}))".into(), vec![gradient, c.clone()], 1.0),
            Clipping::Norm(c, scale) => ("{1}·{0}".into(), vec![gradient, c.clone()], *scale),
        };
        if decay != 0.0 {
            let k = operands.len();
            formula += &format!(" + {{{k}}}·{{{}}}", k + 1);
            operands.extend([number(["lambda", "λ", r"\lambda"], decay), self.old()]);
        }
        let [scale, decay] = [scale, decay].map(T::from_f64);
        // What is clipped by value has been clipped in place.
        let grad = &self.trainer.grad()[self.range.clone()];
        let theta = &self.before.theta[self.range.clone()];
        let taken: Vec<T> = grad.iter().zip(theta).map(|(&g, &x)| scale * g + decay * x).collect();
        self.row(self.symbol.with_letter(&Symbol::new("g", "g", "g")), &formula, operands, &taken)
    }
}
