//! A trace for a terminal.

use super::Trace;
use super::row::{Row, shape};
use super::table::{align, cells, heading, sections};
use crate::decimal;

pub(super) fn render(trace: &Trace, decimals: usize) -> String {
    let mut out = String::new();
    for rows in sections(&trace.rows) {
        if !out.is_empty() {
            out.push('\n');
        }
        out += &format!("{}\n\n", heading(rows));
        let lines = align(&rows.iter().map(|row| columns(row, decimals)).collect::<Vec<_>>(), &[4]);
        for (row, line) in rows.iter().zip(lines) {
            out += &format!("  {line}\n");
            if row.value.len() > 1 {
                let matrix = cells(&row.value, decimals, ["…", "…"]);
                let right: Vec<usize> = (0..matrix.first().map_or(0, Vec::len)).collect();
                for line in align(&matrix, &right) {
                    out += &format!("        {line}\n");
                }
            }
        }
    }
    out
}

/// Symbol, formula, numbers, rounded value, value in full.
fn columns(row: &Row, decimals: usize) -> Vec<String> {
    let (formula, numbers) = (row.formula(), row.substituted(decimals));
    let equals = |text: &str| if text.is_empty() { String::new() } else { format!("= {text}") };
    let Some(value) = row.number() else {
        return vec![
            row.notation().into(),
            equals(&formula),
            if numbers == formula { String::new() } else { equals(&numbers) },
            String::new(),
            String::new(),
            shape(&row.value),
        ];
    };
    let rounded = decimal::shown(value, decimals);
    // What stands there once need not stand there twice: a constant, or one number alone.
    let again = numbers == formula || numbers == decimal::short(value, decimals);
    let numbers = if again { String::new() } else { equals(&numbers) };
    vec![row.notation().into(), equals(&formula), numbers, "=".into(), rounded, decimal::full(value)]
}
