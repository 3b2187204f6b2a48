//! A program as text.

use super::{Action, Operand, Program};
use crate::Number;
use glassgrad_autograd::Axis;

impl<T: Number> Program<T> {
    /// One line for the input and each step, such as `1 = leaky_relu(0; 0.01) : [batch, 3]`.
    pub(crate) fn listing(&self) -> Vec<String> {
        let input = format!("{} : {}", self.input_name, self.input_shape);
        let step = |step: &super::Step| {
            let operands = step.action.operands().into_iter().map(|operand| self.name(operand));
            let (op, setting) = step.action.words();
            let operands = operands.collect::<Vec<_>>().join(", ");
            let setting = setting.map_or(String::new(), |setting| format!("; {setting}"));
            format!("{} = {op}({operands}{setting}) : {}", step.name, step.shape)
        };
        std::iter::once(input).chain(self.steps.iter().map(step)).collect()
    }

    /// The name of a value.
    pub(crate) fn name(&self, operand: Operand) -> &str {
        match operand {
            Operand::Input => &self.input_name,
            Operand::Constant(i) => &self.constants[i].name,
            Operand::Step(i) => &self.steps[i].name,
        }
    }
}

impl Action {
    /// The name of the op, and what it does beside its operands.
    fn words(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Affine { .. } => ("affine", None),
            Self::MatMul { a_transposed, b_transposed, .. } => {
                ("matmul", Some(format!("transposed {a_transposed}, {b_transposed}")))
            }
            Self::Map(f, _) => (f.name(), f.setting().map(|c| c.to_string())),
            Self::Zip(f, ..) => (f.name(), None),
            Self::Reduce { axis, mean, .. } => {
                let axis = match axis {
                    Axis::All => "all",
                    Axis::Rows => "rows",
                    Axis::Columns => "columns",
                };
                (if *mean { "mean" } else { "sum" }, Some(axis.to_string()))
            }
            Self::Concat(_) => ("concat", None),
            Self::Slice { start, .. } => ("slice", Some(format!("from column {start}"))),
            Self::Softmax(_) => ("softmax", None),
            Self::LogSoftmax(_) => ("log_softmax", None),
        }
    }
}
