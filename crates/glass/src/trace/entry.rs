//! One entry of a matrix through a whole step, each value as the sum of products that it is.

use super::Trace;
use super::row::{Operand, Row, Rule, Stage};
use crate::Error;
use crate::formula::{Formula, place};
use ndarray::Array2;
use std::sync::Arc;

/// Sums of more terms are written with dots.
const TERMS: usize = 6;

impl Trace {
    /// One entry, counted from 0, wherever the trace has it: of `0.weight[3,5]` the weight itself, its
    /// gradient as a sum over the batch, and its update. A name may be the network's or a symbol
    /// (`W1[3,5]`, `d_W1[3,5]`, `z1[0,3]`).
    ///
    /// # Errors
    /// [`Error::EntrySyntax`], [`Error::UnknownSymbol`], [`Error::NoEntry`].
    pub fn entry(&self, entry: &str) -> Result<Self, Error> {
        let syntax = || Error::EntrySyntax { found: entry.into() };
        let (name, place) = entry.strip_suffix(']').and_then(|e| e.rsplit_once('[')).ok_or_else(syntax)?;
        let (i, j) = place.split_once(',').ok_or_else(syntax)?;
        let index = |text: &str| text.trim().parse::<usize>().map_err(|_| syntax());
        let at = [index(i)?, index(j)?];
        let named = |row: &&Row| row.symbol() == name || (row.name() == name && row.stage() != Stage::Local);
        // The fall of the loss has the loss's name, but is no entry of it.
        let matrix = |row: &&Row| named(row) && row.symbol() != "loss_fall_percent";
        let rows: Vec<Row> =
            self.rows.iter().filter(matrix).map(|row| one(row, at, entry)).collect::<Result<_, _>>()?;
        if rows.is_empty() {
            let mut known: Vec<String> = Vec::new();
            for row in self.rows.iter().filter(|row| row.step() == 0) {
                known.push(row.symbol().into());
            }
            return Err(Error::UnknownSymbol { name: name.into(), step: None, known });
        }
        Ok(Self { rows })
    }
}

fn one(row: &Row, at: [usize; 2], entry: &str) -> Result<Row, Error> {
    let value = *row
        .value
        .get(at)
        .ok_or_else(|| Error::NoEntry { found: entry.into(), shape: row.value.dim().into() })?;
    let [i, j] = at;
    let of = &row.operands;
    let count = |operand: usize, axis: usize| of.get(operand).map_or(0, |o| o.value.shape()[axis]);
    let product = |k: usize, a: [usize; 2], b: [usize; 2]| {
        (format!("{}·{}", place(2 * k), place(2 * k + 1)), vec![pick(&of[0], a), pick(&of[1], b)])
    };
    let (formula, operands) = match row.rule {
        Rule::Affine => {
            let (mut text, mut operands) = sum((0..count(0, 1)).map(|k| product(k, [i, k], [j, k])));
            if let Some(bias) = of.get(2) {
                text += &format!(" + {}", place(operands.len()));
                operands.push(pick(bias, [0, j]));
            }
            (text, operands)
        }
        Rule::Product => sum((0..count(0, 1)).map(|k| product(k, [i, k], [k, j]))),
        Rule::Gradient => sum((0..count(0, 0)).map(|k| product(k, [k, i], [k, j]))),
        Rule::Rows => sum((0..count(0, 0)).map(|k| (place(k), vec![pick(&of[0], [k, j])]))),
        Rule::Pointwise => {
            let within = |o: &Operand| [i.min(o.value.nrows() - 1), j.min(o.value.ncols() - 1)];
            (row.formula.0.replace(" ⊙ ", "·"), of.iter().map(|o| pick(o, within(o))).collect())
        }
        Rule::Whole => (row.formula.0.clone(), of.clone()),
    };
    Ok(Row {
        symbol: if row.value.len() == 1 { row.symbol.clone() } else { row.symbol.entry(at) },
        formula: Formula(formula),
        operands,
        value: number(value),
        rule: Rule::Pointwise,
        ..row.clone()
    })
}

/// Terms with a plus between; of many, the first ones, dots and the last.
fn sum(terms: impl ExactSizeIterator<Item = (String, Vec<Operand>)>) -> (String, Vec<Operand>) {
    let count = terms.len();
    let (mut text, mut operands) = (String::new(), Vec::new());
    for (k, (term, of_term)) in terms.enumerate() {
        operands.extend(of_term);
        if count <= TERMS || k < TERMS / 2 || k == count - 1 {
            text += &format!("{}{term}", if k == 0 { "" } else { " + " });
        } else if k == TERMS / 2 {
            text += " + …";
        }
    }
    (text, operands)
}

fn pick(operand: &Operand, at: [usize; 2]) -> Operand {
    if operand.value.len() == 1 {
        return operand.clone();
    }
    Operand { symbol: operand.symbol.entry(at), value: number(operand.value[at]) }
}

fn number(x: f64) -> Arc<Array2<f64>> {
    Arc::new(Array2::from_elem((1, 1), x))
}
