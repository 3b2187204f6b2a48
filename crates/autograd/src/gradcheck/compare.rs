//! The comparisons of a gradient check: one op by one operand, and the whole tape by θ.

use super::Check;
use crate::memory::Memory;
use crate::tape::{Needs, Tape, Var};
use glassgrad_tensor::random::{ChaCha8Rng, unit};

/// ε runs over 2⁻³, 2⁻⁴, … 2⁻²⁰: the coarse end for flat functions, the fine end for √x near 0.
const HALVINGS: std::ops::RangeInclusive<i32> = 3..=20;
/// The least order that passes.
const ORDER: f64 = 1.9;
/// Rounding of a difference, in units of ε_machine·size/ε; errors within it say nothing of the order.
const ROUNDING: f64 = 8.0;
/// An order is read off errors this many times above that unit, where rounding shifts it by < 0.1.
const CLEAR: f64 = 64.0;

/// A check in the making: what is moved, how, and the derivative that central differences should have.
struct Claim {
    name: String,
    op: &'static str,
    entry: Option<[usize; 2]>,
    derivative: f64,
    noise: Noise,
}

/// How far rounding moves a value of f: by ε_machine·(size + step·steep).
///
/// To first order, a number that rounds anywhere on the way moves f by itself times f's derivative by
/// it. So the size is Σ |adjoint·value| over all numbers that f is computed from. |f| would be too little: what
/// is added up may nearly cancel, as in the sum of what a normalisation gives.
#[derive(Clone, Copy)]
struct Noise {
    size: f64,
    steep: f64,
}

