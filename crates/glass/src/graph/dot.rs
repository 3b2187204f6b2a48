//! A graph in the DOT language.

use super::Graph;
use super::labels::{colours, label, lines};

pub(super) fn render(graph: &Graph, decimals: usize) -> String {
    let mut out = String::from(
        "digraph computation {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=12];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (at, node) in graph.nodes.iter().enumerate() {
        let (fill, stroke) = colours(node.kind);
        let text = lines(node, decimals).iter().map(|line| escape(line)).collect::<Vec<_>>().join("\\n");
        out += &format!("  n{at} [label=\"{text}\", fillcolor=\"{fill}\", color=\"{stroke}\"];\n");
    }
    for edge in &graph.edges {
        let text = edge.slope.as_ref().map(|slope| label(slope, decimals));
        let attributes = match text {
            Some([formula, number]) if number.is_empty() => format!("label=\"{}\"", escape(&formula)),
            Some([formula, number]) => format!("label=\"{}\\n{}\"", escape(&formula), escape(&number)),
            None if edge.back => String::new(),
            None => "style=dashed, color=\"#888888\"".into(),
        };
        out += &format!("  n{} -> n{} [{attributes}];\n", edge.from, edge.to);
    }
    out + "}\n"
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ")
}
