//! A graph as SVG: cards for values, curves for what is computed from what.

use super::card::{Card, card, write_card};
use super::labels::{colours, label};
use super::layout::{Layout, layout};
use super::words::{ADJOINT, Line, QUIET, clip, text};
use super::{Edge, Graph, Kind};
use std::fmt::Write;

const MARGIN: f64 = 28.0;
const BETWEEN_ROWS: f64 = 40.0;
const LANE: f64 = 34.0;
const LEGEND: f64 = 52.0;

pub(super) fn render(graph: &Graph, decimals: usize) -> String {
    let layout = layout(graph);
    let labels: Vec<Vec<Line>> = graph.edges.iter().map(|edge| label_lines(edge, decimals)).collect();
    let long: Vec<usize> = (0..graph.edges.len()).filter(|&e| span(&layout, &graph.edges[e]) > 1).collect();
    let (cards, total) = place(graph, &layout, &labels, long.len(), decimals);
    let mut out = String::new();
    let (w, h) = (total[0], total[1]);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" width=\"{w:.0}\" height=\"{h:.0}\" \
         role=\"img\" font-family=\"'DejaVu Sans', Verdana, 'Segoe UI', sans-serif\">"
    );
    out += "<title>The computation of the loss: values, adjoints and local derivatives</title>\n";
    out += "<defs>\n";
    for (id, colour) in [("flow", QUIET), ("given", "#8a8a8a")] {
        let _ = writeln!(
            out,
            "<marker id=\"{id}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path d=\"M0 1 L9 5 L0 9 z\" fill=\"{colour}\"/></marker>"
        );
    }
    out += "</defs>\n";
    let _ = writeln!(out, "<rect width=\"{w:.0}\" height=\"{h:.0}\" fill=\"#fcfcfb\"/>");
    let mut written = String::new();
    for (e, edge) in graph.edges.iter().enumerate() {
        let lane = long.iter().position(|&l| l == e).map(|lane| MARGIN + LANE * (lane as f64 + 0.5));
        let middle = curve(&mut out, edge, &cards, lane);
        write_label(&mut written, &labels[e], middle);
    }
    out += &written;
    for (node, card) in graph.nodes.iter().zip(&cards) {
        write_card(&mut out, node, card);
    }
    legend(&mut out, h - LEGEND + 14.0);
    out += "</svg>\n";
    out
}

fn span(layout: &Layout, edge: &Edge) -> usize {
    layout.at[edge.to].0 - layout.at[edge.from].0
}

fn label_lines(edge: &Edge, decimals: usize) -> Vec<Line> {
    let Some(slope) = &edge.slope else { return Vec::new() };
    let [formula, number] = label(slope, decimals);
    let mut lines = vec![Line::new(clip(&formula, 42), 11.0, QUIET)];
    if !number.is_empty() {
        lines.push(Line { bold: true, ..Line::new(number, 12.0, "#222222") });
    }
    lines
}

/// Sizes every card, and stands columns and rows side by side; returns the size of the whole as well.
fn place<'a>(
    graph: &'a Graph,
    layout: &Layout,
    labels: &[Vec<Line>],
    lanes: usize,
    decimals: usize,
) -> (Vec<Card<'a>>, [f64; 2]) {
    let mut cards: Vec<Card<'a>> = graph.nodes.iter().map(|node| card(node, decimals)).collect();
    let mut x = MARGIN;
    for c in 0..layout.columns {
        let here = || (0..cards.len()).filter(|&n| layout.at[n].0 == c);
        let widest = here().map(|n| cards[n].width).fold(0.0, f64::max);
        let into = (0..labels.len()).filter(|&e| layout.at[graph.edges[e].to].0 == c);
        let label = into.flat_map(|e| &labels[e]).map(Line::width).fold(0.0, f64::max);
        if c > 0 {
            x += label + 56.0;
        }
        for n in here().collect::<Vec<_>>() {
            cards[n].width = widest;
            cards[n].x = x;
        }
        x += widest;
    }
    let (first, last) = layout.rows;
    let mut y = MARGIN + LANE * lanes as f64;
    for row in first..=last {
        let here: Vec<usize> = (0..cards.len()).filter(|&n| layout.at[n].1 == row).collect();
        let highest = here.iter().map(|&n| cards[n].height).fold(0.0, f64::max);
        for n in here {
            cards[n].y = y + (highest - cards[n].height) / 2.0;
        }
        y += highest + BETWEEN_ROWS;
    }
    (cards, [(x + MARGIN).max(760.0), y - BETWEEN_ROWS + MARGIN + LEGEND])
}

