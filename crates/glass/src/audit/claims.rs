//! [`Claims`]: what a page says.

use crate::{Error, decimal};

/// The numbers that a page prints, in order.
#[derive(Clone, Debug)]
pub struct Claims {
    pub(super) claims: Vec<Claim>,
    /// What errors call the file.
    pub(super) file: String,
}

/// One printed number.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The value that it stands for: a symbol of the trace, or an expression in such symbols.
    pub symbol: String,
    /// The step, counted from 0, below a million.
    pub step: u64,
    /// The number as printed.
    pub printed: String,
    /// Places after the point to which it is to be right.
    pub decimals: usize,
    /// The operands as printed beside it: an expression in numbers.
    pub operands: Option<String>,
    /// Anything else: where on the page it stands, say.
    pub note: Option<String>,
    /// Where the symbol stands in the file.
    pub(super) symbol_at: Place,
    /// Where the operands stand.
    pub(super) operands_at: Option<Place>,
}

/// Line and column, from 1; of a CSV file the column is that of the table.
pub(super) type Place = [usize; 2];

impl Claims {
    /// All of them.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// How many steps have to be traced so that every claim can be checked.
    pub fn steps(&self) -> u64 {
        self.claims.iter().map(|claim| claim.step + 1).max().unwrap_or(0)
    }

    /// What is wrong with a claim's symbol, as an error that says where it stands.
    pub(super) fn at_symbol(&self, claim: &Claim, error: &Error) -> Error {
        self.at(claim.symbol_at, format!("symbol: {error}"))
    }

    /// As [`at_symbol`](Self::at_symbol), with its operands.
    pub(super) fn at_operands(&self, claim: &Claim, error: &Error) -> Error {
        self.at(claim.operands_at.unwrap_or(claim.symbol_at), format!("operands: {error}"))
    }

    fn at(&self, place: Place, problem: String) -> Error {
        Error::Claims { file: self.file.clone(), at: Some(place), problem }
    }

    /// Whether some claim is about this step.
    pub(crate) fn are_about(&self, step: u64) -> bool {
        self.claims.iter().any(|claim| claim.step == step)
    }
}

/// A printed number, with a per cent sign behind it or not, and its places after the point.
pub(super) fn printed_number(text: &str) -> Option<(num_rational::BigRational, usize)> {
    decimal::parse(text.trim().trim_end_matches(['%', ' ', '\u{a0}', '\u{202f}']))
}
