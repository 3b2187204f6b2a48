//! An audit as a table and as JSON.

use super::{Audit, Finding, Verdict};
use crate::decimal;
use crate::trace::align;
use serde_json::{Value, json};
use std::fmt;

/// A table with one line a claim, and a line that counts them.
impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["verdict", "step", "value", "printed", "true", "in full", "printed operands"];
        let mut table = vec![header.map(String::from).to_vec()];
        table.extend(self.findings().iter().map(columns));
        for line in align(&table, &[1, 3, 4]) {
            writeln!(f, "{line}")?;
        }
        let count = |verdict| self.count(verdict);
        let claims = self.findings().len();
        write!(
            f,
            "\n{claims} claim{}: {} right, {} right though the printed operands give another number, {} wrong",
            if claims == 1 { "" } else { "s" },
            count(Verdict::Right),
            count(Verdict::OperandsDiffer),
            count(Verdict::Wrong)
        )
    }
}

fn columns(finding: &Finding) -> Vec<String> {
    let claim = &finding.claim;
    // What is wrong by rounding only shows in the digits after.
    let places = claim.decimals + if finding.verdict == Verdict::Wrong { 2 } else { 0 };
    let operands = match (&claim.operands, &finding.operands_give) {
        (Some(text), Some([_, give])) => format!("{text} = {}", trimmed(give)),
        _ => String::new(),
    };
    vec![
        finding.verdict.name().into(),
        claim.step.to_string(),
        claim.symbol.clone(),
        claim.printed.clone(),
        decimal::round(finding.truth, places),
        decimal::full(finding.truth),
        operands,
    ]
}

/// Without zeros at the end of a fraction.
fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

impl Audit {
    /// One JSON object: `all_right`, and `claims` with `verdict`, `symbol`, `step`, `printed`, `decimals`,
    /// `true` (null if it is not finite), `rounded`, and of printed operands `operands` and
    /// `operands_give`.
    pub fn json(&self) -> String {
        let claims: Vec<Value> = self.findings().iter().map(object).collect();
        json!({ "all_right": self.all_right(), "claims": claims }).to_string()
    }
}

fn object(finding: &Finding) -> Value {
    let claim = &finding.claim;
    json!({
        "verdict": match finding.verdict {
            Verdict::Right => "right",
            Verdict::OperandsDiffer => "operands_differ",
            Verdict::Wrong => "wrong",
        },
        "symbol": claim.symbol,
        "step": claim.step,
        "printed": claim.printed,
        "decimals": claim.decimals,
        "true": finding.truth,
        "rounded": finding.rounded,
        "operands": claim.operands,
        "operands_give": finding.operands_give.as_ref().map(|[rounded, _]| rounded),
        "note": claim.note,
    })
}
