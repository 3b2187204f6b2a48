//! [`Audit`]: a page's printed numbers against a trace.

mod claims;
mod expression;
mod parser;
mod read;
mod report;

pub use claims::{Claim, Claims};

use crate::decimal;
use crate::{Error, Trace};
use claims::printed_number;
use expression::Expression;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

/// What is to be said of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The value, correctly rounded.
    Right,
    /// The value, correctly rounded; but whoever works with the printed operands gets another number.
    OperandsDiffer,
    /// Not the value.
    Wrong,
}

impl Verdict {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::OperandsDiffer => "right, operands differ",
            Self::Wrong => "wrong",
        }
    }
}

/// A claim and what was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The claim.
    pub claim: Claim,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// The true value in full.
    pub truth: f64,
    /// The true value to the claim's decimals.
    pub rounded: String,
    /// What the printed operands give, exactly but for functions: to the claim's decimals, and to four more.
    pub operands_give: Option<[String; 2]>,
}

/// A page's claims, each with what was found.
///
/// A printed number is right if it differs from the true value by at most half a unit of its last decimal.
/// That is decided in exact decimal arithmetic, on the shortest decimal that stands for the computed
/// double, so at an exact half both neighbours are right, whichever way the page rounds. A double is only
/// known to 10⁻¹⁴ of itself, so that much is allowed besides.
#[derive(Clone, Debug)]
pub struct Audit {
    findings: Vec<Finding>,
}

impl Audit {
    /// Checks every claim against the trace, which must have [`Claims::steps`] steps.
    ///
    /// # Errors
    /// [`Error::Claims`] with line and column: a symbol that the trace has not; operands that cannot be worked out.
    pub fn of(claims: &Claims, trace: &Trace) -> Result<Self, Error> {
        let findings = claims.claims().iter().map(|claim| check(claims, claim, trace));
        Ok(Self { findings: findings.collect::<Result<_, _>>()? })
    }

    /// All findings, in the order of the page.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether every claim is right, and follows from its printed operands.
    pub fn all_right(&self) -> bool {
        self.count(Verdict::Right) == self.findings.len()
    }

    /// How many claims have that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings.iter().filter(|f| f.verdict == verdict).count()
    }
}

fn check(claims: &Claims, claim: &Claim, trace: &Trace) -> Result<Finding, Error> {
    let truth = Expression::parse(&claim.symbol)
        .and_then(|symbol| symbol.value(&|name| look_up(trace, claim.step, name)))
        .map_err(|error| claims.at_symbol(claim, &error))?;
    let printed = printed_number(&claim.printed).map(|(number, _)| number);
    let right = match (&printed, decimal::exact(truth)) {
        (Some(printed), Some(truth)) => {
            let margin = truth.abs() * decimal::power_of_ten(-14);
            is_near(printed, &truth, claim.decimals, margin)
        }
        _ => false,
    };
    let operands = claim.operands.as_ref().map(|text| Expression::parse(text)?.exact()).transpose();
    let operands = operands.map_err(|error| claims.at_operands(claim, &error))?;
    let follows = match (&printed, &operands) {
        (Some(printed), Some(operands)) => {
            is_near(printed, operands, claim.decimals, BigRational::from_integer(0.into()))
        }
        _ => true,
    };
    Ok(Finding {
        verdict: match (right, follows) {
            (true, true) => Verdict::Right,
            (true, false) => Verdict::OperandsDiffer,
            (false, _) => Verdict::Wrong,
        },
        truth,
        rounded: decimal::round(truth, claim.decimals),
        operands_give: operands
            .map(|x| [claim.decimals, claim.decimals + 4].map(|places| decimal::round_exact(&x, places))),
        claim: claim.clone(),
    })
}

/// Whether two numbers differ by at most half a unit of the last decimal, and a margin.
fn is_near(a: &BigRational, b: &BigRational, decimals: usize, margin: BigRational) -> bool {
    let unit = decimal::power_of_ten(-i32::try_from(decimals).unwrap_or(i32::MAX));
    (a - b).abs() <= unit / BigInt::from(2) + margin
}

/// A number of the trace by symbol, or an entry of a matrix.
fn look_up(trace: &Trace, step: u64, name: &str) -> Result<f64, Error> {
    let Some((symbol, place)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) else {
        let row = trace.row(step, name)?;
        let shape = row.value().dim().into();
        return row.number().ok_or_else(|| Error::NoEntry { found: name.into(), shape });
    };
    let value = trace.row(step, symbol)?.value();
    let index = place.split_once(',').map(|(i, j)| [i, j].map(|text| text.trim().parse::<usize>()));
    let Some([Ok(i), Ok(j)]) = index else { return Err(Error::EntrySyntax { found: name.into() }) };
    let shape = value.dim().into();
    value.get([i, j]).copied().ok_or_else(|| Error::NoEntry { found: name.into(), shape })
}
