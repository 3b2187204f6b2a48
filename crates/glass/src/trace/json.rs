//! A trace as JSON lines: one object a row.

use super::Trace;
use super::row::{Operand, Row, single};
use ndarray::Array2;
use serde::Serialize;
use serde_json::{Value, json};

/// The largest operand that is repeated beside its own row.
const OPERAND: usize = 64;

pub(super) fn render(trace: &Trace, decimals: usize) -> String {
    let line = |row| serde_json::to_string(&object(row, decimals)).expect("keys are strings") + "\n";
    trace.rows.iter().map(line).collect()
}

/// The keys, in the order in which they are written.
#[derive(Serialize)]
struct Object<'a> {
    step: u64,
    stage: &'static str,
    symbol: &'a str,
    name: &'a str,
    notation: &'a str,
    formula: String,
    operands: Vec<Value>,
    substituted: String,
    value: Value,
    rounded: Option<String>,
}

fn object(row: &Row, decimals: usize) -> Object<'_> {
    Object {
        step: row.step(),
        stage: row.stage().name(),
        symbol: row.symbol(),
        name: row.name(),
        notation: row.notation(),
        formula: row.formula(),
        operands: row.operands().iter().map(operand).collect(),
        substituted: row.substituted_in_full(),
        value: value(&row.value),
        rounded: row.number().map(|_| row.rounded(decimals)),
    }
}

fn operand(operand: &Operand) -> Value {
    let matrix = &operand.value;
    if matrix.len() > OPERAND {
        return json!({ "symbol": operand.symbol.key, "shape": matrix.shape() });
    }
    json!({ "symbol": operand.symbol.key, "value": value(matrix) })
}

fn value(matrix: &Array2<f64>) -> Value {
    match single(matrix) {
        Some(x) => number(x),
        None if matrix.is_empty() => Value::Null,
        None => {
            matrix.rows().into_iter().map(|row| row.iter().map(|&x| number(x)).collect::<Value>()).collect()
        }
    }
}

fn number(x: f64) -> Value {
    if x.is_finite() { json!(x) } else { json!(format!("{x}")) }
}
