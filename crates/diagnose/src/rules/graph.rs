//! Rules of the program itself.

use super::{BROADCAST, Finding};
use glassgrad_autograd::{Rows, Tape, Var};

pub(crate) fn findings(tape: &Tape) -> Vec<Finding> {
    let sums = tape.vars().filter(|&var| matches!(tape.op_of(var), "add" | "sub"));
    sums.filter_map(|var| {
        let narrow = tape.operands(var).find(|&operand| tape.shape(operand).columns == 1)?;
        let columns = tape.shape(var).columns;
        let place = || format!("{}: {} {}", tape.name_of(var), tape.name_of(narrow), tape.shape(narrow));
        if narrow_by_nature(tape, narrow) { BROADCAST.judge(columns as f64, place()) } else { None }
    })
    .collect()
}

/// Whether a column was computed as one, and is not the mean or sum of several, as in a normalisation.
fn narrow_by_nature(tape: &Tape, var: Var) -> bool {
    if tape.shape(var).rows != Rows::Batch {
        return false; // a parameter is meant for all
    }
    let op = tape.op_of(var);
    if op.starts_with("mean") || op.starts_with("sum") {
        return false;
    }
    let narrow = |&operand: &Var| tape.shape(operand).columns == 1 && tape.shape(operand).rows == Rows::Batch;
    matches!(op, "input" | "affine" | "matmul" | "slice")
        || tape.operands(var).filter(narrow).any(|operand| narrow_by_nature(tape, operand))
}
