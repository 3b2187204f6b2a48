//! What every kind of drawing says of a node and of an edge.

use super::{Kind, Node, Slope};
use crate::decimal;
use ndarray::Array2;

/// A value in a few characters: the number, or the least and the greatest of a matrix.
pub(super) fn brief(value: &Array2<f64>, decimals: usize) -> String {
    if let (1, Some(&x)) = (value.len(), value.first()) {
        return number(x, decimals);
    }
    if let Some(bad) = value.iter().find(|x| !x.is_finite()) {
        return format!("has {bad}");
    }
    let least = value.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = value.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if value.is_empty() {
        String::new()
    } else if least == greatest {
        format!("all {}", number(least, decimals))
    } else {
        format!("{} … {}", number(least, decimals), number(greatest, decimals))
    }
}

/// Whole numbers bare, so that 1 is not 1.0000; others to `decimals` places, very small ones with an exponent.
fn number(x: f64, decimals: usize) -> String {
    let short = decimal::short(x, decimals);
    if short.contains('e') || (x.fract() == 0.0 && x.abs() < 1e6) {
        short
    } else {
        decimal::round(x, decimals)
    }
}

/// `[rows, columns]` of a matrix, nothing of a number.
pub(super) fn size(value: &Array2<f64>) -> String {
    if value.len() <= 1 { String::new() } else { format!("[{}, {}]", value.nrows(), value.ncols()) }
}

/// `∂h/∂z1 = h·(1 - h)`, and its number if it is one.
pub(super) fn label(slope: &Slope, decimals: usize) -> [String; 2] {
    let number = if slope.value.len() == 1 { brief(&slope.value, decimals) } else { String::new() };
    let formula = if slope.formula == number || slope.formula.is_empty() {
        String::new()
    } else {
        format!(" = {}", slope.formula)
    };
    [format!("{}{formula}", slope.symbol.text), number]
}

/// Fill and outline. Okabe and Ito's colours, which all kinds of colour vision tell apart.
pub(super) const fn colours(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Input => ("#e8f1f9", "#0072b2"),
        Kind::Parameter => ("#fdf3dd", "#b87700"),
        Kind::Operation => ("#ffffff", "#555555"),
        Kind::Loss => ("#fbe9e0", "#c04a00"),
    }
}

/// What DOT and Mermaid show of a node, line by line.
pub(super) fn lines(node: &Node, decimals: usize) -> Vec<String> {
    let symbol = &node.symbol.text;
    let mut lines = vec![format!("{symbol} {}", size(&node.value)).trim_end().to_string()];
    lines.extend((!node.formula.is_empty()).then(|| node.formula.clone()));
    lines.push(format!("value {}", brief(&node.value, decimals)));
    lines.extend(node.adjoint.as_ref().map(|g| format!("∂L/∂{symbol} {}", brief(g, decimals))));
    lines.extend(node.order.map(|order| format!("backward {order}")));
    lines
}