/// Draws one edge and returns where its label goes.
fn curve(out: &mut String, edge: &Edge, cards: &[Card<'_>], lane: Option<f64>) -> [f64; 2] {
    let (from, to) = (&cards[edge.from], &cards[edge.to]);
    let (x1, y1) = (from.x + from.width, from.y + from.height / 2.0);
    let (x2, y2) = (to.x, to.y + to.height / 2.0);
    let (style, marker) = if edge.back {
        ("stroke=\"#555555\"", "flow")
    } else {
        ("stroke=\"#8a8a8a\" stroke-dasharray=\"5 4\"", "given")
    };
    let (path, middle) = match lane {
        None => {
            // Arrows come in above or below the middle, as they come from above or below.
            let y2 = y2 + ((y1 - y2) / 8.0).clamp(-to.height / 4.0, to.height / 4.0);
            let half = (x2 - x1) / 2.0;
            let path = format!(
                "M{x1:.1} {y1:.1} C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}",
                x1 + half,
                x2 - half
            );
            (path, [x1 + half, y1.midpoint(y2)])
        }
        Some(lane) => {
            let path = format!(
                "M{x1:.1} {y1:.1} C{:.1} {y1:.1} {:.1} {lane:.1} {:.1} {lane:.1} L{:.1} {lane:.1} \
                 C{:.1} {lane:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}",
                x1 + 24.0,
                x1 + 8.0,
                x1 + 32.0,
                x2 - 32.0,
                x2 - 8.0,
                x2 - 24.0
            );
            (path, [x1.midpoint(x2), lane])
        }
    };
    let _ = writeln!(
        out,
        "<path d=\"{path}\" fill=\"none\" {style} stroke-width=\"1.4\" marker-end=\"url(#{marker})\"/>"
    );
    middle
}

fn write_label(out: &mut String, lines: &[Line], [x, y]: [f64; 2]) {
    if lines.is_empty() {
        return;
    }
    let width = lines.iter().map(Line::width).fold(0.0, f64::max) + 10.0;
    let height: f64 = lines.iter().map(|line| line.size + 4.0).sum::<f64>() + 4.0;
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"4\" fill=\"#fcfcfb\"/>",
        x - width / 2.0,
        y - height / 2.0
    );
    let mut top = y - height / 2.0 + 2.0;
    for line in lines {
        top += line.size + 2.0;
        text(out, line, x, top, "middle");
        top += 2.0;
    }
}

fn legend(out: &mut String, y: f64) {
    let mut x = MARGIN;
    for (kind, name) in [
        (Kind::Input, "given"),
        (Kind::Parameter, "parameter"),
        (Kind::Operation, "computed"),
        (Kind::Loss, "loss"),
    ] {
        let (fill, stroke) = colours(kind);
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" rx=\"3\" fill=\"{fill}\" stroke=\"{stroke}\"/>",
            y - 3.0
        );
        let line = Line::new(name, 11.0, QUIET);
        text(out, &line, x + 20.0, y + 8.0, "start");
        x += 44.0 + line.width();
    }
    let _ = writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"8\" fill=\"{ADJOINT}\"/>", x + 8.0, y + 4.0);
    text(out, &Line { bold: true, ..Line::new("1", 10.0, "#ffffff") }, x + 8.0, y + 7.5, "middle");
    let line = Line::new("order of the backward sweep", 11.0, QUIET);
    text(out, &line, x + 22.0, y + 8.0, "start");
    x += 44.0 + line.width();
    text(
        out,
        &Line::new("on each arrow: the local derivative; dashed: nothing flows back", 11.0, QUIET),
        x,
        y + 8.0,
        "start",
    );
}
