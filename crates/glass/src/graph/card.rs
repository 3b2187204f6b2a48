//! The card of a node in an SVG: its lines and pictures, and the number of its place in the backward sweep.

use super::Node;
use super::labels::{brief, colours, size};
use super::picture::{picture, picture_size};
use super::words::{ADJOINT, Line, QUIET, VALUE, clip, escape, text};
use ndarray::Array2;
use std::fmt::Write;

const PADDING: f64 = 12.0;

/// What stands in a card, from top to bottom.
enum Item<'a> {
    Line(Line),
    Picture(&'a Array2<f64>),
}

/// A card with its place.
pub(super) struct Card<'a> {
    items: Vec<Item<'a>>,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

fn items(node: &Node, decimals: usize) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let title = format!("{}  {}", node.symbol.text, size(&node.value));
    items.push(Item::Line(Line { bold: true, ..Line::new(title.trim_end(), 16.0, "#222222") }));
    if !node.formula.is_empty() {
        items.push(Item::Line(Line::new(clip(&node.formula, 30), 11.0, QUIET)));
    }
    items.push(Item::Line(Line::new(brief(&node.value, decimals), 13.0, VALUE)));
    items.extend((node.value.len() > 1).then_some(Item::Picture(&node.value)));
    if let Some(adjoint) = &node.adjoint {
        let text = format!("∂L/∂{}  {}", node.symbol.text, brief(adjoint, decimals));
        items.push(Item::Line(Line::new(text, 12.0, ADJOINT)));
        items.extend((adjoint.len() > 1).then_some(Item::Picture(adjoint)));
    }
    items
}

/// The card of a node, in the size that it needs, not yet in its place.
pub(super) fn card(node: &Node, decimals: usize) -> Card<'_> {
    let items = items(node, decimals);
    let (mut width, mut height) = (96.0_f64, 2.0 * PADDING - 4.0);
    for (i, item) in items.iter().enumerate() {
        match item {
            // The number of the backward sweep stands beside the first line.
            Item::Line(line) => {
                width = width.max(line.width() + if i == 0 { 34.0 } else { 0.0 });
                height += line.size + 6.0;
            }
            Item::Picture(matrix) => {
                let [w, h] = picture_size(matrix);
                width = width.max(w);
                height += h + 6.0;
            }
        }
    }
    Card { items, x: 0.0, y: 0.0, width: width + 2.0 * PADDING, height }
}

pub(super) fn write_card(out: &mut String, node: &Node, card: &Card<'_>) {
    let (fill, stroke) = colours(node.kind);
    let Card { x, y, width, height, .. } = card;
    let _ = writeln!(out, "<g>\n<title>{}</title>", escape(&title(node)));
    let _ = writeln!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"8\" fill=\"{fill}\" \
         stroke=\"{stroke}\" stroke-width=\"1.4\"/>"
    );
    let mut top = y + PADDING - 4.0;
    for item in &card.items {
        match item {
            Item::Line(line) => {
                top += line.size + 2.0;
                text(out, line, x + PADDING, top, "start");
                top += 4.0;
            }
            Item::Picture(matrix) => {
                picture(out, matrix, x + PADDING, top + 2.0);
                top += picture_size(matrix)[1] + 6.0;
            }
        }
    }
    if let Some(order) = node.order {
        let (cx, cy) = (x + width - 18.0, y + 18.0);
        let _ = writeln!(out, "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"11\" fill=\"{ADJOINT}\"/>");
        let number = Line { bold: true, ..Line::new(order.to_string(), 11.0, "#ffffff") };
        text(out, &number, cx, cy + 4.0, "middle");
    }
    out.push_str("</g>\n");
}

/// Of the card, as a browser shows it under the pointer: `z1 = w1·x + b1 (0)`.
fn title(node: &Node) -> String {
    let Node { symbol, formula, name, .. } = node;
    if formula.is_empty() {
        format!("{} ({name})", symbol.text)
    } else {
        format!("{} = {formula} ({name})", symbol.text)
    }
}
