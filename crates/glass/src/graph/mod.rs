//! [`Graph`]: the computation as nodes and edges, with values, adjoints and local derivatives.

mod card;
mod dot;
mod fold;
mod labels;
mod layout;
mod mermaid;
mod picture;
mod svg;
mod words;

use crate::plan::Plan;
use crate::symbols::Symbol;
use crate::{Error, local};
use glassgrad_autograd::{Op, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::Array2;

/// Graphs of more nodes than this are drawn with one node a layer.
const NODES: usize = 16;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is given: x and y.
    Input,
    /// What is learned.
    Parameter,
    /// What is computed.
    Operation,
    /// What is made small.
    Loss,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is called.
    pub symbol: Symbol,
    /// The network's name of it.
    pub name: String,
    /// What it stands for.
    pub kind: Kind,
    /// How it is computed; empty for what is given. Of a folded layer, its parameters.
    pub formula: String,
    /// Its value.
    pub value: Array2<f64>,
    /// Its adjoint, or of a parameter the gradient, if it has one.
    pub adjoint: Option<Array2<f64>>,
    /// Its place in the backward sweep, from 1 at the loss: when its adjoint is complete.
    pub order: Option<usize>,
}

/// From an operand to what is computed from it.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The place of the operand among the nodes.
    pub from: usize,
    /// The place of the result among the nodes.
    pub to: usize,
    /// Whether anything flows back along it.
    pub back: bool,
    /// The local derivative of the result with respect to the operand; none where nothing flows back, or
    /// into a folded layer.
    pub slope: Option<Slope>,
}

/// A local derivative.
#[derive(Clone, Debug)]
pub struct Slope {
    /// `∂h/∂z1`.
    pub symbol: Symbol,
    /// `h·(1 - h)`.
    pub formula: String,
    /// Its value; empty where it is too large to be written out.
    pub value: Array2<f64>,
}

/// The computation of one loss, with all its numbers.
///
/// Values and adjoints are those of the batch at hand. In networks of more than 16 values each layer is
/// folded into one node, and if those are still too many, the layers in the middle.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Graph {
    /// Runs the trainer's forward and backward stage on the loaded batch, which leaves θ and the position
    /// in training as they are, and takes down what came out.
    ///
    /// # Errors
    /// [`Error::NoBatch`] if none is loaded.
    pub fn of<T: Scalar>(trainer: &mut Trainer<T>) -> Result<Self, Error> {
        trainer.value("loss").map_err(|_| Error::NoBatch { before: "graph" })?;
        trainer.forward();
        trainer.backward();
        let plan = Plan::of(trainer);
        let whole = whole(trainer, &plan);
        Ok(if whole.nodes.len() > NODES { fold::layers(&whole) } else { whole })
    }

    /// The values, operands before results.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What is computed from what.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// A picture of its own; needs no other program.
    pub fn svg(&self, decimals: usize) -> String {
        svg::render(self, decimals.min(17))
    }

    /// The DOT language of Graphviz.
    pub fn dot(&self, decimals: usize) -> String {
        dot::render(self, decimals.min(17))
    }

    /// A Mermaid flowchart.
    pub fn mermaid(&self, decimals: usize) -> String {
        mermaid::render(self, decimals.min(17))
    }
}

fn whole<T: Scalar>(trainer: &Trainer<T>, plan: &Plan) -> Graph {
    let (tape, theta, memory) = (trainer.tape(), trainer.theta(), trainer.memory());
    let adjoint = |v| tape.adjoint(v, trainer.grad(), memory).map(|g| g.mapv(T::to_f64));
    let shown = plan.shown(tape);
    let sweep = plan.sweep(tape, |v| adjoint(v).is_some());
    let order: Vec<Var> =
        [plan.loss].into_iter().chain(sweep.iter().flat_map(|visit| visit.completed.clone())).collect();
    let text = |v: Var| plan.symbols.get(v).text.clone();
    let node = |&var: &Var| {
        let (formula, operands) = plan.formula(tape, var);
        Node {
            symbol: plan.symbols.get(var).clone(),
            name: tape.name_of(var).into(),
            kind: kind(tape, plan, var),
            formula: formula.write(|k| text(operands[k])),
            value: tape.value(var, theta, memory).mapv(T::to_f64),
            adjoint: adjoint(var).or_else(|| (var == plan.loss).then(|| Array2::ones((1, 1)))),
            order: order.iter().position(|&v| v == var).map(|place| place + 1),
        }
    };
    let place = |var: Var| shown.iter().position(|&v| v == var);
    let mut edges: Vec<Edge> = Vec::new();
    for (to, &var) in shown.iter().enumerate() {
        for (which, operand) in plan.operands(tape, var).into_iter().enumerate() {
            let slope = adjoint(operand).map(|whole| {
                let (formula, operands) = plan.slope(tape, var, which);
                Slope {
                    symbol: plan.symbols.slope(var, operand),
                    formula: formula.write(|k| text(operands[k])),
                    // Of the loss, the local derivative is the adjoint.
                    value: if plan.is_folded(var) {
                        whole
                    } else {
                        local::derivative(trainer, plan, var, which)
                    },
                }
            });
            edges.extend(place(operand).map(|from| Edge { from, to, back: slope.is_some(), slope }));
        }
    }
    Graph { nodes: shown.iter().map(node).collect(), edges }
}

fn kind(tape: &Tape, plan: &Plan, var: Var) -> Kind {
    match tape.op(var) {
        Op::Input { .. } | Op::Mask { .. } => Kind::Input,
        Op::Param { .. } => Kind::Parameter,
        _ if var == plan.loss => Kind::Loss,
        _ => Kind::Operation,
    }
}
