//! [`Tape`]: a network as a program, recorded once.

use crate::op::Op;
use crate::size::MOST_NUMBERS;
use crate::{Error, Init, Layout, Shape};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A value on a tape: the place of the instruction that computes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Var(pub(crate) usize);

impl Var {
    /// What ops return after the first error: no tape has it.
    pub(crate) const INVALID: Self = Self(usize::MAX);

    /// The place of its instruction, counted from 0.
    pub const fn index(self) -> usize {
        self.0
    }
}

/// What a value depends on, so that adjoints nobody needs are not computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) theta: bool,
    pub(crate) inputs: bool,
}

impl Needs {
    const INPUTS: Self = Self { theta: false, inputs: true };
    const THETA: Self = Self { theta: true, inputs: false };
}

/// One instruction: what to do, the shape of the result, and its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) shape: Shape,
    pub(crate) name: String,
    pub(crate) needs: Needs,
}

/// A network as a program: instructions in order, and the layout of the θ that they read.
///
/// Plain data without a number type. It is recorded once, by [`Tape::record`], and then run on any
/// numbers, with any batch size, by any number of threads at once.
///
/// Recording methods never fail by themselves. The first error is kept, later instructions are passed
/// over, and [`Tape::record`] returns it.
///
/// ```
/// use glassgrad_autograd::{Init, Memory, Tape, Unary};
/// use ndarray::array;
/// let (tape, loss) = Tape::record(|tape| {
///     let x = tape.input("x", 1);
///     let w = tape.param("w", [1, 1], Init::Constant(3.0));
///     let wx = tape.affine(x, w, None);
///     let square = tape.map(Unary::Square, wx);
///     tape.sum(square, glassgrad_autograd::Axis::All)
/// })?;
/// let theta = tape.layout().initial::<f64>(0);
/// let (mut grad, mut memory) = (vec![0.0; 1], Memory::new());
/// memory.load(&tape, &[("x", array![[1.0], [2.0]].view())])?;
/// tape.forward(&theta, &mut memory);
/// tape.backward(loss, &theta, &mut grad, &mut memory);
/// assert_eq!(tape.value(loss, &theta, &memory)[[0, 0]], 9.0 + 36.0);
/// assert_eq!(grad, [2.0 * 3.0 * (1.0 + 4.0)]);
/// # Ok::<(), glassgrad_autograd::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tape {
    nodes: Vec<Node>,
    layout: Layout,
    params: Vec<usize>,
    names: HashMap<String, Var>,
    scope: Vec<String>,
    error: Option<Error>,
    fingerprint: u64,
}

/// Equal programs: same instructions, shapes, names and layout.
impl PartialEq for Tape {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes && self.layout == other.layout && self.names == other.names
    }
}

impl Tape {
    /// Records a program. What the closure returns, usually some [`Var`]s, comes back with the tape.
    ///
    /// # Errors
    /// The first thing that was wrong while recording.
    pub fn record<R>(program: impl FnOnce(&mut Self) -> R) -> Result<(Self, R), Error> {
        let mut tape = Self {
            nodes: Vec::new(),
            layout: Layout::default(),
            params: Vec::new(),
            names: HashMap::new(),
            scope: Vec::new(),
            error: None,
            fingerprint: 0,
        };
        let result = program(&mut tape);
        tape.check_size();
        tape.fingerprint = tape.hash_of_program();
        match tape.error {
            Some(error) => Err(error),
            None => Ok((tape, result)),
        }
    }

    /// A matrix `[batch, columns]` that is given from outside for every run.
    pub fn input(&mut self, name: &str, columns: usize) -> Var {
        self.leaf(name, Op::Input { classes: None }, Shape::batch(columns), Needs::INPUTS)
    }

    /// A column `[batch, 1]` of class labels 0, 1, …, classes − 1, given from outside for every run.
    pub fn labels(&mut self, name: &str, classes: usize) -> Var {
        if classes == 0 {
            self.fail(Error::ZeroWidth { at: self.path(name) });
        }
        self.leaf(name, Op::Input { classes: Some(classes) }, Shape::batch(1), Needs::INPUTS)
    }

