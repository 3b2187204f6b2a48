//! [`GradCheck`]: derivatives checked by the order in which central differences converge.
//!
//! (f(x + ε·v) − f(x − ε·v))/2ε differs from f'(x)·v by O(ε²). So the difference to a *right* derivative
//! falls fourfold whenever ε is halved, until rounding; to a *wrong* one it stays. The test is that order,
//! not a tolerance: a slope that is wrong by one part in a million fails as surely as a wrong sign.

mod compare;

use crate::Error;
use crate::memory::Memory;
use crate::tape::{Needs, Tape, Var};
use compare::Run;
use glassgrad_tensor::random::{Purpose, stream};
use std::fmt;

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
    /// Order at least 1.9, agreement to rounding, or an error that falls on where its order is spoiled.
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
    /// whole is then rightly reported as a failure. So is a kink (ReLU at 0) within reach of the differences,
    /// of which the widest moves each number by ⅛: choose inputs that keep away from kinks.
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
        let mut run = Run::new(self, loss, theta, memory);
        let rng = &mut stream(seed, Purpose::Check, 0, 0);
        for var in self.vars().filter(|v| *v <= loss) {
            if self.nodes()[var.0].needs == Needs::default() {
                continue; // constant, or behind a stop-gradient
            }
            run.check_op(var, rng);
        }
        run.check_theta(loss, rng);
        Ok(GradCheck { checks: run.checks })
    }
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
