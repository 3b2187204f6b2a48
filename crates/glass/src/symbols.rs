//! [`Symbols`]: what a textbook calls the values of a network.

use glassgrad_autograd::{Op, Shape, Tape, Var};
use std::collections::HashSet;

/// One symbol in three alphabets.
///
/// | value | symbol |
/// |---|---|
/// | input, target, prediction, loss | `x`, `y`, `y_hat` (ŷ), `loss` (L) |
/// | weight and bias of dense layer k, from 1 | `W1`, `b1`; a single number is `w1` |
/// | what dense layer k gives, unless it is the prediction | `z1` |
/// | the elementwise function of it | `h`; `h1`, `h2`, … where there are several |
/// | scale and shift of a normalisation | `gamma1`, `beta1` |
/// | anything else | its name, with `v` before a digit: `v2_mask` for `2.mask` |
///
/// From a value's symbol follow those of its adjoint or gradient, `d_w1`; of a local derivative,
/// `d_y_hat_d_w2`, but `sigmoid_slope` for that of h; and after the update, `new_w1`.
///
/// What an optimiser keeps or computes for w1 on the way:
///
/// | value | symbol |
/// |---|---|
/// | the gradient clipped and with λ·w1 added; the rate of its group | `g_w1`, `eta_w1` |
/// | momentum's velocity, RMSProp's mean of squares, Adam's second moment | `v_w1` |
/// | Adam's first moment; its moments corrected (m̂, v̂) | `m_w1`, `m_hat_w1`, `v_hat_w1` |
/// | RMSProp's mean of gradients and variance (ṽ), if centred | `g_ave_w1`, `v_tilde_w1` |
/// | AdaGrad's sum of squares | `state_sum_w1` |
/// | what all share: the schedule's rate, the norm of the gradient, clipping's factor | `eta`, `grad_norm`, `clip_coef` |
///
/// A row is about such a value after the update, `new_v_w1`; before it, `v_w1` is an operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// In ASCII letters, digits and underscores: `d_y_hat`.
    pub key: String,
    /// As text: `∂L/∂ŷ`.
    pub text: String,
    /// For LaTeX's mathematics: `\frac{\partial \mathcal{L}}{\partial \hat{y}}`.
    pub latex: String,
}

impl Symbol {
    pub(crate) fn new(key: impl Into<String>, text: impl Into<String>, latex: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into(), latex: latex.into() }
    }

    /// A letter with an index: `w`, `1` to w₁.
    fn indexed(letter: &str, latex: &str, text: &str, index: &str) -> Self {
        let latex = if index.is_empty() { latex.into() } else { format!("{latex}_{{{index}}}") };
        Self::new(format!("{letter}{index}"), format!("{text}{index}"), latex)
    }

    /// ∂L/∂ this.
    pub(crate) fn adjoint(&self) -> Self {
        Self::new(
            format!("d_{}", self.key),
            format!("∂L/∂{}", self.text),
            format!(r"\frac{{\partial \mathcal{{L}}}}{{\partial {}}}", self.latex),
        )
    }

    /// ∂ this/∂ `operand`.
    pub(crate) fn slope(&self, operand: &Self) -> Self {
        Self::new(
            format!("d_{}_d_{}", self.key, operand.key),
            format!("∂{}/∂{}", self.text, operand.text),
            format!(r"\frac{{\partial {}}}{{\partial {}}}", self.latex, operand.latex),
        )
    }

    /// This after the update.
    pub(crate) fn new_value(&self) -> Self {
        Self::new(format!("new_{}", self.key), format!("{}'", self.text), format!("{}'", self.latex))
    }

    /// A letter with this as its index: `m_w1`, of `m`.
    pub(crate) fn with_letter(&self, letter: &Self) -> Self {
        Self::new(
            format!("{}_{}", letter.key, self.key),
            format!("{}_{}", letter.text, self.text),
            format!("{}_{{{}}}", letter.latex, self.latex),
        )
    }

    /// Entry `[i, j]` of this.
    pub(crate) fn entry(&self, [i, j]: [usize; 2]) -> Self {
        let at = format!("[{i},{j}]");
        Self::new(
            self.key.clone() + &at,
            self.text.clone() + &at,
            format!(r"\left({}\right)_{{{i},{j}}}", self.latex),
        )
    }
}

