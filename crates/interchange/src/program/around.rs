//! What a program does before and after what was recorded: scaling, and probabilities.

use super::{Action, Operand, Program, Step};
use crate::export::{Head, Scaling};
use crate::{Error, Number};
use glassgrad_autograd::{Binary, Shape, Unary};
use ndarray::Array2;

impl<T: Number> Program<T> {
    /// (x − shift)/divisor as the first two steps.
    pub(super) fn scale_input(&mut self, scaling: &Scaling) {
        // Steps move two places on, and whatever took the input takes the second.
        let moved = |operand: &mut Operand| match operand {
            Operand::Input => *operand = Operand::Step(1),
            Operand::Step(i) => *i += 2,
            Operand::Constant(_) => {}
        };
        for step in &mut self.steps {
            match &mut step.action {
                Action::Affine { x, w, b } => [x, w].into_iter().chain(b).for_each(moved),
                Action::MatMul { a, b, .. } | Action::Zip(_, a, b) => [a, b].into_iter().for_each(moved),
                Action::Concat(parts) => parts.iter_mut().for_each(moved),
                Action::Map(_, x)
                | Action::Reduce { x, .. }
                | Action::Slice { x, .. }
                | Action::Softmax(x)
                | Action::LogSoftmax(x) => moved(x),
            }
        }
        moved(&mut self.output);
        let shift = self.row("input.shift", &scaling.shift);
        let divisor = self.row("input.divisor", &scaling.divisor);
        let shape = self.input_shape;
        let step = |name, action| Step { name, shape, action };
        let centred = step(self.fresh("input.centred"), Action::Zip(Binary::Sub, Operand::Input, shift));
        let scaled = step(self.fresh("input.scaled"), Action::Zip(Binary::Div, Operand::Step(0), divisor));
        self.steps.splice(0..0, [centred, scaled]);
    }

    /// y·divisor + shift as the last two steps.
    pub(super) fn unscale_output(&mut self, scaling: &Scaling) {
        let divisor = self.row("output.divisor", &scaling.divisor);
        let shift = self.row("output.shift", &scaling.shift);
        let columns = self.shape(self.output).columns;
        self.push("output.spread", columns, Action::Zip(Binary::Mul, self.output, divisor));
        self.push("output.unscaled", columns, Action::Zip(Binary::Add, self.output, shift));
    }

    /// A last step, with as many rows as the output and this many columns.
    fn push(&mut self, name: &str, columns: usize, action: Action) {
        let (name, shape) = (self.fresh(name), Shape { columns, ..self.shape(self.output) });
        self.steps.push(Step { name, shape, action });
        self.output = Operand::Step(self.steps.len() - 1);
    }

    pub(super) fn put_head(&mut self, head: Head) -> Result<(), Error> {
        let (logits, columns) = (self.output, self.shape(self.output).columns);
        if head == Head::Plain {
            return Ok(());
        }
        if head == Head::Binary && columns != 1 {
            let why = format!("found {columns} columns; expected 1, the logit of the second of two classes");
            return Err(Error::Export { what: "head", why });
        }
        if let Operand::Step(last) = self.output {
            use Action::{LogSoftmax, Map, Softmax};
            if let Softmax(_) | LogSoftmax(_) | Map(Unary::Sigmoid, _) = self.steps[last].action {
                let why =
                    format!("{:?} gives probabilities already; expected Head::Plain", self.steps[last].name);
                return Err(Error::Export { what: "head", why });
            }
        }
        match head {
            Head::Plain => {}
            Head::Softmax => self.push("probabilities", columns, Action::Softmax(logits)),
            Head::Sigmoid => self.push("probabilities", columns, Action::Map(Unary::Sigmoid, logits)),
            Head::Binary => {
                self.push("probability.second", 1, Action::Map(Unary::Sigmoid, logits));
                let second = self.output;
                let one = self.row("one", &[1.0]);
                self.push("probability.first", 1, Action::Zip(Binary::Sub, one, second));
                self.push("probabilities", 2, Action::Concat(vec![self.output, second]));
            }
        }
        Ok(())
    }

    fn row(&mut self, name: &str, numbers: &[f64]) -> Operand {
        let row = Array2::from_shape_vec((1, numbers.len()), numbers.to_vec()).expect("one row");
        self.constant(name, row, true)
    }
}