    /// A parameter `[rows, columns]`: the next segment of θ, named by the path of its layer.
    pub fn param(&mut self, name: &str, [rows, columns]: [usize; 2], init: Init) -> Var {
        let path = self.path(name);
        let len = rows.checked_mul(columns).and_then(|len| len.checked_add(self.layout.len()));
        if rows == 0 || columns == 0 {
            self.fail(Error::ZeroWidth { at: path.clone() });
        } else if len.is_none_or(|len| len > MOST_NUMBERS) {
            self.fail(Error::TooLarge { at: path.clone() });
        } else if let Err(error) = init.check(&path, rows, columns) {
            self.fail(error);
        }
        if self.error.is_some() {
            return Var::INVALID;
        }
        let segment = self.layout.push(path, rows, columns, init);
        let var = self.leaf(name, Op::Param { segment }, Shape::fixed(rows, columns), Needs::THETA);
        self.params.push(var.0);
        var
    }

    /// Records within a scope: names get the prefix `scope.`.
    pub fn scope<R>(&mut self, scope: impl fmt::Display, inner: impl FnOnce(&mut Self) -> R) -> R {
        self.scope.push(scope.to_string());
        let result = inner(self);
        self.scope.pop();
        result
    }

    /// Gives a value a (further) name, by which it is then printed and found. Within a scope the name
    /// is prefixed with it; an empty name stands for the scope itself.
    pub fn name(&mut self, var: Var, name: &str) -> Var {
        let path = self.path(name);
        if self.check("name", var).is_none() {
            return Var::INVALID;
        }
        match self.names.insert(path.clone(), var) {
            Some(other) if other != var => {
                self.fail(Error::Duplicate { name: path });
            }
            _ if matches!(self.nodes[var.0].op, Op::Param { .. }) => {} // θ's own name stays first
            _ => self.nodes[var.0].name = path,
        }
        var
    }

    /// The value of that name: an input, a parameter, or anything computed on the way.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the names there are.
    pub fn var(&self, name: &str) -> Result<Var, Error> {
        self.names.get(name).copied().ok_or_else(|| Error::UnknownName {
            name: name.into(),
            known: self.nodes.iter().map(|node| node.name.clone()).collect(),
        })
    }

    /// All values in the order of the program.
    pub fn vars(&self) -> impl DoubleEndedIterator<Item = Var> + use<> {
        (0..self.nodes.len()).map(Var)
    }

    /// The name of a value.
    pub fn name_of(&self, var: Var) -> &str {
        self.nodes.get(var.0).map_or("?", |node| &node.name)
    }

    /// The op that computes a value, with its operands and settings.
    ///
    /// # Panics
    /// If the variable is of another, longer tape.
    pub fn op(&self, var: Var) -> &Op {
        &self.nodes[var.0].op
    }

