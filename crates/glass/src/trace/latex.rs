//! A trace as LaTeX: one `align*` a stage, to be included in a document that uses `amsmath`.

use super::Trace;
use super::row::{Operand, Row, single};
use super::table::{cells, heading, sections};
use crate::decimal;

pub(super) fn render(trace: &Trace, decimals: usize) -> String {
    let mut out = String::from("% needs \\usepackage{amsmath}\n\\begingroup\\allowdisplaybreaks\n");
    for rows in sections(&trace.rows) {
        out += &format!("\n\\paragraph{{{}}}\n\\begin{{align*}}\n", heading(rows));
        let lines: Vec<String> = rows.iter().map(|row| format!("  {}", line(row, decimals))).collect();
        out += &lines.join(" \\\\\n");
        out += "\n\\end{align*}\n";
    }
    out + "\n\\endgroup\n"
}

fn line(row: &Row, decimals: usize) -> String {
    let formula = row.formula.latex(|k| row.operands[k].symbol.latex.clone());
    let numbers = row.formula.latex(|k| number(&row.operands[k], decimals));
    let value = match row.number() {
        Some(value) => scientific(&decimal::shown(value, decimals)),
        None if row.value.is_empty() => r"\dots".into(),
        None => {
            let rows = cells(&row.value, decimals, [r"\cdots", r"\vdots"]);
            let rows: Vec<String> = rows.iter().map(|row| row.join(" & ")).collect();
            format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", rows.join(r" \\ "))
        }
    };
    let mut parts = vec![formula, numbers, value];
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    format!("{} &= {}", row.symbol.latex, parts.join(" = "))
}

fn number(operand: &Operand, decimals: usize) -> String {
    single(&operand.value)
        .map_or_else(|| operand.symbol.latex.clone(), |x| scientific(&decimal::short(x, decimals)))
}

/// `9.4e-14` as a product with a power of ten.
fn scientific(text: &str) -> String {
    text.split_once('e').map_or_else(|| text.into(), |(m, e)| format!(r"{m} \cdot 10^{{{e}}}"))
}
