//! [`GradCheck`]: derivatives checked by the order in which central differences converge.
//!
//! (f(x + ε·v) − f(x − ε·v))/2ε differs from f'(x)·v by O(ε²). So the difference to a *right* derivative
//! falls fourfold whenever ε is halved, until rounding; to a *wrong* one it stays. The test is that order,
//! not a tolerance: a slope that is wrong by one part in a million fails as surely as a wrong sign.

use crate::Error;
use crate::memory::Memory;
use crate::tape::{Needs, Tape, Var};
use glassgrad_tensor::random::{ChaCha8Rng, Purpose, stream, unit};
use std::fmt;

/// ε runs over 2⁻³, 2⁻⁴, … 2⁻²⁰: the coarse end for flat functions, the fine end for √x near 0.
const HALVINGS: std::ops::RangeInclusive<i32> = 3..=20;
/// The least order that passes.
const ORDER: f64 = 1.9;
/// Rounding of a difference, in units of ε_machine·|f|/ε; errors within it say nothing of the order.
const ROUNDING: f64 = 8.0;
/// An order is read off errors this many times above rounding, where rounding shifts it by < 0.1.
const CLEAR: f64 = 64.0;

/// One derivative compared with central differences.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was checked: `0.affine by 0.weight` for one op, `loss by 0.weight` for the whole.
    pub name: String,
    /// The op, such as `affine`; `tape` where the whole was differentiated.
    pub op: &'static str,
    /// Row and column of the entry, or `None` for a random direction through all entries.
    pub entry: Option<[usize; 2]>,
    /// The derivative by the backward sweep.
    pub derivative: f64,
    /// (ε, |central difference − derivative|) for each ε.
    pub errors: Vec<(f64, f64)>,
    /// The order of convergence at the finest ε that stands clear of rounding; `None` where the two
    /// agree to rounding.
    pub order: Option<f64>,
    /// Order at least 1.9, or agreement to rounding.
    pub passed: bool,
}

/// The result of [`Tape::gradcheck`]; prints itself as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct GradCheck {
    /// Every comparison made.
    pub checks: Vec<Check>,
}

impl GradCheck {
    /// Whether all derivatives are right.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }

    /// Those that are wrong.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed)
    }
}

impl Tape {
    /// Checks every derivative rule that the gradient of `loss` uses, at this θ and these inputs.
    ///
    /// First op by op: each op's own backward rule, for each operand, in a random direction; if that
    /// fails, entry by entry until the wrong one is found. Then the whole: ∂loss/∂θ in a random direction,
    /// and in full, entry by entry. Cost: about 40 forward runs for each number in θ.
    ///
    /// A stop-gradient on the way makes the gradient another thing than the derivative of the loss, and the
    /// whole is then rightly reported as a failure. So is a kink (ReLU at 0) within reach of the differences: choose inputs that keep away from kinks.
    ///
    /// # Errors
    /// [`Error::NotScalar`]; [`Error::Length`] if θ does not fit.
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn gradcheck(
        &self,
        loss: Var,
        theta: &[f64],
        memory: &Memory<f64>,
        seed: u64,
    ) -> Result<GradCheck, Error> {
        self.check_run(theta, memory)?;
        self.check_scalar(loss)?;
        let mut run = Run { tape: self, theta: theta.to_vec(), memory: memory.clone(), checks: Vec::new() };
        run.memory.input_adjoints(true);
        self.forward_to(loss, &run.theta, &mut run.memory);
        let rng = &mut stream(seed, Purpose::Check, 0, 0);
        for var in self.vars().filter(|v| *v <= loss) {
            if self.nodes()[var.0].needs == Needs::default() {
                continue; // constant, or behind a stop-gradient
            }
            let op = &self.nodes()[var.0].op;
            let mut done = None;
            for (_, operand) in op.operands().enumerate().filter(|&(which, _)| op.passes(which)) {
                if self.nodes()[operand.0].needs != Needs::default() && done != Some(operand) {
                    run.check_op(var, operand, rng);
                    done = Some(operand);
                }
            }
        }
        run.check_theta(loss, rng);
        Ok(GradCheck { checks: run.checks })
    }
}

struct Run<'a> {
    tape: &'a Tape,
    theta: Vec<f64>,
    memory: Memory<f64>,
    checks: Vec<Check>,
}