/// The symbols of all values of a tape.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    of: Vec<Symbol>,
    slopes: Vec<Option<String>>,
}

impl Symbols {
    pub(crate) fn of(tape: &Tape, prediction: Var, loss: Var) -> Self {
        let mut named: Vec<Option<Symbol>> = vec![None; tape.vars().count()];
        let mut slopes = vec![None; named.len()];
        let mut set = |var: Var, symbol| {
            named[var.index()].get_or_insert(symbol);
        };
        for (name, text) in [("x", "x"), ("y", "y")] {
            if let Ok(var) = tape.var(name) {
                set(var, Symbol::new(name, text, name));
            }
        }
        set(prediction, Symbol::new("y_hat", "ŷ", r"\hat{y}"));
        set(loss, Symbol::new("loss", "L", r"\mathcal{L}"));
        let mut hidden = Vec::new();
        let mut layer = 0;
        for var in tape.vars() {
            let Op::Affine { w, b, .. } = *tape.op(var) else { continue };
            layer += 1;
            let index = layer.to_string();
            let letter = if tape.shape(w) == Shape::SCALAR { "w" } else { "W" };
            set(w, Symbol::indexed(letter, letter, letter, &index));
            if let Some(b) = b {
                set(b, Symbol::indexed("b", "b", "b", &index));
            }
            set(var, Symbol::indexed("z", "z", "z", &index));
            let activated = tape.vars().find(|&v| matches!(*tape.op(v), Op::Map(_, z) if z == var));
            hidden.extend(activated.filter(|&h| var != prediction && h != prediction).map(|h| (h, index)));
        }
        for (h, index) in &hidden {
            let index = if hidden.len() == 1 { "" } else { index };
            set(*h, Symbol::indexed("h", "h", "h", index));
            slopes[h.index()] = Some(format!("{}_slope{index}", tape.op_of(*h)));
        }
        for (kind, key, text) in [(".weight", "gamma", "γ"), (".bias", "beta", "β")] {
            let free = tape.vars().filter(|v| named[v.index()].is_none());
            let scale = |v: &Var| matches!(tape.op(*v), Op::Param { .. }) && tape.name_of(*v).ends_with(kind);
            for (i, var) in free.filter(scale).collect::<Vec<_>>().into_iter().enumerate() {
                let index = (i + 1).to_string();
                named[var.index()] = Some(Symbol::indexed(key, &format!(r"\{key}"), text, &index));
            }
        }
        let mut taken: HashSet<String> = named.iter().flatten().map(|s| s.key.clone()).collect();
        let of =
            tape.vars().zip(named).map(|(v, s)| s.unwrap_or_else(|| by_name(tape.name_of(v), &mut taken)));
        Self { of: of.collect(), slopes }
    }

    pub(crate) fn get(&self, var: Var) -> &Symbol {
        &self.of[var.index()]
    }

    /// The symbol of ∂`var`/∂`operand`.
    pub(crate) fn slope(&self, var: Var, operand: Var) -> Symbol {
        let symbol = self.get(var).slope(self.get(operand));
        match &self.slopes[var.index()] {
            Some(key) => Symbol { key: key.clone(), ..symbol },
            None => symbol,
        }
    }
}

fn by_name(name: &str, taken: &mut HashSet<String>) -> Symbol {
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    let text = if digit { format!("v{name}") } else { name.to_string() };
    let mut key: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    while !taken.insert(key.clone()) {
        key.push('_');
    }
    let latex = format!(r"\text{{{}}}", crate::formula::escape_latex(&text));
    Symbol { key, text, latex }
}
