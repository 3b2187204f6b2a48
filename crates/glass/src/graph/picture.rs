//! A matrix as a picture of coloured cells.

use ndarray::Array2;
use std::fmt::Write;

/// The greatest width and height of a picture of a matrix.
const PICTURE: [f64; 2] = [132.0, 40.0];
/// Matrices of more rows or columns are sampled.
const CELLS: usize = 24;

/// Which of `n` rows or columns a picture shows.
fn sample(n: usize) -> impl Iterator<Item = usize> {
    let shown = n.min(CELLS);
    (0..shown).map(move |i| i * n / shown.max(1))
}

fn cell_size(matrix: &Array2<f64>) -> [f64; 2] {
    let [rows, columns] = [matrix.nrows(), matrix.ncols()].map(|n| n.clamp(1, CELLS) as f64);
    [(PICTURE[0] / columns).min(12.0), (PICTURE[1] / rows).min(10.0)]
}

pub(super) fn picture_size(matrix: &Array2<f64>) -> [f64; 2] {
    let [w, h] = cell_size(matrix);
    [w * matrix.ncols().min(CELLS) as f64, h * matrix.nrows().min(CELLS) as f64]
}

/// A matrix as coloured cells: blue above 0, orange below, the paler the smaller.
pub(super) fn picture(out: &mut String, matrix: &Array2<f64>, x: f64, y: f64) {
    let [w, h] = cell_size(matrix);
    let greatest = matrix.iter().filter(|v| v.is_finite()).fold(0.0_f64, |a, v| a.max(v.abs()));
    for (i, row) in sample(matrix.nrows()).enumerate() {
        for (j, column) in sample(matrix.ncols()).enumerate() {
            let (left, top) = (x + j as f64 * w, y + i as f64 * h);
            let fill = shade(matrix[[row, column]], greatest);
            let _ = writeln!(
                out,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"{fill}\"/>"
            );
        }
    }
    let [w, h] = picture_size(matrix);
    let _ = writeln!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" fill=\"none\" stroke=\"#999999\" stroke-width=\"0.6\"/>"
    );
}

fn shade(x: f64, greatest: f64) -> String {
    if !x.is_finite() {
        return "#000000".into();
    }
    let strength = if greatest > 0.0 { (x.abs() / greatest).sqrt() } else { 0.0 };
    let end = if x < 0.0 { [213.0, 94.0, 0.0] } else { [0.0, 114.0, 178.0] };
    let [r, g, b] = end.map(|end| (247.0 + (end - 247.0) * strength).round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}
