//! [`Recorder`]: watches a run, and remembers what the rules need.

mod batch;
mod start;

use crate::record::{LossFacts, Norms, Record, Sample};
use batch::{Seen, see};
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Observer, Step, Trainer};
use std::ops::ControlFlow;

/// The first so many steps are all looked into.
const FIRST: usize = 64;
/// Records a run for [`diagnose`](crate::diagnose()): pass it to [`Trainer::fit`], or call
/// [`record`](Self::record) after each step of a loop of one's own.
///
/// Training keeps its bits: a recorder only reads. What it costs: once, for plain gradient descent, at most 24 forward and
/// backward runs of the first batch, on a copy of it; in a step that is looked into, four passes over θ and one over the
/// batch, the outputs of sigmoids, tanhs and ReLUs, and the adjoints of layers; in others, one number. On the digits
/// (64-64-10, batches of 32, where a step takes 15 µs) a step that is looked into takes three times as long, and so a
/// run some 15 % longer; `benches/RESULTS.md` has other networks. It holds two vectors as long as θ (while it makes that curvature, some twenty), 8 bytes a step, and about 60 bytes a parameter
/// tensor for each step looked into: the first 64, and from there on one in [`every`](Self::every).
#[derive(Debug)]
pub struct Recorder<T> {
    every: usize,
    record: Record,
    /// The outputs of layers.
    layers: Vec<Var>,
    /// The sigmoids and tanhs, and the slope below which one is saturated.
    saturating: Vec<(Var, Curve)>,
    relus: Vec<Relu>,
    /// θ before the step that comes next.
    before: Vec<T>,
    /// Δθ of the step before.
    last: Option<Vec<T>>,
    /// The rows and the mean residual of the step before.
    seen: Option<Seen>,
}

#[derive(Clone, Copy, Debug)]
enum Curve {
    Sigmoid,
    Tanh,
}

#[derive(Debug)]
struct Relu {
    var: Var,
    name: String,
    /// Which units have been above 0.
    alive: Vec<bool>,
}

impl<T: Scalar> Recorder<T> {
    /// For a run that begins, or goes on, where the trainer is.
    pub fn new(trainer: &Trainer<T>) -> Self {
        let tape = trainer.tape();
        let named = |op: &'static str| tape.vars().filter(move |&var| tape.op_of(var) == op);
        let saturating: Vec<(Var, Curve)> = named("sigmoid")
            .map(|var| (var, Curve::Sigmoid))
            .chain(named("tanh").map(|var| (var, Curve::Tanh)))
            .collect();
        let relus = named("relu").map(|var| Relu {
            var,
            name: tape.name_of(var).into(),
            alive: vec![false; tape.shape(var).columns],
        });
        let layers: Vec<Var> = named("affine").collect();
        let record = Record {
            layers: layers.iter().map(|&var| tape.name_of(var).into()).collect(),
            parameters: tape.layout().segments().iter().map(|s| s.name.clone()).collect(),
            loss: loss_facts(tape, trainer.loss()),
            saturating: saturating.iter().map(|&(var, _)| tape.name_of(var).into()).collect(),
            ..Record::default()
        };
        Self {
            every: 16,
            record,
            relus: relus.collect(),
            layers,
            saturating,
            before: trainer.theta().to_vec(),
            last: None,
            seen: None,
        }
    }

    /// After the first 64 steps, looks into one step in `steps`; at first 16.
    pub fn every(mut self, steps: usize) -> Self {
        self.every = steps.max(1);
        self
    }

    /// What has been recorded so far.
    pub fn finish(&self) -> Record {
        let mut record = self.record.clone();
        if !record.samples.is_empty() {
            let dead = |relu: &Relu| relu.alive.iter().filter(|alive| !**alive).count() as f64;
            record.dead =
                self.relus.iter().map(|r| (r.name.clone(), dead(r) / r.alive.len().max(1) as f64)).collect();
        }
        record
    }

    /// Takes in a step that has just been made: the trainer's memory holds its values and adjoints, and θ has moved.
    pub fn record(&mut self, trainer: &Trainer<T>, step: &Step<T>) {
        let index = self.record.losses.len();
        if index == 0 {
            self.start(trainer, step);
        }
        self.record.losses.push(step.loss.to_f64());
        let due = |index: usize| index < FIRST || index % self.every == 0;
        let next = due(index + 1);
        if due(index) {
            self.look(trainer, step, index, next);
        } else {
            (self.last, self.seen) = (None, None);
        }
        if next {
            self.before.copy_from_slice(trainer.theta());
        }
    }