impl Run<'_> {
    /// One op with respect to one operand: along a random direction and, if that is wrong, along each
    /// axis until the wrong entry is found.
    fn check_op(&mut self, var: Var, operand: Var, rng: &mut ChaCha8Rng) {
        let to = self.memory.slots[operand.0];
        let u = random(rng, self.memory.slots[var.0].len());
        let mut pulled = vec![0.0; to.len()];
        // An operand used twice, as in x·x, moves in both places at once.
        for (which, _) in self.tape.operands(var).enumerate().filter(|&(_, o)| o == operand) {
            let mut part = vec![0.0; to.len()];
            self.tape.pull_one(var, which, &u, &self.theta, &self.memory, &mut part);
            pulled.iter_mut().zip(part).for_each(|(p, more)| *p += more);
        }
        if self.compare_op(var, operand, &u, &pulled, None, &random(rng, to.len())) {
            return;
        }
        let mut axis = vec![0.0; to.len()];
        for i in 0..to.len() {
            axis[i] = 1.0;
            let entry = Some([i / to.columns, i % to.columns]);
            if !self.compare_op(var, operand, &u, &pulled, entry, &axis) {
                return;
            }
            self.checks.pop(); // an entry that is right explains nothing
            axis[i] = 0.0;
        }
    }

    /// ⟨pulled, v⟩ against central differences of ⟨u, op(operand + ε·v)⟩.
    fn compare_op(
        &mut self,
        var: Var,
        operand: Var,
        u: &[f64],
        pulled: &[f64],
        entry: Option<[usize; 2]>,
        v: &[f64],
    ) -> bool {
        let name = format!("{} by {}", self.tape.name_of(var), self.tape.name_of(operand));
        let start = self.operand_values(operand).to_vec();
        let moved = |run: &mut Self, step: f64| {
            let values = run.operand_values(operand).iter_mut().zip(&start).zip(v);
            values.for_each(|((x, start), v)| *x = start + step * v);
            run.tape.compute(var.0, &run.theta, &mut run.memory);
            let y = &run.memory.values[run.memory.slots[var.0].range()];
            (dot(y, u), y.iter().zip(u).map(|(y, u)| (y * u).abs()).sum())
        };
        let passed = self.compare(name, self.tape.op_of(var), entry, dot(pulled, v), |run, step| {
            (moved(run, step), moved(run, -step))
        });
        moved(self, 0.0);
        passed
    }

    /// The loss with respect to θ: along a random direction, and along every axis.
    fn check_theta(&mut self, loss: Var, rng: &mut ChaCha8Rng) {
        let mut grad = vec![0.0; self.theta.len()];
        self.tape.backward(loss, &self.theta, &mut grad, &mut self.memory);
        let start = self.theta.clone();
        let loss_at = |run: &mut Self, v: &dyn Fn(usize) -> f64, step: f64| {
            run.theta.iter_mut().zip(&start).enumerate().for_each(|(i, (t, s))| *t = s + step * v(i));
            run.tape.forward_to(loss, &run.theta, &mut run.memory);
            let y = run.memory.values[run.memory.slots[loss.0].start];
            // Every op on the way rounds.
            (y, y.abs() * (loss.0 + 1) as f64)
        };
        let name = self.tape.name_of(loss).to_string();
        let v = random(rng, start.len());
        let length = dot(&v, &v).sqrt().max(1.0);
        let v: Vec<f64> = v.iter().map(|x| x / length).collect();
        self.compare(format!("{name} by θ"), "tape", None, dot(&grad, &v), |run, step| {
            (loss_at(run, &|i| v[i], step), loss_at(run, &|i| v[i], -step))
        });
        for segment in self.tape.layout().segments() {
            for at in segment.range() {
                let entry = [(at - segment.start) / segment.columns, (at - segment.start) % segment.columns];
                let axis = |i: usize| f64::from(u8::from(i == at));
                self.compare(
                    format!("{name} by {}", segment.name),
                    "tape",
                    Some(entry),
                    grad[at],
                    |run, step| (loss_at(run, &axis, step), loss_at(run, &axis, -step)),
                );
            }
        }
        self.theta = start;
    }

    /// Compares a derivative with central differences of `f`, which gives (value, size of the numbers added
    /// up for it) at +step and at −step.
    fn compare(
        &mut self,
        name: String,
        op: &'static str,
        entry: Option<[usize; 2]>,
        derivative: f64,
        mut f: impl FnMut(&mut Self, f64) -> ((f64, f64), (f64, f64)),
    ) -> bool {
        let (mut errors, mut ratios) = (Vec::new(), Vec::new());
        for halvings in HALVINGS {
            let step = 0.5_f64.powi(halvings);
            let ((up, size_up), (down, size_down)) = f(self, step);
            let error = ((up - down) / (2.0 * step) - derivative).abs();
            let size = size_up + size_down + derivative.abs() * step;
            let rounding = f64::EPSILON * (size / step).max(f64::MIN_POSITIVE);
            errors.push((step, error));
            ratios.push(error / rounding);
        }
        let clear = (1..errors.len()).rev().find(|&i| ratios[i] > CLEAR && ratios[i - 1] > CLEAR);
        let agrees = ratios.iter().any(|&ratio| ratio <= ROUNDING);
        let order = clear.map(|i| (errors[i - 1].1 / errors[i].1).log2());
        let passed = order.map_or(agrees, |order| order >= ORDER);
        self.checks.push(Check { name, op, entry, derivative, errors, order, passed });
        passed
    }

    fn operand_values(&mut self, operand: Var) -> &mut [f64] {
        let slot = self.memory.slots[operand.0];
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

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl fmt::Display for GradCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<36} {:>9} {:>14} {:>10} {:>7}", "derivative", "entry", "value", "error", "order")?;
        for check in &self.checks {
            let entry = check.entry.map_or("direction".into(), |[r, c]| format!("[{r}, {c}]"));
            let order = check.order.map_or("exact".into(), |order| format!("{order:.2}"));
            let least = check.errors.iter().map(|e| e.1).fold(f64::INFINITY, f64::min);
            let verdict = if check.passed { "" } else { "  WRONG" };
            let (name, value) = (&check.name, check.derivative);
            writeln!(f, "{name:<36} {entry:>9} {value:>14.6e} {least:>10.1e} {order:>7}{verdict}")?;
        }
        Ok(())
    }
}