    /// The op that computes a value, by name: `affine`, `sigmoid`, `input`, `param`, ….
    pub fn op_of(&self, var: Var) -> &'static str {
        self.nodes.get(var.0).map_or("?", |node| node.op.name())
    }

    /// The shape of a value. While recording, after an error, `[1, 1]`.
    pub fn shape(&self, var: Var) -> Shape {
        self.nodes.get(var.0).map_or(Shape::SCALAR, |node| node.shape)
    }

    /// The operands of a value's op, in order.
    pub fn operands(&self, var: Var) -> impl Iterator<Item = Var> + '_ {
        self.nodes.get(var.0).into_iter().flat_map(|node| node.op.operands())
    }

    /// Whether a value depends on θ, so that it has an adjoint in training.
    pub fn depends_on_theta(&self, var: Var) -> bool {
        self.nodes.get(var.0).is_some_and(|node| node.needs.theta)
    }

    /// Where each parameter lies in θ.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Every name and whose it is.
    pub(crate) fn names(&self) -> &HashMap<String, Var> {
        &self.names
    }

    /// Gives all values other names: each its own one, in order, and some of them further ones.
    pub(crate) fn rename<'a>(&mut self, own: impl Iterator<Item = &'a str>, further: &'a [(String, Var)]) {
        self.names.clear();
        for (node, name) in self.nodes.iter_mut().zip(own) {
            node.name = name.into();
            if let Op::Param { segment } = node.op {
                self.layout.rename(segment, name);
            }
        }
        let own: Vec<_> = self.nodes.iter().map(|node| node.name.clone()).zip((0..).map(Var)).collect();
        for (name, var) in own.iter().chain(further) {
            if self.check("name", *var).is_none() {
                return;
            }
            if self.names.insert(name.clone(), *var).is_some() {
                self.fail(Error::Duplicate { name: name.clone() });
            }
        }
    }

    pub(crate) fn params(&self) -> &[usize] {
        &self.params
    }

    /// Equal for tapes of the same ops and shapes, whatever their names: one memory serves them all.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    fn hash_of_program(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for node in &self.nodes {
            (node.shape, format!("{:?}", node.op)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Whether every value is a single number when the batch is one row.
    pub(crate) fn is_single(&self) -> bool {
        self.nodes.iter().all(|node| node.shape.rows.of(1) == 1 && node.shape.columns == 1)
    }

    /// The instruction of a variable; `at` says in the error who asked.
    pub(crate) fn node(&self, var: Var, at: &str) -> Result<&Node, Error> {
        self.nodes.get(var.0).ok_or_else(|| Error::UnknownVariable { at: at.into() })
    }

    /// The names of all inputs.
    pub(crate) fn input_names(&self) -> Vec<String> {
        let inputs = self.nodes.iter().filter(|node| matches!(node.op, Op::Input { .. }));
        inputs.map(|node| node.name.clone()).collect()
    }

    pub(crate) fn input_named(&self, name: &str) -> Result<Var, Error> {
        let known = || Error::UnknownName { name: name.into(), known: self.input_names() };
        let var = *self.names.get(name).ok_or_else(known)?;
        if matches!(self.nodes[var.0].op, Op::Input { .. }) { Ok(var) } else { Err(known()) }
    }

    /// The path of `name` in the scope at hand.
    pub(crate) fn path(&self, name: &str) -> String {
        let mut path = self.scope.join(".");
        if !path.is_empty() && !name.is_empty() {
            path.push('.');
        }
        path + name
    }

    /// Keeps the first error.
    pub(crate) fn fail(&mut self, error: Error) -> Var {
        self.error.get_or_insert(error);
        Var::INVALID
    }

    /// The shape of an operand, unless there has been an error or it is not of this tape.
    pub(crate) fn check(&mut self, op: &str, var: Var) -> Option<Shape> {
        if self.error.is_some() {
            return None;
        }
        if var.0 >= self.nodes.len() {
            self.fail(Error::UnknownVariable { at: self.path(op) });
            return None;
        }
        Some(self.nodes[var.0].shape)
    }

    /// Appends an op whose operands have been checked. It is named `scope.op`, with a number behind it
    /// if there is one of that name already.
    pub(crate) fn push(&mut self, op: Op, shape: Shape) -> Var {
        let mut needs = Needs::default();
        for (_, operand) in op.operands().enumerate().filter(|&(which, _)| op.passes(which)) {
            let from = self.nodes[operand.0].needs;
            needs.theta |= from.theta;
            needs.inputs |= from.inputs;
        }
        let base = self.path(op.name());
        let mut name = base.clone();
        let mut count = 1;
        while self.names.contains_key(&name) {
            count += 1;
            name = format!("{base}_{count}");
        }
        self.append(Node { op, shape, name, needs })
    }

    fn leaf(&mut self, name: &str, op: Op, shape: Shape, needs: Needs) -> Var {
        let name = self.path(name);
        if shape.columns == 0 {
            return self.fail(Error::ZeroWidth { at: name });
        }
        if self.names.contains_key(&name) {
            return self.fail(Error::Duplicate { name });
        }
        if self.error.is_some() {
            return Var::INVALID;
        }
        self.append(Node { op, shape, name, needs })
    }

    fn append(&mut self, node: Node) -> Var {
        let var = Var(self.nodes.len());
        self.names.insert(node.name.clone(), var);
        self.nodes.push(node);
        var
    }
}

/// One line an instruction: name, op and operands, shape.
impl fmt::Display for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for var in self.vars() {
            let operands: Vec<&str> = self.operands(var).map(|v| self.name_of(v)).collect();
            let (name, op, shape) = (self.name_of(var), self.op_of(var), self.shape(var));
            writeln!(f, "{name} = {op}({}) : {shape}", operands.join(", "))?;
        }
        Ok(())
    }
}
