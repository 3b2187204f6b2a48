//! [`Program`]: a network as it is written for others to run: θ and the recorded steps, no dropout, no derivatives.

use crate::export::{Export, Head, Placement, Scaling};
use crate::{Error, Network, Number, fold, tensors};
use glassgrad_autograd::{Axis, Binary, Memory, Op, Shape, Unary, Var};
use ndarray::Array2;
use std::collections::{HashMap, HashSet};

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

/// What a step computes; see the [`Op`]s of the same names.
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

    /// The steps as they are on the tape.
    fn record(&mut self, network: &Network<'_, T>) -> Result<(), Error> {
        let (tape, needed) = (network.tape, network.needed());
        let values = constant_values(network, &needed);
        let tensors = tensors::tensors(tape);
        let mut place: HashMap<Var, Operand> = HashMap::new();
        for var in needed {
            let (name, shape) = (tape.name_of(var).to_string(), tape.shape(var));
            let unsupported = || Error::Unsupported { at: tape.name_of(var).into(), op: tape.op_of(var) };
            let at = |operand: &Var| place.get(operand).copied().ok_or_else(unsupported);
            let masked = |operand: &Var| matches!(tape.op(*operand), Op::Mask { .. });
            let action = match tape.op(var) {
                Op::Input { .. } if var == network.input => {
                    place.insert(var, Operand::Input);
                    continue;
                }
                Op::Input { .. } => {
                    return Err(Error::OtherInput { name, expected: self.input_name.clone() });
                }
                Op::Mask { .. } => continue, // all 1 in evaluation: the product with it is passed over
                Op::StopGradient(x) => {
                    place.insert(var, at(x)?);
                    continue;
                }
                Op::Zip(Binary::Mul, x, mask) if masked(mask) => {
                    place.insert(var, at(x)?);
                    continue;
                }
                _ if values.contains_key(&var) => {
                    let vector =
                        matches!(tape.op(var), Op::Param { segment } if tensors[*segment].shape.len() == 1);
                    place.insert(var, Operand::Constant(self.constants.len()));
                    self.constants.push(Constant { name, numbers: values[&var].clone(), vector });
                    continue;
                }
                Op::Affine { x, w, b } => {
                    let b = b.as_ref().map(at).transpose()?;
                    Action::Affine { x: at(x)?, w: at(w)?, b }
                }
                Op::MatMul { a, b, transposed } => Action::MatMul {
                    a: at(a)?,
                    b: at(b)?,
                    a_transposed: transposed.a,
                    b_transposed: transposed.b,
                },
                Op::Map(f, x) => Action::Map(*f, at(x)?),
                Op::Zip(f, a, b) => Action::Zip(*f, at(a)?, at(b)?),
                Op::Reduce { axis, mean, x } => Action::Reduce { axis: *axis, mean: *mean, x: at(x)? },
                Op::Concat(parts) => Action::Concat(parts.iter().map(at).collect::<Result<_, _>>()?),
                Op::Slice { x, start } => Action::Slice { x: at(x)?, start: *start },
                Op::Softmax(x) => Action::Softmax(at(x)?),
                Op::LogSoftmax(x) => Action::LogSoftmax(at(x)?),
                _ => return Err(unsupported()),
            };
            place.insert(var, Operand::Step(self.steps.len()));
            self.steps.push(Step { name, shape, action });
        }
        match place.get(&network.prediction) {
            // A mask has no place.
            None | Some(Operand::Constant(_)) => Err(Error::Unconnected { input: self.input_name.clone() }),
            Some(&output) => {
                self.output = output;
                Ok(())
            }
        }
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

    fn row(&mut self, name: &str, numbers: &[f64]) -> Operand {
        let row = Array2::from_shape_vec((1, numbers.len()), numbers.to_vec()).expect("one row");
        self.constant(name, row, true)
    }

    /// (x − shift)/divisor as the first two steps.
    fn scale_input(&mut self, scaling: &Scaling) {
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
    fn unscale_output(&mut self, scaling: &Scaling) {
        let divisor = self.row("output.divisor", &scaling.divisor);
        let shift = self.row("output.shift", &scaling.shift);
        self.push("output.spread", Action::Zip(Binary::Mul, self.output, divisor));
        self.push("output.unscaled", Action::Zip(Binary::Add, self.output, shift));
    }

    /// A last step of the output's own shape.
    fn push(&mut self, name: &str, action: Action) {
        let (name, shape) = (self.fresh(name), self.shape(self.output));
        self.steps.push(Step { name, shape, action });
        self.output = Operand::Step(self.steps.len() - 1);
    }

    fn put_head(&mut self, head: Head) -> Result<(), Error> {
        let action = match head {
            Head::Plain => return Ok(()),
            Head::Softmax => Action::Softmax(self.output),
            Head::Sigmoid => Action::Map(Unary::Sigmoid, self.output),
        };
        if let Operand::Step(last) = self.output {
            use Action::{LogSoftmax, Map, Softmax};
            if let Softmax(_) | LogSoftmax(_) | Map(Unary::Sigmoid, _) = self.steps[last].action {
                let why =
                    format!("{:?} gives probabilities already; expected Head::Plain", self.steps[last].name);
                return Err(Error::Export { what: "head", why });
            }
        }
        self.push("probabilities", action);
        Ok(())
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

/// What does not depend on any input or mask, and so has as many rows whatever the batch.
fn constant_values<T: Number>(network: &Network<'_, T>, needed: &[Var]) -> HashMap<Var, Array2<T>> {
    let tape = network.tape;
    let mut constant = HashSet::new();
    for &var in needed {
        let leaf = matches!(tape.op(var), Op::Input { .. } | Op::Mask { .. });
        if !leaf && tape.operands(var).all(|operand| constant.contains(&operand)) {
            constant.insert(var);
        }
    }
    let mut memory = Memory::new();
    memory.resize(tape, 1).expect("a batch of one row");
    tape.forward_to(network.prediction, network.theta, &mut memory);
    constant.into_iter().map(|var| (var, tape.value(var, network.theta, &memory).to_owned())).collect()
}
