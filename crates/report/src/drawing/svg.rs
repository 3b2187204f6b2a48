//! A drawing as an SVG document.

use super::{Anchor, Drawing, INK, Shape, Stroke, Text};
use crate::text::escape;
use std::fmt::Write;

impl Drawing {
    /// The document. Its letters are the reader's own sans-serif.
    pub(crate) fn svg(&self) -> String {
        let [width, height] = self.size;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"{INK}\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
        );
        for shape in &self.shapes {
            // Writing to a string cannot fail.
            let _ = match shape {
                Shape::Line([x1, y1, x2, y2], stroke) => {
                    writeln!(svg, "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"{}/>", attributes(stroke))
                }
                Shape::Curve(points, stroke) => {
                    let points: Vec<_> = points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
                    let points = points.join(" ");
                    writeln!(svg, "<polyline fill=\"none\"{} points=\"{points}\"/>", attributes(stroke))
                }
                Shape::Disc([x, y], radius, color) => {
                    writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{color}\"/>")
                }
                Shape::Text(text) => writeln!(svg, "{}", element(text)),
            };
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn attributes(Stroke { color, width, dash }: &Stroke) -> String {
    let width = if *width == 1.0 { String::new() } else { format!(" stroke-width=\"{width}\"") };
    let dash = dash.map_or(String::new(), |[dash, gap]| format!(" stroke-dasharray=\"{dash} {gap}\""));
    format!(" stroke=\"{color}\"{width}{dash}")
}

fn element(Text { at: [x, y], anchor, size, upwards, words, raised }: &Text) -> String {
    let place = if *upwards {
        format!("transform=\"translate({x:.1} {y:.1}) rotate(-90)\"")
    } else {
        format!("x=\"{x:.1}\" y=\"{y:.1}\"")
    };
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let size = if *size == 12.0 { String::new() } else { format!(" font-size=\"{size}\"") };
    let raised = if raised.is_empty() {
        String::new()
    } else {
        let [size, up] = Text::RAISED;
        format!("<tspan dy=\"-{up}\" font-size=\"{size}\">{}</tspan>", escape(raised))
    };
    format!("<text {place} text-anchor=\"{anchor}\"{size}>{}{raised}</text>", escape(words))
}
