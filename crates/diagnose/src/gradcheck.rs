//! [`check_gradients`]: is the gradient of each parameter right? A table of error against ε.

use crate::Error;
use crate::problem::Problem;
use glassgrad_autograd::Check;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde::Serialize;
use std::fmt;

/// How far central differences of the loss by the entries of one parameter are from its gradient.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TensorCheck {
    /// The parameter, such as `0.weight`.
    pub name: String,
    /// Rows and columns.
    pub shape: [usize; 2],
    /// Entries whose derivative is wrong.
    pub wrong: usize,
    /// The first of those, as row and column.
    pub first_wrong: Option<[usize; 2]>,
    /// (ε, largest |central difference − derivative| of all entries), from the coarsest ε to the finest.
    pub errors: Vec<(f64, f64)>,
    /// The lowest order of convergence of its entries, but for those that are right although theirs is spoiled, by a
    /// kink that only the widest differences reach, say; `None` where all agree to rounding.
    pub order: Option<f64>,
}

/// What [`check_gradients`] found; prints itself as a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradientReport {
    /// One for each parameter, in the order of θ.
    pub tensors: Vec<TensorCheck>,
    /// The rules of single ops that are wrong, such as `1 by 0 (sigmoid)`: by which operand, and the op.
    pub wrong_ops: Vec<String>,
    /// The derivative of the loss along one random direction through all of θ: right or not.
    pub direction: bool,
    /// Derivatives compared: ops, the direction, and entries.
    pub compared: usize,
}

impl GradientReport {
    /// Whether everything is right.
    pub fn passed(&self) -> bool {
        self.wrong_ops.is_empty() && self.direction && self.tensors.iter().all(|tensor| tensor.wrong == 0)
    }
}

/// Checks the gradient of the loss on the loaded batch, for every parameter, by the order in which central
/// differences converge: see [`Tape::gradcheck`](glassgrad_autograd::Tape::gradcheck), of which this is the
/// table by parameter. In `f64` whatever the trainer's numbers, and without dropout.
///
/// Cost: about 40 forward runs for each number in θ.
///
/// # Errors
/// No batch, or no parameters.
pub fn check_gradients<T: Scalar>(trainer: &Trainer<T>, seed: u64) -> Result<GradientReport, Error> {
    let problem = Problem::of(trainer)?;
    let tape = problem.tape;
    let all = tape.gradcheck(problem.loss, &problem.theta, &problem.memory, seed)?;
    let (whole, ops): (Vec<&Check>, Vec<&Check>) = all.checks.iter().partition(|check| check.op == "tape");
    let (entries, direction): (Vec<&Check>, Vec<&Check>) =
        whole.iter().partition(|check| check.entry.is_some());
    let mut wrong_ops: Vec<String> =
        ops.iter().filter(|check| !check.passed).map(|c| format!("{} ({})", c.name, c.op)).collect();
    wrong_ops.dedup();
    let mut rest = &entries[..];
    let tensors = tape.layout().segments().iter().map(|segment| {
        let (own, others) = rest.split_at(segment.len());
        rest = others;
        tensor(&segment.name, [segment.rows, segment.columns], own)
    });
    Ok(GradientReport {
        tensors: tensors.collect(),
        wrong_ops,
        direction: direction.iter().all(|check| check.passed),
        compared: all.checks.len(),
    })
}

fn tensor(name: &str, shape: [usize; 2], entries: &[&Check]) -> TensorCheck {
    let mut wrong = entries.iter().filter(|check| !check.passed);
    let first_wrong = wrong.next().and_then(|check| check.entry);
    let steps = entries.first().map_or(0, |check| check.errors.len());
    let worst = |i: usize| {
        let largest = entries.iter().map(|check| check.errors[i].1).fold(0.0, f64::max);
        (entries[0].errors[i].0, largest)
    };
    TensorCheck {
        name: name.into(),
        shape,
        wrong: usize::from(first_wrong.is_some()) + wrong.count(),
        first_wrong,
        errors: (0..steps).map(worst).collect(),
        order: entries.iter().filter(|check| tells(check)).filter_map(|check| check.order).reduce(f64::min),
    }
}

/// Whether the order says whether the derivative is right: see [`Check::passed`].
fn tells(check: &Check) -> bool {
    !check.passed || check.order >= Some(1.9)
}

/// The exponents of the ε that are printed, 2⁻³, 2⁻⁵, …; each is a factor of 16 in a right derivative's error.
const PRINTED: std::ops::RangeInclusive<i32> = 3..=11;

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<20} {:>12}", "parameter", "shape")?;
        for n in PRINTED.step_by(2) {
            write!(f, " {:>9}", format!("ε = 2^-{n}"))?;
        }
        writeln!(f, " {:>7}  verdict", "order")?;
        for tensor in &self.tensors {
            let [rows, columns] = tensor.shape;
            write!(f, "{:<20} {:>12}", tensor.name, format!("[{rows}, {columns}]"))?;
            for n in PRINTED.step_by(2) {
                let at = tensor.errors.iter().find(|(step, _)| *step == 0.5_f64.powi(n));
                write!(f, " {:>9.1e}", at.map_or(f64::NAN, |(_, error)| *error))?;
            }
            let order = tensor.order.map_or("exact".into(), |order| format!("{order:.2}"));
            write!(f, " {order:>7}  ")?;
            match tensor.first_wrong {
                None => writeln!(f, "right")?,
                Some([r, c]) => {
                    writeln!(f, "WRONG in {} of {}, first [{r}, {c}]", tensor.wrong, rows * columns)?;
                }
            }
        }
        for op in &self.wrong_ops {
            writeln!(f, "the rule of {op} is WRONG")?;
        }
        let verdict = if self.passed() { "right" } else { "WRONG" };
        writeln!(f, "{} derivatives compared: {verdict}", self.compared)
    }
}
