//! The elementwise functions in ONNX's operators.
//!
//! Where ONNX has the function, its operator is used, but for those that onnxruntime computes in `f32` only: in `f64`
//! they are composed. `Erf`, too, it has in `f32` only, and there is nothing to compose it of: it is cast.

use super::graph::{Attribute, Graph};
use crate::{Error, Number};
use glassgrad_autograd::Unary;

/// Appends nodes for y = f(x).
pub(super) fn unary<T: Number>(g: &mut Graph<T>, f: Unary, x: &str, y: &str) -> Result<(), Error> {
    match f {
        Unary::Neg => g.node("Neg", &[x], y, &[]),
        Unary::Exp => g.node("Exp", &[x], y, &[]),
        Unary::Ln => g.node("Log", &[x], y, &[]),
        Unary::Sqrt => g.node("Sqrt", &[x], y, &[]),
        Unary::Abs => g.node("Abs", &[x], y, &[]),
        Unary::Sigmoid => g.node("Sigmoid", &[x], y, &[]),
        Unary::Tanh => g.node("Tanh", &[x], y, &[]),
        Unary::Relu => g.node("Relu", &[x], y, &[]),
        Unary::Square => g.node("Mul", &[x, x], y, &[]),
        Unary::Scale(c) => with(g, "Mul", x, c, y),
        Unary::Shift(c) => with(g, "Add", x, c, y),
        Unary::Max(c) => with(g, "Max", x, c, y),
        Unary::Min(c) => with(g, "Min", x, c, y),
        Unary::HalfSquare => {
            let square = g.temporary("Mul", &[x, x]);
            with(g, "Mul", &square, 0.5, y);
        }
        Unary::PowI(n) => {
            let n = g.whole(&[], &[i64::from(n)]);
            g.node("Pow", &[x, &n], y, &[]);
        }
        Unary::LeakyRelu(c) if T::DOUBLE => {
            let (above, below) = halves(g, x);
            let c = g.scalar(c);
            let slope = g.temporary("Mul", &[&below, &c]);
            g.node("Add", &[&above, &slope], y, &[]);
        }
        Unary::LeakyRelu(c) => g.node("LeakyRelu", &[x], y, &[Attribute::Float("alpha", c)]),
        // max(x, 0) + c·(e^min(x, 0) − 1).
        Unary::Elu(c) if T::DOUBLE => {
            let (above, below) = halves(g, x);
            let (c, one) = (g.scalar(c), g.scalar(1.0));
            let exp = g.temporary("Exp", &[&below]);
            let less = g.temporary("Sub", &[&exp, &one]);
            let scaled = g.temporary("Mul", &[&less, &c]);
            g.node("Add", &[&above, &scaled], y, &[]);
        }
        Unary::Elu(c) => g.node("Elu", &[x], y, &[Attribute::Float("alpha", c)]),
        // max(x, 0) + ln(1 + e^−|x|).
        Unary::Softplus if T::DOUBLE => {
            let above = g.temporary("Relu", &[x]);
            let size = g.temporary("Abs", &[x]);
            let minus = g.temporary("Neg", &[&size]);
            let exp = g.temporary("Exp", &[&minus]);
            let one = g.scalar(1.0);
            let more = g.temporary("Add", &[&exp, &one]);
            let ln = g.temporary("Log", &[&more]);
            g.node("Add", &[&above, &ln], y, &[]);
        }
        Unary::Softplus => g.node("Softplus", &[x], y, &[]),
        // ½x·(1 + erf(x/√2)).
        Unary::Gelu => {
            let (root, one, half) = (g.scalar(std::f64::consts::FRAC_1_SQRT_2), g.scalar(1.0), g.scalar(0.5));
            let scaled = g.temporary("Mul", &[x, &root]);
            let erf = g.in_single("Erf", &scaled);
            let more = g.temporary("Add", &[&erf, &one]);
            let half = g.temporary("Mul", &[x, &half]);
            g.node("Mul", &[&half, &more], y, &[]);
        }
        // x·σ(1.5957691·x·(1 + 0.044715·x²)).
        Unary::GeluTanh => {
            let (scale, cubic, one) = (g.scalar(1.595_769_121_605_731), g.scalar(0.044_715), g.scalar(1.0));
            let square = g.temporary("Mul", &[x, x]);
            let cubic = g.temporary("Mul", &[&square, &cubic]);
            let factor = g.temporary("Add", &[&cubic, &one]);
            let scaled = g.temporary("Mul", &[x, &scale]);
            let argument = g.temporary("Mul", &[&scaled, &factor]);
            let sigmoid = g.temporary("Sigmoid", &[&argument]);
            g.node("Mul", &[x, &sigmoid], y, &[]);
        }
        Unary::Silu => {
            let sigmoid = g.temporary("Sigmoid", &[x]);
            g.node("Mul", &[x, &sigmoid], y, &[]);
        }
        // m·(|x| − ½m) with m = min(|x|, c).
        Unary::Huber(c) => {
            let (c, half) = (g.scalar(c), g.scalar(0.5));
            let size = g.temporary("Abs", &[x]);
            let least = g.temporary("Min", &[&size, &c]);
            let half = g.temporary("Mul", &[&least, &half]);
            let rest = g.temporary("Sub", &[&size, &half]);
            g.node("Mul", &[&least, &rest], y, &[]);
        }
        _ => return Err(Error::Unsupported { at: y.into(), op: f.name() }),
    }
    Ok(())
}

/// y = op(x, c).
fn with<T: Number>(g: &mut Graph<T>, op: &str, x: &str, c: f64, y: &str) {
    let c = g.scalar(c);
    g.node(op, &[x, &c], y, &[]);
}

/// max(x, 0) and min(x, 0).
fn halves<T: Number>(g: &mut Graph<T>, x: &str) -> (String, String) {
    let zero = g.scalar(0.0);
    (g.temporary("Relu", &[x]), g.temporary("Min", &[x, &zero]))
}
