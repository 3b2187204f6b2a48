//! The elementwise functions as Rust expressions of x, as their rows in `glassgrad_autograd::Unary` have them.

use crate::{Error, Number};
use glassgrad_autograd::Unary;

/// The code of a function or closure from a number to a number; `at` is the step that it is for.
pub(super) fn unary<T: Number>(f: Unary, at: &str) -> Result<String, Error> {
    let number = |c: f64| {
        let number = T::from_f64(c);
        let error = || Error::NotFinite { name: at.into(), index: 0, found: number.to_f64() };
        if number.is_finite() { Ok(format!("{number:?}")) } else { Err(error()) }
    };
    Ok(match f {
        Unary::Neg => "|x| -x".into(),
        Unary::Scale(c) => format!("|x| {} * x", number(c)?),
        Unary::Shift(c) => format!("|x| x + {}", number(c)?),
        Unary::Exp => "exp".into(),
        Unary::Ln => "ln".into(),
        Unary::Sqrt => "sqrt".into(),
        Unary::Square => "|x| x * x".into(),
        Unary::HalfSquare => "|x| 0.5 * (x * x)".into(),
        Unary::PowI(n) => format!("|x| powi(x, {n})"),
        Unary::Abs => format!("{}::abs", T::NAME),
        Unary::Max(c) => format!("|x| if x <= {0} {{ {0} }} else {{ x }}", number(c)?),
        Unary::Min(c) => format!("|x| if x >= {0} {{ {0} }} else {{ x }}", number(c)?),
        Unary::Sigmoid => "sigmoid".into(),
        Unary::Tanh => "tanh".into(),
        Unary::Relu => "|x| if x <= 0.0 { 0.0 } else { x }".into(),
        Unary::LeakyRelu(c) => format!("|x| if x > 0.0 {{ x }} else {{ {} * x }}", number(c)?),
        Unary::Elu(c) => format!("|x| if x > 0.0 {{ x }} else {{ {} * exp_m1(x) }}", number(c)?),
        Unary::Gelu => {
            let root = number(std::f64::consts::FRAC_1_SQRT_2)?;
            format!("|x| x * (0.5 * erfc(-x * {root}))")
        }
        Unary::GeluTanh => {
            let (scale, cubic) = (number(1.595_769_121_605_731)?, number(0.044_715)?);
            format!("|x| x * sigmoid({scale} * x * (1.0 + {cubic} * (x * x)))")
        }
        Unary::Silu => "|x| x * sigmoid(x)".into(),
        Unary::Softplus => "softplus".into(),
        Unary::Huber(c) => {
            let c = number(c)?;
            format!("|x| if x.abs() > {c} {{ {c} * (x.abs() - 0.5 * {c}) }} else {{ 0.5 * (x * x) }}")
        }
        _ => return Err(Error::Unsupported { at: at.into(), op: f.name() }),
    })
}
