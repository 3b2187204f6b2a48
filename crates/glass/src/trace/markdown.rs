//! A trace as Markdown tables, one a stage.

use super::Trace;
use super::row::shape;
use super::table::{cells, heading, sections};
use crate::decimal;

pub(super) fn render(trace: &Trace, decimals: usize) -> String {
    let mut out = String::new();
    for rows in sections(&trace.rows) {
        if !out.is_empty() {
            out.push('\n');
        }
        out += &format!("### {}\n\n", heading(rows));
        out += "| symbol | name | formula | numbers | rounded | value |\n|---|---|---|---|---:|---:|\n";
        for row in rows {
            let (rounded, value) = match row.number() {
                Some(value) => (decimal::shown(value, decimals), decimal::full(value)),
                None => (shape(&row.value), matrix(&cells(&row.value, decimals, ["…", "…"]))),
            };
            let (formula, numbers) = (row.formula(), row.substituted(decimals));
            let parts = [row.notation(), row.name(), &formula, &numbers, &rounded, &value];
            out += &format!("| {} |\n", parts.map(escape).join(" | "));
        }
    }
    out
}

/// Rows with semicolons between.
fn matrix(cells: &[Vec<String>]) -> String {
    cells.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("; ")
}

/// What Markdown would take for a sign of its own.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '|' | '*' | '_' | '[' | ']' | '`' | '<' | '\\' | '^' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
