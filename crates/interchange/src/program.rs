//! [`Program`]: a network as it is written for others to run: θ and the recorded steps, no dropout, no derivatives.

mod around;
mod fold;
mod listing;
mod record;

use crate::export::{Export, Head, Placement};
use crate::{Error, Network, Number};
use glassgrad_autograd::{Axis, Binary, Shape, Unary};
use ndarray::Array2;
use std::collections::HashSet;

/// Where an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operand {
    Input,
    Constant(usize),
    Step(usize),
}

/// A parameter, or what is computed from parameters alone.
#[derive(Debug)]
pub(crate) struct Constant<T> {
    pub(crate) name: String,
    pub(crate) numbers: Array2<T>,
    /// `[n]` rather than `[1, n]`.
    pub(crate) vector: bool,
}

/// A value that depends on the input.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) action: Action,
}

/// What a step computes; see the ops of the same names in [`glassgrad_autograd::Op`].
#[derive(Debug)]
pub(crate) enum Action {
    Affine { x: Operand, w: Operand, b: Option<Operand> },
    MatMul { a: Operand, b: Operand, a_transposed: bool, b_transposed: bool },
    Map(Unary, Operand),
    Zip(Binary, Operand, Operand),
    Reduce { axis: Axis, mean: bool, x: Operand },
    Concat(Vec<Operand>),
    Slice { x: Operand, start: usize },
    Softmax(Operand),
    LogSoftmax(Operand),
}

impl Action {
    pub(crate) fn operands(&self) -> Vec<Operand> {
        match *self {
            Self::Affine { x, w, b } => [x, w].into_iter().chain(b).collect(),
            Self::MatMul { a, b, .. } | Self::Zip(_, a, b) => vec![a, b],
            Self::Concat(ref parts) => parts.clone(),
            Self::Map(_, x)
            | Self::Reduce { x, .. }
            | Self::Slice { x, .. }
            | Self::Softmax(x)
            | Self::LogSoftmax(x) => vec![x],
        }
    }
}

#[derive(Debug)]
pub(crate) struct Program<T> {
    pub(crate) input_name: String,
    /// `[batch, in]`.
    pub(crate) input_shape: Shape,
    pub(crate) constants: Vec<Constant<T>>,
    pub(crate) steps: Vec<Step>,
    pub(crate) output: Operand,
}

impl<T: Number> Program<T> {
    pub(crate) fn new(network: &Network<'_, T>, export: &Export) -> Result<Self, Error> {
        network.check()?;
        let mut program = Self {
            input_name: network.tape.name_of(network.input).into(),
            input_shape: network.tape.shape(network.input),
            constants: Vec::new(),
            steps: Vec::new(),
            output: Operand::Input,
        };
        program.record(network)?;
        let columns = program.input_shape.columns;
        if let Some(scaling) = &export.input {
            scaling.check("input scaling", columns)?;
            match export.placement {
                Placement::Steps => program.scale_input(scaling),
                Placement::Folded => fold::input(&mut program, scaling)?,
            }
        }
        if let Some(scaling) = &export.output {
            scaling.check("output scaling", program.shape(program.output).columns)?;
            if export.head != Head::Plain {
                let why = "probabilities are not scaled; expected Head::Plain with it".into();
                return Err(Error::Export { what: "output scaling", why });
            }
            match export.placement {
                Placement::Steps => program.unscale_output(scaling),
                Placement::Folded => fold::output(&mut program, scaling)?,
            }
        }
        program.put_head(export.head)?;
        program.check_constants()?;
        Ok(program)
    }

    pub(crate) fn shape(&self, operand: Operand) -> Shape {
        match operand {
            Operand::Input => self.input_shape,
            Operand::Step(i) => self.steps[i].shape,
            Operand::Constant(i) => {
                let (rows, columns) = self.constants[i].numbers.dim();
                Shape::fixed(rows, columns)
            }
        }
    }

    /// The names of all values.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let constants = self.constants.iter().map(|constant| constant.name.as_str());
        let steps = self.steps.iter().map(|step| step.name.as_str());
        std::iter::once(self.input_name.as_str()).chain(constants).chain(steps)
    }

    /// A name that nothing has yet: `base`, or with a number behind it.
    pub(crate) fn fresh(&self, base: &str) -> String {
        let taken = |name: &str| self.names().any(|other| other == name);
        let numbered = (2..).map(|i| format!("{base}_{i}"));
        std::iter::once(base.to_string()).chain(numbered).find(|name| !taken(name)).expect("an endless list")
    }

    pub(crate) fn constant(&mut self, name: &str, numbers: Array2<f64>, vector: bool) -> Operand {
        let name = self.fresh(name);
        self.constants.push(Constant { name, numbers: numbers.mapv(T::from_f64), vector });
        Operand::Constant(self.constants.len() - 1)
    }

    /// The constants that a step needs.
    pub(crate) fn used(&self) -> HashSet<usize> {
        let operands = self.steps.iter().flat_map(|step| step.action.operands());
        operands.filter_map(|x| if let Operand::Constant(i) = x { Some(i) } else { None }).collect()
    }

    fn check_constants(&self) -> Result<(), Error> {
        for i in self.used() {
            let Constant { name, numbers, .. } = &self.constants[i];
            if let Some((index, found)) = numbers.iter().enumerate().find(|(_, number)| !number.is_finite()) {
                return Err(Error::NotFinite { name: name.clone(), index, found: found.to_f64() });
            }
        }
        Ok(())
    }
}
