//! A graph as a Mermaid flowchart.

use super::labels::{colours, label, lines};
use super::{Graph, Kind};

pub(super) fn render(graph: &Graph, decimals: usize) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in graph.nodes.iter().enumerate() {
        let text = lines(node, decimals).iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br/>");
        let class = class(node.kind);
        out += &format!("  n{at}[\"{text}\"]:::{class}\n");
    }
    for edge in &graph.edges {
        let arrow = match edge.slope.as_ref().map(|slope| label(slope, decimals)) {
            Some([formula, number]) if number.is_empty() => format!("-->|\"{}\"|", escape(&formula)),
            Some([formula, number]) => format!("-->|\"{}<br/>{}\"|", escape(&formula), escape(&number)),
            None => if edge.back { "-->" } else { "-.->" }.into(),
        };
        out += &format!("  n{} {arrow} n{}\n", edge.from, edge.to);
    }
    for kind in [Kind::Input, Kind::Parameter, Kind::Operation, Kind::Loss] {
        let ((fill, stroke), class) = (colours(kind), class(kind));
        out += &format!("  classDef {class} fill:{fill},stroke:{stroke},color:#222222\n");
    }
    out
}

const fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Input => "input",
        Kind::Parameter => "parameter",
        Kind::Operation => "operation",
        Kind::Loss => "loss",
    }
}

/// Mermaid's own entities, so that no sign ends a label.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '|' | '`' | ';' => out += &format!("#{};", u32::from(c)),
            '\n' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
