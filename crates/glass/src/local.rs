//! The local derivative of one op, in the shape of its operand where it has one number for each entry.

use crate::plan::Plan;
use glassgrad_autograd::{Axis, Binary, Op, Var};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::{Array2, Zip};

/// The largest Jacobian of a row function that is written out.
const JACOBIAN: usize = 64;

/// ∂`var`/∂operand number `which`: the other factor of a product, the slope of each entry of an
/// elementwise function, a single number where all entries have the same; empty where it would be a
/// Jacobian of more than 64 entries.
pub(crate) fn derivative<T: Scalar>(
    trainer: &Trainer<T>,
    plan: &Plan,
    var: Var,
    which: usize,
) -> Array2<f64> {
    let (tape, theta, memory) = (trainer.tape(), trainer.theta(), trainer.memory());
    let value = |v| tape.value(v, theta, memory);
    let number = |x: f64| Array2::from_elem((1, 1), x);
    let f64s = |m: Array2<T>| m.mapv(T::to_f64);
    match *tape.op(var) {
        Op::Affine { x, w, .. } => match which {
            0 => f64s(value(w).to_owned()),
            1 => f64s(value(x).to_owned()),
            _ => number(1.0),
        },
        Op::MatMul { a, b, .. } | Op::Zip(Binary::Mul, a, b) => {
            f64s(value(if which == 0 { b } else { a }).to_owned())
        }
        Op::Map(f, x) => f64s(Zip::from(value(x)).and(value(var)).map_collect(|&x, &y| f.slope(x, y))),
        Op::Zip(Binary::Add, ..) | Op::Concat(_) | Op::Slice { .. } => number(1.0),
        Op::Zip(Binary::Sub, ..) => number(if which == 0 { 1.0 } else { -1.0 }),
        Op::Zip(Binary::Div, _, b) if which == 0 => f64s(value(b).mapv(|b| T::one() / b)),
        Op::Zip(Binary::Div, _, b) => {
            let y = value(var);
            let b = value(b).broadcast(y.dim()).map(|b| b.to_owned()).unwrap_or_default();
            if b.is_empty() {
                Array2::zeros((0, 0))
            } else {
                f64s(Zip::from(y).and(&b).map_collect(|&y, &b| -(y / b)))
            }
        }
        Op::Reduce { mean, axis, x } => {
            let [rows, columns] = plan.size(tape, x);
            let count = match axis {
                Axis::All => rows * columns,
                Axis::Rows => rows,
                Axis::Columns => columns,
            };
            number(if mean { 1.0 / count as f64 } else { 1.0 })
        }
        _ => {
            let entries = |v| plan.size(tape, v).iter().product::<usize>();
            let operand = tape.operands(var).nth(which);
            let size = operand.map_or(usize::MAX, |x| entries(x).saturating_mul(entries(var)));
            let jacobian = (size <= JACOBIAN).then(|| tape.local_jacobian(var, which, theta, memory).ok());
            jacobian.flatten().map_or_else(|| Array2::zeros((0, 0)), f64s)
        }
    }
}
