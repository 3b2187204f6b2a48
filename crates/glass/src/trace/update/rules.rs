//! What each rule does with a gradient, line by line, in the symbols of its paper or of PyTorch's documentation.

use super::gradient::Clipping;
use super::{Moving, number};
use crate::symbols::Symbol;
use crate::trace::line::Line;
use crate::trace::row::{Operand, Rule as Entries};
use glassgrad_optim::Rule;
use glassgrad_tensor::Scalar;

/// In ASCII, as text and as LaTeX.
type Letter = [&'static str; 3];
const M: Letter = ["m", "m", "m"];
const V: Letter = ["v", "v", "v"];
const M_HAT: Letter = ["m_hat", "m̂", r"\hat{m}"];
const V_HAT: Letter = ["v_hat", "v̂", r"\hat{v}"];
const V_TILDE: Letter = ["v_tilde", "ṽ", r"\tilde{v}"];
const MEAN: Letter = ["g_ave", "g_ave", r"\bar{g}"];
const SUM: Letter = ["state_sum", "state_sum", r"\text{state\_sum}"];
const BETA: [Letter; 2] = [["beta1", "β1", r"\beta_{1}"], ["beta2", "β2", r"\beta_{2}"]];

impl<T: Scalar> Moving<'_, '_, T> {
    /// Writes down all that the update computed for this parameter, and returns the line of its new value.
    pub(super) fn new_value(&mut self, rate: &Operand, clipping: &Clipping) -> Line {
        let descent = self.trainer.descent();
        let group = descent.group(self.range.start);
        let (x, t) = (self.old(), self.before.count + 1);
        if group.frozen {
            return line("{0}", [x]);
        }
        let rule = descent.rule().rule();
        let rate =
            self.rate(rate, t, if let Some(Rule::AdaGrad(rule)) = &rule { rule.lr_decay } else { 0.0 });
        let decay = group.weight_decay.unwrap_or(0.0);
        // Only of this crate's own rules is it known what they do with it.
        let joins = !matches!(rule, Some(Rule::AdamW(_)) | None);
        let g = self.taken(clipping, if joins { decay } else { 0.0 });
        let eps = |x| number(["eps", "ε", r"\epsilon"], x);
        match rule {
            Some(Rule::Sgd(_)) => line("{0} - {1}·{2}", [x, rate, g]),
            Some(Rule::Momentum(rule)) => {
                let mu = number(["mu", "μ", r"\mu"], rule.momentum);
                let old = self.state(0, V);
                let v = if t == 1 || rule.dampening == 0.0 {
                    self.new_state(0, V, "{0}·{1} + {2}", vec![mu, old, g])
                } else {
                    let tau = number(["tau", "τ", r"\tau"], rule.dampening);
                    self.new_state(0, V, "{0}·{1} + (1 - {2})·{3}", vec![mu, old, tau, g])
                };
                line("{0} - {1}·{2}", [x, rate, v])
            }
            Some(Rule::Nesterov(rule)) => {
                let mu = number(["mu", "μ", r"\mu"], rule.momentum);
                let old = self.state(0, V);
                let v = self.new_state(0, V, "{0}·{1} + {2}", vec![mu.clone(), old, g.clone()]);
                line("{0} - {1}·({2} + {3}·{4})", [x, rate, g, mu, v])
            }
            Some(Rule::AdaGrad(rule)) => {
                let mut old = self.state(0, SUM);
                if t == 1 {
                    let start = vec![T::from_f64(rule.initial_accumulator); self.range.len()];
                    old.value = self.matrix(&start);
                }
                let sum = self.new_state(0, SUM, "{0} + ({1})²", vec![old, g.clone()]);
                line("{0} - {1}·{2}/(√{3} + {4})", [x, rate, g, sum, eps(rule.eps)])
            }
            Some(Rule::RmsProp(rule)) => {
                let alpha = number(["alpha", "α", r"\alpha"], rule.alpha);
                let mut size = self.average(0, V, &alpha, &g, "({2})²");
                if rule.centered {
                    let mean = self.average(1, MEAN, &alpha, &g, "{2}");
                    let [squares, means] = [self.slot(0), self.slot(1)];
                    let variance: Vec<T> =
                        squares.iter().zip(means).map(|(&s, &m)| (s - m * m).larger(T::zero())).collect();
                    let symbol = self.of(V_TILDE);
                    size = self.row(symbol, "max(0, {0} - {1}²)", vec![size, mean], &variance);
                }
                line("{0} - {1}·{2}/(√{3} + {4})", [x, rate, g, size, eps(rule.eps)])
            }
            Some(Rule::Adam(rule)) => {
                let [m, v] = self.moments([rule.beta1, rule.beta2], &g, t);
                line("{0} - {1}·{2}/(√{3} + {4})", [x, rate, m, v, eps(rule.eps)])
            }
            Some(Rule::AdamW(rule)) => {
                let [m, v] = self.moments([rule.beta1, rule.beta2], &g, t);
                if decay == 0.0 {
                    return line("{0} - {1}·{2}/(√{3} + {4})", [x, rate, m, v, eps(rule.eps)]);
                }
                let lambda = number(["lambda", "λ", r"\lambda"], decay);
                let formula = "{0} - {1}·{2}·{0} - {1}·{3}/(√{4} + {5})";
                line(formula, [x, rate, lambda, m, v, eps(rule.eps)])
            }
            _ => {
                let name = format!("{:?}", descent.rule());
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                line(&format!("{name}({{0}}, {{1}}, {{2}})"), [x, rate, g])
            }
        }
    }

    /// Adam's moments, each divided by what it lacks for having begun at 0.
    fn moments(&mut self, betas: [f64; 2], g: &Operand, t: u64) -> [Operand; 2] {
        let beta = |k: usize| number(BETA[k], betas[k]);
        let m = self.average(0, M, &beta(0), g, "{2}");
        let v = self.average(1, V, &beta(1), g, "({2})²");
        let mut corrected = |k: usize, letter, moment| {
            let lacking = T::from_f64(1.0 - betas[k].powf(t as f64));
            let value: Vec<T> = self.slot(k).iter().map(|&x| x / lacking).collect();
            let operands = vec![moment, beta(k), number(["t", "t", "t"], t as f64)];
            self.row(self.of(letter), "{0}/(1 - {1}^{2})", operands, &value)
        };
        [corrected(0, M_HAT, m), corrected(1, V_HAT, v)]
    }

    /// A state vector that is a running average of `what`, written with the gradient at place 2.
    fn average(&mut self, k: usize, letter: Letter, keep: &Operand, g: &Operand, what: &str) -> Operand {
        let old = self.state(k, letter);
        let formula = format!("{{0}}·{{1}} + (1 - {{0}})·{what}");
        self.new_state(k, letter, &formula, vec![keep.clone(), old, g.clone()])
    }

    /// State vector `k` before the update.
    fn state(&self, k: usize, letter: Letter) -> Operand {
        let start = k * self.trainer.descent().len();
        let value = self.matrix(&self.before.state[start..][self.range.clone()]);
        Operand { symbol: self.of(letter), value }
    }

    /// Writes down state vector `k` after the update.
    fn new_state(&mut self, k: usize, letter: Letter, formula: &str, operands: Vec<Operand>) -> Operand {
        let value = self.slot(k).to_vec();
        self.row(self.of(letter).new_value(), formula, operands, &value)
    }

    /// State vector `k` after the update.
    fn slot(&self, k: usize) -> &[T] {
        let descent = self.trainer.descent();
        &descent.state()[k * descent.len()..][self.range.clone()]
    }

    /// A letter with the parameter as its index.
    fn of(&self, [key, text, latex]: Letter) -> Symbol {
        self.symbol.with_letter(&Symbol::new(key, text, latex))
    }
}

/// Rules treat each entry of a parameter alone.
fn line<const N: usize>(formula: &str, operands: [Operand; N]) -> Line {
    Line::new(formula, operands, Entries::Pointwise)
}
