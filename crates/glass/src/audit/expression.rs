//! [`Expression`]: arithmetic as it is printed on a page, on exact decimals or on a trace's numbers.
//!
//! Numbers, names such as `d_w2` or `W1[3,5]`, `+ - * · × / ^ ² ³`, parentheses, `e^x`, and the functions
//! `exp`, `ln`, `sqrt`, `abs`, `tanh`, `sigmoid`.

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
enum Node {
    Number(BigRational),
    Name(String, usize),
    Minus(Box<Node>),
    Binary(char, Box<Node>, Box<Node>, usize),
    Call(Function, Box<Node>, usize),
}

#[derive(Clone, Copy, Debug)]
enum Function {
    Exp,
    Ln,
    Sqrt,
    Abs,
    Tanh,
    Sigmoid,
}

/// What went wrong, and at which character, from 0.
type Problem = (usize, String);

impl Expression {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > LENGTH {
            let problem = format!("found {} characters, expected at most {LENGTH}", chars.len());
            return Err(at(&text.chars().take(20).collect::<String>(), (LENGTH, problem)));
        }
        let mut parser = Parser { chars, next: 0 };
        let root = parser.sum().and_then(|root| match parser.peek() {
            None => Ok(root),
            Some(c) => Err(parser.expected(c, "an operator or the end")),
        });
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
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "exp" => Self::Exp,
            "ln" => Self::Ln,
            "sqrt" => Self::Sqrt,
            "abs" => Self::Abs,
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
            Self::Tanh => Scalar::tanh(x),
            Self::Sigmoid => x.sigmoid(),
        }
    }
}

/// Recursive descent: sums of products of powers.
struct Parser {
    chars: Vec<char>,
    next: usize,
}

impl Parser {
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.next).is_some_and(|c| c.is_whitespace()) {
            self.next += 1;
        }
        self.chars.get(self.next).copied()
    }

    fn expected(&self, found: impl Into<Option<char>>, expected: &str) -> Problem {
        let found = found.into().map_or_else(|| "the end".into(), |c| format!("\"{c}\""));
        (self.next, format!("found {found}, expected {expected}"))
    }

    fn sum(&mut self) -> Result<Node, Problem> {
        let mut left = self.product()?;
        while let Some(sign @ ('+' | '-' | '−')) = self.peek() {
            let column = self.next;
            self.next += 1;
            let sign = if sign == '+' { '+' } else { '-' };
            left = Node::Binary(sign, Box::new(left), Box::new(self.product()?), column);
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, Problem> {
        let mut left = self.signed()?;
        while let Some(sign @ ('*' | '·' | '×' | '/')) = self.peek() {
            let column = self.next;
            self.next += 1;
            let sign = if sign == '/' { '/' } else { '*' };
            left = Node::Binary(sign, Box::new(left), Box::new(self.signed()?), column);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Node, Problem> {
        if let Some('-' | '−') = self.peek() {
            self.next += 1;
            return Ok(Node::Minus(Box::new(self.signed()?)));
        }
        self.power()
    }

    fn power(&mut self) -> Result<Node, Problem> {
        let base = self.atom()?;
        let column = self.next;
        let exponent = match self.peek() {
            Some('²') => Node::Number(BigRational::from_integer(2.into())),
            Some('³') => Node::Number(BigRational::from_integer(3.into())),
            Some('^') => {
                self.next += 1;
                let exponent = self.signed()?;
                return Ok(match base {
                    Node::Name(e, _) if e == "e" => Node::Call(Function::Exp, Box::new(exponent), column),
                    base => Node::Binary('^', Box::new(base), Box::new(exponent), column),
                });
            }
            _ => return Ok(base),
        };
        self.next += 1;
        Ok(Node::Binary('^', Box::new(base), Box::new(exponent), column))
    }

    fn atom(&mut self) -> Result<Node, Problem> {
        let start = self.next;
        match self.peek() {
            Some('(') => self.parenthesis(),
            Some('½') => {
                self.next += 1;
                Ok(Node::Number(BigRational::new(1.into(), 2.into())))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.literal(),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let name = self.name();
                if self.peek() != Some('(') {
                    return Ok(Node::Name(name, start));
                }
                let function = Function::named(&name).ok_or_else(|| {
                    (start, format!("found {name}, expected exp, ln, sqrt, abs, tanh or sigmoid"))
                })?;
                Ok(Node::Call(function, Box::new(self.parenthesis()?), start))
            }
            other => Err(self.expected(other, "a number, a name or \"(\"")),
        }
    }

    fn parenthesis(&mut self) -> Result<Node, Problem> {
        self.next += 1;
        let inner = self.sum()?;
        match self.peek() {
            Some(')') => {
                self.next += 1;
                Ok(inner)
            }
            other => Err(self.expected(other, "\")\"")),
        }
    }

    fn literal(&mut self) -> Result<Node, Problem> {
        let start = self.next;
        while let Some(&c) = self.chars.get(self.next) {
            let exponent = matches!(c, '-' | '+') && matches!(self.chars.get(self.next - 1), Some('e' | 'E'));
            let follows = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
            let e = matches!(c, 'e' | 'E') && follows(self.chars.get(self.next + 1));
            if !(c.is_ascii_digit() || c == '.' || e || (exponent && self.next > start)) {
                break;
            }
            self.next += 1;
        }
        let text: String = self.chars[start..self.next].iter().collect();
        let number = decimal::parse(&text).map(|(number, _)| Node::Number(number));
        number.ok_or_else(|| (start, format!("found {text}, expected a decimal number")))
    }

    /// A name, with `[row,column]` behind it if it is an entry.
    fn name(&mut self) -> String {
        let start = self.next;
        let mut inside = false;
        while let Some(&c) = self.chars.get(self.next) {
            inside = (inside || c == '[') && c != ']';
            if !(c.is_alphanumeric() || c == '_' || c == ']' || inside) {
                break;
            }
            self.next += 1;
        }
        self.chars[start..self.next].iter().collect()
    }
}