/// A gradient check under way: a copy of the tape's numbers, moved and put back.
pub(super) struct Run<'a> {
    tape: &'a Tape,
    theta: Vec<f64>,
    memory: Memory<f64>,
    pub(super) checks: Vec<Check>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tape: &'a Tape, loss: Var, theta: &[f64], memory: &Memory<f64>) -> Self {
        let (theta, mut memory) = (theta.to_vec(), memory.clone());
        memory.input_adjoints(true);
        tape.forward_to(loss, &theta, &mut memory);
        Self { tape, theta, memory, checks: Vec::new() }
    }

    /// One op by each operand: along a random direction and, if that is wrong, along each axis until the
    /// wrong entry is found.
    pub(super) fn check_op(&mut self, var: Var, rng: &mut ChaCha8Rng) {
        let u = random(rng, self.memory.slots[var.0].len());
        let pulled = self.pull(var, &u);
        let mut size = magnitude(self.values(var), &u);
        for (operand, cotangent) in &pulled {
            size += magnitude(self.values(*operand), cotangent);
        }
        for (operand, cotangent) in pulled {
            if self.tape.nodes()[operand.0].needs == Needs::default() {
                continue; // nothing that has a gradient
            }
            let columns = self.memory.slots[operand.0].columns;
            let claim = |entry: Option<usize>, v: &[f64]| Claim {
                name: format!("{} by {}", self.tape.name_of(var), self.tape.name_of(operand)),
                op: self.tape.op_of(var),
                entry: entry.map(|i| [i / columns, i % columns]),
                derivative: dot(&cotangent, v),
                noise: Noise { size, steep: magnitude(&cotangent, v) },
            };
            let v = random(rng, cotangent.len());
            let whole = claim(None, &v);
            if self.compare_op(var, operand, &u, &v, whole) {
                continue;
            }
            for i in 0..cotangent.len() {
                let axis = axis(i, cotangent.len());
                let one = claim(Some(i), &axis);
                if !self.compare_op(var, operand, &u, &axis, one) {
                    break;
                }
                self.checks.pop(); // an entry that is right explains nothing
            }
        }
    }

    /// The cotangent of each operand. One that is used twice, as in x·x, moves in both places at once.
    fn pull(&self, var: Var, u: &[f64]) -> Vec<(Var, Vec<f64>)> {
        let op = &self.tape.nodes()[var.0].op;
        let mut pulled: Vec<(Var, Vec<f64>)> = Vec::new();
        for (which, operand) in op.operands().enumerate().filter(|&(which, _)| op.passes(which)) {
            let mut part = vec![0.0; self.memory.slots[operand.0].len()];
            self.tape.pull_one(var, which, u, &self.theta, &self.memory, &mut part);
            match pulled.iter_mut().find(|(other, _)| *other == operand) {
                Some((_, sum)) => sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part),
                None => pulled.push((operand, part)),
            }
        }
        pulled
    }

    /// The claim against ⟨u, op(operand + step·v)⟩.
    fn compare_op(&mut self, var: Var, operand: Var, u: &[f64], v: &[f64], claim: Claim) -> bool {
        let start = self.values(operand).to_vec();
        let moved = |run: &mut Self, step: f64| {
            let values = run.values_mut(operand).iter_mut().zip(&start).zip(v);
            values.for_each(|((x, start), v)| *x = start + step * v);
            run.tape.compute(var.0, &run.theta, &mut run.memory);
            dot(run.values(var), u)
        };
        let passed = self.compare(claim, moved);
        moved(self, 0.0);
        passed
    }

    /// The loss by θ: along a random direction of length 1 at most, and along every axis.
    pub(super) fn check_theta(&mut self, loss: Var, rng: &mut ChaCha8Rng) {
        let mut grad = vec![0.0; self.theta.len()];
        self.tape.backward(loss, &self.theta, &mut grad, &mut self.memory);
        let adjoint = |v| self.tape.adjoint(v, &grad, &self.memory).map(|g| (v, g.iter().copied().collect()));
        let adjoints: Vec<(Var, Vec<f64>)> = self.tape.vars().filter_map(adjoint).collect();
        let size = adjoints.iter().map(|(v, adjoint)| magnitude(self.values(*v), adjoint)).sum();
        let claim = |name: &str, entry, v: &[f64]| Claim {
            name: format!("{} by {name}", self.tape.name_of(loss)),
            op: "tape",
            entry,
            derivative: dot(&grad, v),
            noise: Noise { size, steep: magnitude(&grad, v) },
        };
        let mut v = random(rng, grad.len());
        let length = dot(&v, &v).sqrt().max(1.0);
        for x in &mut v {
            *x /= length;
        }
        let whole = claim("θ", None, &v);
        self.compare_theta(loss, &v, whole);
        for segment in self.tape.layout().segments() {
            for at in segment.range() {
                let i = at - segment.start;
                let axis = axis(at, grad.len());
                let one = claim(&segment.name, Some([i / segment.columns, i % segment.columns]), &axis);
                self.compare_theta(loss, &axis, one);
            }
        }
    }

    /// The claim against loss(θ + step·v).
    fn compare_theta(&mut self, loss: Var, v: &[f64], claim: Claim) {
        let start = self.theta.clone();
        self.compare(claim, |run, step| {
            run.theta.iter_mut().zip(&start).zip(v).for_each(|((t, start), v)| *t = start + step * v);
            run.tape.forward_to(loss, &run.theta, &mut run.memory);
            run.values(loss)[0]
        });
        self.theta = start;
    }

    /// The claim against central differences of `f`, a function of the step.
    fn compare(&mut self, claim: Claim, mut f: impl FnMut(&mut Self, f64) -> f64) -> bool {
        let Claim { name, op, entry, derivative, noise } = claim;
        let (mut errors, mut ratios) = (Vec::new(), Vec::new());
        for halvings in HALVINGS {
            let step = 0.5_f64.powi(halvings);
            let error = ((f(self, step) - f(self, -step)) / (2.0 * step) - derivative).abs();
            let rounding = f64::EPSILON * (noise.size / step + noise.steep).max(f64::MIN_POSITIVE);
            errors.push((step, error));
            ratios.push(error / rounding);
        }
        let clear = (1..errors.len()).rev().find(|&i| ratios[i] > CLEAR && ratios[i - 1] > CLEAR);
        let order = clear.map(|i| (errors[i - 1].1 / errors[i].1).log2());
        let passed = match clear {
            // Where the ε² and the ε⁴ of an error cancel, the order is spoiled, but the error falls on. That
            // of a wrong derivative stays, and two steps further still stands clear enough to see it.
            Some(i) => {
                let fallen = |&(_, finer): &(f64, f64)| finer < 0.5 * errors[i].1;
                order >= Some(ORDER) || errors[i + 1..].iter().take(2).any(fallen)
            }
            None => ratios.iter().any(|&ratio| ratio <= ROUNDING),
        };
        self.checks.push(Check { name, op, entry, derivative, errors, order, passed });
        passed
    }

    fn values(&self, var: Var) -> &[f64] {
        let slot = self.memory.slots[var.0];
        let from = if slot.in_theta { &self.theta } else { &self.memory.values };
        &from[slot.range()]
    }

    fn values_mut(&mut self, var: Var) -> &mut [f64] {
        let slot = self.memory.slots[var.0];
        let from = if slot.in_theta { &mut self.theta } else { &mut self.memory.values };
        &mut from[slot.range()]
    }
}

/// Numbers in ±[½, 1]: none so small that its entry goes unchecked.
fn random(rng: &mut ChaCha8Rng, count: usize) -> Vec<f64> {
    let draw = |rng: &mut ChaCha8Rng| {
        let x = unit(rng) - 0.5;
        x + 0.5_f64.copysign(x)
    };
    (0..count).map(|_| draw(rng)).collect()
}

/// 1 at place `i`, else 0.
fn axis(i: usize, count: usize) -> Vec<f64> {
    let mut axis = vec![0.0; count];
    axis[i] = 1.0;
    axis
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Σ |aᵢ·bᵢ|.
fn magnitude(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}
