//! [`Expression`]: arithmetic as it is printed on a page, on exact decimals or on a trace's numbers.
//!
//! Numbers, π, names such as `d_w2` or `W1[3,5]`, `+ - * · × / ^ ² ³ √`, parentheses, `e^x`, the functions
//! `exp`, `ln`, `sqrt`, `abs`, `cos`, `tanh`, `sigmoid`, and `min` and `max` of two.

use super::parser::Parser;
use crate::{Error, decimal};
use glassgrad_tensor::Scalar;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Longer expressions than any page has are refused.
const LENGTH: usize = 400;
/// Powers of more binary digits than this are refused.
const BITS: u64 = 100_000;

/// A parsed expression.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    text: String,
    root: Node,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Number(BigRational),
    Name(String, usize),
    Minus(Box<Node>),
    Binary(char, Box<Node>, Box<Node>, usize),
    Call(Function, Box<Node>, usize),
    Min(Box<[Node; 2]>),
    Max(Box<[Node; 2]>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Exp,
    Ln,
    Sqrt,
    Abs,
    Cos,
    Tanh,
    Sigmoid,
}

/// What went wrong, and at which character, from 0.
pub(super) type Problem = (usize, String);

impl Expression {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > LENGTH {
            let problem = format!("found {} characters, expected at most {LENGTH}", chars.len());
            return Err(at(&text.chars().take(20).collect::<String>(), (LENGTH, problem)));
        }
        let root = Parser::new(chars).all();
        Ok(Self { text: text.into(), root: root.map_err(|problem| at(text, problem))? })
    }

    /// The value in exact arithmetic; functions and roots are computed as doubles.
    pub(crate) fn exact(&self) -> Result<BigRational, Error> {
        evaluate(&self.root).map_err(|problem| at(&self.text, problem))
    }

    /// The value in doubles, with names looked up.
    pub(crate) fn value(&self, look_up: &dyn Fn(&str) -> Result<f64, Error>) -> Result<f64, Error> {
        number(&self.root, look_up)
    }
}

fn at(text: &str, (column, problem): Problem) -> Error {
    Error::Expression { text: text.into(), column: column + 1, problem }
}

fn number(node: &Node, look_up: &dyn Fn(&str) -> Result<f64, Error>) -> Result<f64, Error> {
    Ok(match node {
        Node::Number(x) => x.to_f64().unwrap_or(f64::NAN),
        Node::Name(name, _) => look_up(name)?,
        Node::Minus(x) => -number(x, look_up)?,
        Node::Binary(sign, a, b, _) => {
            let (a, b) = (number(a, look_up)?, number(b, look_up)?);
            match sign {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                '/' => a / b,
                _ => a.powf(b),
            }
        }
        Node::Call(function, x, _) => function.of(number(x, look_up)?),
        Node::Min(pair) => number(&pair[0], look_up)?.smaller(number(&pair[1], look_up)?),
        Node::Max(pair) => number(&pair[0], look_up)?.larger(number(&pair[1], look_up)?),
    })
}

fn evaluate(node: &Node) -> Result<BigRational, Problem> {
    match node {
        Node::Number(x) => Ok(x.clone()),
        Node::Name(name, column) => {
            Err((*column, format!("found the name {name}, expected printed numbers only")))
        }
        Node::Minus(x) => Ok(-evaluate(x)?),
        Node::Binary(sign, a, b, column) => {
            let (a, b) = (evaluate(a)?, evaluate(b)?);
            match sign {
                '+' => Ok(a + b),
                '-' => Ok(a - b),
                '*' => Ok(a * b),
                '/' if b.is_zero() => Err((*column, "found a division by 0".into())),
                '/' => Ok(a / b),
                _ => power(&a, &b).ok_or_else(|| (*column, format!("cannot raise {a} to the power {b}"))),
            }
        }
        Node::Call(Function::Abs, x, _) => Ok(evaluate(x)?.abs()),
        Node::Min(pair) => Ok(evaluate(&pair[0])?.min(evaluate(&pair[1])?)),
        Node::Max(pair) => Ok(evaluate(&pair[0])?.max(evaluate(&pair[1])?)),
        Node::Call(function, x, column) => {
            let x = evaluate(x)?;
            let value = x.to_f64().map(|x| function.of(x)).and_then(decimal::exact);
            value.ok_or_else(|| (*column, format!("{function:?} of {x} is no finite number")))
        }
    }
}

/// A whole power of a number.
fn power(base: &BigRational, exponent: &BigRational) -> Option<BigRational> {
    let exponent = exponent.is_integer().then(|| exponent.to_integer().to_i32()).flatten()?;
    let bits = base.numer().bits().max(base.denom().bits());
    if bits.checked_mul(u64::from(exponent.unsigned_abs()))? > BITS || (base.is_zero() && exponent < 0) {
        return None;
    }
    Some(if exponent == 0 { BigRational::one() } else { base.pow(exponent) })
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "exp" => Self::Exp,
            "ln" => Self::Ln,
            "sqrt" => Self::Sqrt,
            "abs" => Self::Abs,
            "cos" => Self::Cos,
            "tanh" => Self::Tanh,
            "sigmoid" => Self::Sigmoid,
            _ => return None,
        })
    }

    fn of(self, x: f64) -> f64 {
        match self {
            Self::Exp => Scalar::exp(x),
            Self::Ln => Scalar::ln(x),
            Self::Sqrt => x.sqrt(),
            Self::Abs => x.abs(),
            Self::Cos => x.cos(),
            Self::Tanh => Scalar::tanh(x),
            Self::Sigmoid => x.sigmoid(),
        }
    }
}
