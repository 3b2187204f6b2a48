//! What all renderings share: headings, matrices with dots in the middle, columns of equal width.

use super::row::{Row, Stage};
use crate::decimal;
use ndarray::Array2;

/// Matrices show this many rows and columns at either end.
const EDGE: usize = 3;

pub(super) fn heading(rows: &[Row]) -> String {
    let (step, stage) = rows.first().map_or((0, Stage::Forward), |row| (row.step(), row.stage()));
    let what = match stage {
        Stage::Forward => "forward",
        Stage::Local | Stage::Backward => "backward",
        Stage::Update => "update",
        Stage::Verify => "verify",
    };
    format!("Step {step}, {what}")
}

/// Local derivatives and adjoints alternate; together they are one section.
pub(super) fn sections(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    let part = |row: &Row| if row.stage() == Stage::Local { Stage::Backward } else { row.stage() };
    rows.chunk_by(move |a, b| (a.step(), part(a)) == (b.step(), part(b)))
}

/// The indices that an elided axis shows; `None` stands for dots.
fn edges(n: usize) -> Vec<Option<usize>> {
    if n <= 2 * EDGE + 1 {
        return (0..n).map(Some).collect();
    }
    (0..EDGE).map(Some).chain([None]).chain((n - EDGE..n).map(Some)).collect()
}

/// The cells of a matrix as they are shown, dots for what is left out.
pub(super) fn cells(matrix: &Array2<f64>, decimals: usize, dots: [&str; 2]) -> Vec<Vec<String>> {
    let row = |i: Option<usize>| {
        edges(matrix.ncols()).into_iter().map(move |j| match (i, j) {
            (Some(i), Some(j)) => decimal::shown(matrix[[i, j]], decimals),
            (Some(_), None) => dots[0].to_string(),
            (None, _) => dots[1].to_string(),
        })
    };
    edges(matrix.nrows()).into_iter().map(|i| row(i).collect()).collect()
}

/// Pads every column to its widest cell; numbers, in the columns of `right`, to the left.
pub(crate) fn align(table: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |j: usize| table.iter().filter_map(|row| row.get(j)).map(|c| width(c)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(j, cell)| {
            let space = " ".repeat(widths[j] - width(cell));
            if right.contains(&j) { space + cell } else { format!("{cell}{space}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    table.iter().map(line).collect()
}

/// Characters on a terminal: accents that combine take no place of their own.
pub(crate) fn width(text: &str) -> usize {
    text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
}
