//! [`Line`]: the right side of a row, as it is put together.

use super::row::{Operand, Rule};
use crate::formula::{Formula, place};

/// A row without its left side.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) formula: Formula,
    pub(super) operands: Vec<Operand>,
    pub(super) rule: Rule,
}

impl Line {
    /// A formula with its places written `{0}`, `{1}`, `{2}`.
    pub(super) fn new(text: &str, operands: impl Into<Vec<Operand>>, rule: Rule) -> Self {
        let operands = operands.into();
        let places = 0..operands.len();
        let formula = places.fold(text.to_string(), |text, k| text.replace(&format!("{{{k}}}"), &place(k)));
        Self { formula: Formula(formula), operands, rule }
    }

    /// Several lines added up.
    pub(super) fn sum(mut lines: Vec<Self>) -> Self {
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
    pub(super) fn scalars_aside(mut self) -> Self {
        if self.operands.iter().all(|o| o.value.len() == 1) && self.rule == Rule::Affine {
            self.rule = Rule::Pointwise;
        }
        self
    }
}
