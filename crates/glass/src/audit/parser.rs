//! Reading an expression, by recursive descent: sums of products of powers.

use super::expression::{Function, Node, Problem};
use crate::decimal;
use num_rational::BigRational;

/// The characters, and which comes next.
pub(super) struct Parser {
    chars: Vec<char>,
    next: usize,
}

impl Parser {
    pub(super) fn new(chars: Vec<char>) -> Self {
        Self { chars, next: 0 }
    }

    /// The whole text as one expression.
    pub(super) fn all(mut self) -> Result<Node, Problem> {
        let root = self.sum()?;
        match self.peek() {
            None => Ok(root),
            Some(c) => Err(self.expected(c, "an operator or the end")),
        }
    }

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
            Some('√') => {
                self.next += 1;
                Ok(Node::Call(Function::Sqrt, Box::new(self.atom()?), start))
            }
            Some('π') => {
                self.next += 1;
                let pi = decimal::exact(std::f64::consts::PI).expect("π is finite");
                Ok(Node::Number(pi))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.literal(),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let name = self.name();
                if self.peek() != Some('(') {
                    return Ok(Node::Name(name, start));
                }
                if name == "min" || name == "max" {
                    let pair = Box::new(self.pair()?);
                    return Ok(if name == "min" { Node::Min(pair) } else { Node::Max(pair) });
                }
                let function = Function::named(&name).ok_or_else(|| {
                    let known = "exp, ln, sqrt, abs, cos, tanh, sigmoid, min or max";
                    (start, format!("found {name}, expected {known}"))
                })?;
                Ok(Node::Call(function, Box::new(self.parenthesis()?), start))
            }
            other => Err(self.expected(other, "a number, a name or \"(\"")),
        }
    }

    fn parenthesis(&mut self) -> Result<Node, Problem> {
        self.next += 1;
        let inner = self.sum()?;
        self.sign(')')?;
        Ok(inner)
    }

    /// Two expressions with a comma between, in parentheses.
    fn pair(&mut self) -> Result<[Node; 2], Problem> {
        self.next += 1;
        let first = self.sum()?;
        self.sign(',')?;
        let second = self.sum()?;
        self.sign(')')?;
        Ok([first, second])
    }

    fn sign(&mut self, sign: char) -> Result<(), Problem> {
        match self.peek() {
            Some(c) if c == sign => {
                self.next += 1;
                Ok(())
            }
            other => Err(self.expected(other, &format!("\"{sign}\""))),
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