    /// Looks into a step.
    fn look(&mut self, trainer: &Trainer<T>, step: &Step<T>, index: usize, next: bool) {
        let (tape, memory) = (trainer.tape(), trainer.memory());
        let mut sample = self.sample(tape, trainer.theta(), trainer.grad(), memory, index);
        let seen = see(trainer);
        let same = self.seen.filter(|last| last.same_rows(&seen));
        if let (Some(last), Some(residual)) = (same.and_then(|s| s.residual), seen.residual) {
            sample.flipped = Some(last * residual < 0.0);
        }
        let (after, grad) = (trainer.theta(), trainer.grad());
        let delta = |i: usize| after[i].to_f64() - self.before[i].to_f64();
        let (mut slope, mut square, mut indirect, mut piled, mut back) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (i, g) in grad.iter().enumerate() {
            let (g, delta) = (g.to_f64(), delta(i));
            let pull = step.lr * g;
            slope += g * delta;
            square += pull * pull;
            indirect += (delta + pull).powi(2);
            if let Some(last) = &self.last {
                let last = last[i].to_f64();
                piled += (delta - last + pull).powi(2);
                back += g * last;
            }
        }
        sample.slope = Some(slope);
        if square > 0.0 {
            sample.indirect = Some((indirect / square).sqrt());
            sample.piled = self.last.is_some().then(|| (piled / square).sqrt());
        }
        if same.is_some() && self.last.is_some() {
            sample.overshot = Some(back > 0.0);
        }
        self.record.samples.push(sample);
        self.seen = Some(seen);
        if next {
            let last = self.last.get_or_insert_with(|| vec![T::zero(); after.len()]);
            for ((last, &after), &before) in last.iter_mut().zip(after).zip(&self.before) {
                *last = after - before;
            }
        }
    }

    /// What a step shows by itself. `after` is θ after the update.
    fn sample(&mut self, tape: &Tape, after: &[T], grad: &[T], memory: &Memory<T>, step: usize) -> Sample {
        let theta = &self.before;
        let norm = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
        let norms = tape.layout().segments().iter().map(|segment| {
            let range = segment.range();
            let moved = after[range.clone()].iter().zip(&theta[range.clone()]);
            Norms {
                gradient: norm(&mut grad[range.clone()].iter().map(|g| g.to_f64())),
                weight: norm(&mut theta[range].iter().map(|x| x.to_f64())),
                update: Some(norm(&mut moved.map(|(after, before)| after.to_f64() - before.to_f64()))),
            }
        });
        let adjoint = |&var: &Var| {
            let squares = tape.adjoint(var, grad, memory).map(|adjoint| {
                adjoint.iter().map(|g| g.to_f64().powi(2)).sum::<f64>() / adjoint.len() as f64
            });
            squares.map_or(0.0, f64::sqrt)
        };
        let flat = |&(var, curve): &(Var, Curve)| {
            let value = tape.value(var, theta, memory);
            let flat = value.iter().filter(|y| curve.slope(y.to_f64()) < 0.01).count();
            flat as f64 / value.len() as f64
        };
        let sample = Sample {
            step,
            norms: norms.collect(),
            adjoints: self.layers.iter().map(adjoint).collect(),
            saturated: self.saturating.iter().map(flat).collect(),
            ..Sample::default()
        };
        for relu in &mut self.relus {
            for row in tape.value(relu.var, &self.before, memory).rows() {
                for (alive, &y) in relu.alive.iter_mut().zip(row) {
                    *alive |= y > T::zero();
                }
            }
        }
        sample
    }

    /// A record of the loaded batch alone: run forward and backward on a copy, without a step.
    pub(crate) fn still(trainer: &Trainer<T>) -> Record {
        let mut recorder = Self::new(trainer);
        let (tape, theta) = (trainer.tape(), trainer.theta());
        let (mut memory, mut grad) = (trainer.memory().clone(), vec![T::zero(); theta.len()]);
        tape.forward_to(trainer.loss(), theta, &mut memory);
        tape.backward(trainer.loss(), theta, &mut grad, &mut memory);
        let mut sample = recorder.sample(tape, theta, &grad, &memory, 0);
        sample.norms.iter_mut().for_each(|norms| norms.update = None);
        recorder.record.samples.push(sample);
        recorder.finish()
    }
}

impl<T: Scalar> Observer<T> for Recorder<T> {
    fn step(&mut self, trainer: &Trainer<T>, step: &Step<T>) -> ControlFlow<()> {
        self.record(trainer, step);
        ControlFlow::Continue(())
    }
}

impl Curve {
    /// The slope by the value, as a share of the greatest slope there is.
    fn slope(self, y: f64) -> f64 {
        match self {
            Self::Sigmoid => 4.0 * y * (1.0 - y),
            Self::Tanh => 1.0 - y * y,
        }
    }
}

fn loss_facts(tape: &Tape, loss: Var) -> LossFacts {
    let terms = tape.operands(loss).next();
    let classes = tape.vars().find_map(|var| match tape.op_of(var) {
        "softmax_cross_entropy" => tape.operands(var).next().map(|logits| tape.shape(logits).columns),
        "sigmoid_cross_entropy" => Some(2),
        _ => None,
    });
    LossFacts {
        sum: tape.op_of(loss) == "sum",
        square: terms.is_some_and(|terms| tape.op_of(terms) == "square"),
        classes,
    }
}
