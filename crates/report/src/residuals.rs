//! [`Residuals`]: what a regression missed, as a picture.

use crate::axis::Axis;
use crate::text::escape;
use std::fmt::Write;

/// Of more rows than this, so many are drawn, evenly spaced.
pub const POINTS: usize = 2000;

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 300.0;
/// Left, right, upper and lower edge of the plot.
const EDGES: [f64; 4] = [70.0, 505.0, 16.0, 252.0];

/// One output of a regression: predictions, and what was true of the same rows.
///
/// Drawn as y − ŷ over ŷ. A good fit is a level band around 0; a bend says that something is missing from the model, a
/// funnel that large values are less certain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Residuals {
    /// The output's name.
    pub name: String,
    /// ŷ of each row.
    pub predicted: Vec<f64>,
    /// y of each row.
    pub truth: Vec<f64>,
}

impl Residuals {
    /// The picture, as an SVG document. Rows with a number that is not finite are left out.
    pub fn svg(&self) -> String {
        let pairs = self.predicted.iter().zip(&self.truth).map(|(&predicted, &y)| [predicted, y - predicted]);
        let mut pairs: Vec<[f64; 2]> = pairs.filter(|[x, y]| x.is_finite() && y.is_finite()).collect();
        if pairs.len() > POINTS {
            pairs = (0..POINTS).map(|k| pairs[k * pairs.len() / POINTS]).collect();
        }
        let [left, right, top, bottom] = EDGES;
        let across = Axis::around(pairs.iter().map(|pair| pair[0]), 6.0);
        let up = Axis::around(pairs.iter().map(|pair| pair[1]).chain([0.0]), 5.0);
        let at_x = |x| left + (right - left) * across.share(x);
        let at_y = |y| bottom - (bottom - top) * up.share(y);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
        );
        for (y, label) in up.ticks() {
            let y = at_y(y);
            let _ = writeln!(svg, "<path d=\"M{left} {y:.1}H{right}\" stroke=\"#ddd\"/>");
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                left - 8.0,
                y + 4.0
            );
        }
        for (x, label) in across.ticks() {
            let x = at_x(x);
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                bottom + 18.0
            );
        }
        let _ = writeln!(svg, "<path d=\"M{left} {:.1}H{right}\" stroke=\"#222\"/>", at_y(0.0));
        // A line of no length with round ends is a dot.
        let mut dots = String::new();
        for [x, y] in pairs {
            let _ = write!(dots, "M{:.1} {:.1}h0", at_x(x), at_y(y));
        }
        let _ = writeln!(
            svg,
            "<path d=\"{dots}\" stroke=\"#0072b2\" stroke-opacity=\"0.45\" stroke-width=\"5\" stroke-linecap=\"round\"/>"
        );
        let (middle, name) = (0.5 * (left + right), escape(&self.name));
        let _ = writeln!(
            svg,
            "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">predicted {name}</text>",
            bottom + 38.0
        );
        let middle = 0.5 * (top + bottom);
        let _ = writeln!(
            svg,
            "<text transform=\"translate(18 {middle}) rotate(-90)\" text-anchor=\"middle\">true − predicted</text>\n</svg>"
        );
        svg
    }
}
