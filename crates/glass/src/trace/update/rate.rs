//! The learning rate of an update: a schedule's, lowered by a plateau, multiplied by a group's factor.

use super::{Moving, number};
use crate::symbols::Symbol;
use crate::trace::line::Line;
use crate::trace::record::Page;
use crate::trace::row::{Operand, Rule, Stage};
use glassgrad_optim::{Descent, Schedule};
use glassgrad_tensor::Scalar;

const ETA: [&str; 3] = ["eta", "η", r"\eta"];

impl Page<'_> {
    /// The rate of the update that `count` others came before; rows for what makes it another than the rule's own.
    pub(super) fn rate<T: Scalar>(&mut self, descent: &Descent<T>, count: u64, lr: f64) -> Operand {
        let base = descent.rule().lr();
        let scale = descent.progress().watch.scale;
        let plateau = descent.plateau().filter(|_| scale != 1.0);
        let mut rate = number(ETA, base);
        if *descent.schedule() != Schedule::Constant {
            let base = number(["eta_0", "η0", r"\eta_{0}"], base);
            let line = scheduled(descent.schedule(), base.clone(), count);
            let symbol = if plateau.is_some() { ["eta_s", "η_s", r"\eta_{s}"] } else { ETA };
            rate = self.rate_row(number(symbol, descent.schedule().lr(base.value[[0, 0]], count)), line);
        }
        if let Some(plateau) = plateau {
            if *descent.schedule() == Schedule::Constant {
                rate.symbol = Symbol::new("eta_0", "η0", r"\eta_{0}");
            }
            let factor = number(["plateau", "plateau", r"\text{plateau}"], scale);
            let least = number(["min_lr", "min_lr", r"\text{min\_lr}"], plateau.min_lr);
            let line = Line::new("min({0}, max({1}·{0}, {2}))", [rate, factor, least], Rule::Pointwise);
            rate = self.rate_row(number(ETA, lr), line);
        }
        rate
    }

    fn rate_row(&mut self, rate: Operand, line: Line) -> Operand {
        let Operand { symbol, value } = rate.clone();
        self.push(Stage::Update, symbol, "learning rate", line, value);
        rate
    }
}

impl<T: Scalar> Moving<'_, '_, T> {
    /// The parameter's own rate: multiplied by its group's factor, and divided by 1 + (t − 1)·`decay`.
    pub(super) fn rate(&mut self, shared: &Operand, t: u64, decay: f64) -> Operand {
        let factor = self.trainer.descent().group(self.range.start).lr_factor;
        let lr = shared.value[[0, 0]] * factor;
        let multiplied = factor != 1.0;
        let (formula, value) = match (multiplied, decay != 0.0) {
            (false, false) => return shared.clone(),
            (true, false) => ("{0}·{1}", lr),
            (false, true) => ("{0}/(1 + ({1} - 1)·{2})", lr / (1.0 + (t - 1) as f64 * decay)),
            (true, true) => ("{0}·{1}/(1 + ({2} - 1)·{3})", lr / (1.0 + (t - 1) as f64 * decay)),
        };
        let mut operands = vec![shared.clone()];
        operands.extend(multiplied.then(|| number(["lr_factor", "lr_factor", r"\text{lr\_factor}"], factor)));
        if decay != 0.0 {
            let t = number(["t", "t", "t"], t as f64);
            operands.extend([t, number(["lr_decay", "lr_decay", r"\text{lr\_decay}"], decay)]);
        }
        let [key, text, latex] = ETA;
        let mut rate = number(ETA, value);
        rate.symbol = self.symbol.with_letter(&Symbol::new(key, text, latex));
        self.page.rate_row(rate, Line::new(formula, operands, Rule::Pointwise))
    }
}

/// What [`Schedule::lr`] computes, where `s` updates came before.
fn scheduled(schedule: &Schedule, base: Operand, s: u64) -> Line {
    let steps = |n: f64| number(["steps", "steps", r"\text{steps}"], n);
    let peak = |n: f64| number(["peak", "peak", r"\text{peak}"], n);
    let gamma = |x| number(["gamma", "γ", r"\gamma"], x);
    let line = |formula: &str, operands: Vec<Operand>| Line::new(formula, operands, Rule::Pointwise);
    let at = number(["s", "s", "s"], s as f64);
    match *schedule {
        Schedule::Constant => line("{0}", vec![base]),
        Schedule::Step { every, factor } => {
            let falls = ["falls", "⌊s/every⌋", r"{\lfloor s/\text{every}\rfloor}"];
            line("{0}·{1}^{2}", vec![base, gamma(factor), number(falls, (s / every.max(1)) as f64)])
        }
        Schedule::Exponential { factor } => line("{0}·{1}^{2}", vec![base, gamma(factor), at]),
        Schedule::Cosine { steps: total, min_lr } => {
            let least = number(["min_lr", "min_lr", r"\text{min\_lr}"], min_lr);
            if s >= total {
                return line("{0}", vec![least]);
            }
            line("{0} + ({1} - {0})·(1 + cos(π·{2}/{3}))/2", vec![least, base, at, steps(total as f64)])
        }
        Schedule::WarmUp { steps: total, start, ref then } => {
            if s >= total {
                return scheduled(then, base, s - total);
            }
            let start = number(["start", "start", r"\text{start}"], start);
            line("{0}·({1} + (1 - {1})·{2}/{3})", vec![base, start, at, steps(total as f64)])
        }
        Schedule::OneCycle { steps: total, pct_start, div_factor, final_div_factor } => {
            let top = pct_start * total as f64 - 1.0;
            let last = total as f64 - 1.0;
            let first = number(["div_factor", "div_factor", r"\text{div\_factor}"], div_factor);
            let end = ["final_div_factor", "final_div_factor", r"\text{final\_div\_factor}"];
            let end = number(end, final_div_factor);
            if s as f64 <= top && top > 0.0 {
                let climb = "{0} + ({0}/{1} - {0})·(1 + cos(π·{2}/{3}))/2";
                line(climb, vec![base, first, at, peak(top)])
            } else if s as f64 <= top {
                line("{0}", vec![base])
            } else if s as f64 >= last {
                line("{0}/({1}·{2})", vec![base, first, end])
            } else {
                let fall = "{0}/({1}·{2}) + ({0} - {0}/({1}·{2}))·(1 + cos(π·({3} - {4})/({5} - 1 - {4})))/2";
                line(fall, vec![base, first, end, at, peak(top), steps(total as f64)])
            }
        }
    }
}
