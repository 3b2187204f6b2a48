//! [`Row`]: one line of a trace.

use crate::decimal;
use crate::formula::Formula;
use crate::symbols::Symbol;
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

/// What part of a step a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A value on the way to the loss; also what is given: inputs and parameters.
    Forward,
    /// The local derivative of one value with respect to one of its operands.
    Local,
    /// ∂L/∂value: an adjoint, or of a parameter the gradient.
    Backward,
    /// A parameter after the update.
    Update,
    /// A value computed again with the new parameters.
    Verify,
}

impl Stage {
    /// In lower case: `forward`, `local`, `backward`, `update`, `verify`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Local => "local",
            Self::Backward => "backward",
            Self::Update => "update",
            Self::Verify => "verify",
        }
    }
}

/// A value that a row is computed from.
#[derive(Clone, Debug)]
pub struct Operand {
    pub(crate) symbol: Symbol,
    pub(crate) value: Arc<Array2<f64>>,
}

impl Operand {
    /// What it is called: `w1`.
    pub fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// Its value.
    pub fn value(&self) -> ArrayView2<'_, f64> {
        self.value.view()
    }
}

/// How an entry of a row's matrix comes of entries of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Same entry of each operand; one of fewer rows or columns is repeated.
    Pointwise,
    /// `Σₖ x[i,k]·w[j,k]`, and `b[0,j]` if there is a third operand.
    Affine,
    /// `Σₖ g[i,k]·w[k,j]`.
    Product,
    /// `Σₖ g[k,i]·x[k,j]`.
    Gradient,
    /// `Σₖ g[k,j]`.
    Rows,
    /// In no way that an entry alone shows.
    Whole,
}

/// One value of a step: what it is called, how it is computed and what came out.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) step: u64,
    pub(crate) stage: Stage,
    pub(crate) symbol: Symbol,
    pub(crate) name: String,
    pub(crate) formula: Formula,
    pub(crate) operands: Vec<Operand>,
    pub(crate) value: Arc<Array2<f64>>,
    pub(crate) rule: Rule,
}

impl Row {
    /// The step, counted from 0 at the first that was traced.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The part of the step.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// In ASCII: `d_y_hat`. No two rows of a step have the same.
    pub fn symbol(&self) -> &str {
        &self.symbol.key
    }

    /// As a textbook writes it: `∂L/∂ŷ`.
    pub fn notation(&self) -> &str {
        &self.symbol.text
    }

    /// The network's own name of the value, or of what is differentiated or updated: `0.weight`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The formula in symbols: `w1·x + b1`; empty for what is given.
    pub fn formula(&self) -> String {
        self.formula.write(|k| self.operands[k].symbol.text.clone())
    }

    /// What the formula is computed from, in the order of the op's operands.
    pub fn operands(&self) -> &[Operand] {
        &self.operands
    }

    /// The formula in numbers, each with at most `decimals` places: `0.5·1 + 0`. A matrix in it keeps its
    /// symbol. Empty for what is given.
    pub fn substituted(&self, decimals: usize) -> String {
        self.formula.write(|k| self.operands[k].write(|x| decimal::short(x, decimals)))
    }

    /// As [`substituted`](Self::substituted), with all digits.
    pub fn substituted_in_full(&self) -> String {
        self.formula.write(|k| self.operands[k].write(decimal::full))
    }

    /// The value `[rows, columns]`; a number is `[1, 1]`. Empty where a local derivative is a matrix of
    /// more entries than anybody would read.
    pub fn value(&self) -> ArrayView2<'_, f64> {
        self.value.view()
    }

    /// The value, if it is a single number.
    pub fn number(&self) -> Option<f64> {
        single(&self.value)
    }

    /// The value to `decimals` places, a half away from zero; of a matrix, its shape.
    pub fn rounded(&self, decimals: usize) -> String {
        self.number().map_or_else(|| shape(&self.value), |x| decimal::round(x, decimals))
    }
}

impl Operand {
    fn write(&self, number: impl Fn(f64) -> String) -> String {
        single(&self.value).map_or_else(|| self.symbol.text.clone(), number)
    }
}

pub(crate) fn single(value: &Array2<f64>) -> Option<f64> {
    if value.len() == 1 { value.first().copied() } else { None }
}

/// `[rows, columns]`, as text.
pub(crate) fn shape(value: &Array2<f64>) -> String {
    if value.is_empty() { "not shown".into() } else { format!("[{}, {}]", value.nrows(), value.ncols()) }
}
