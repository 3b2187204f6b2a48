//! Folding: one node a layer.

use super::{Edge, Graph, Kind, Node, Slope};
use std::collections::BTreeMap;

/// Of more layers than this, those in the middle become one node.
const LAYERS: usize = 8;

/// Each layer, with its parameters and all that it computes, as the node of its last value.
pub(super) fn layers(graph: &Graph) -> Graph {
    let layer = |node: &Node| node.name.split('.').next().unwrap_or_default().to_string();
    let mut names: Vec<String> = Vec::new();
    for node in graph.nodes.iter().filter(|node| node.kind != Kind::Input || node.name.contains('.')) {
        let name = layer(node);
        if name != "loss" && !names.contains(&name) {
            names.push(name);
        }
    }
    let middle = LAYERS / 2..names.len().saturating_sub(LAYERS / 2);
    let group = |node: &Node| {
        let name = layer(node);
        match names.iter().position(|n| *n == name) {
            Some(at) if names.len() > LAYERS && middle.contains(&at) => "middle".to_string(),
            _ => name,
        }
    };
    let mut members: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        let name = group(node);
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, places)) => places.push(at),
            None => members.push((name, vec![at])),
        }
    }
    let of: BTreeMap<usize, usize> = members
        .iter()
        .enumerate()
        .flat_map(|(g, (_, places))| places.iter().map(move |&at| (at, g)))
        .collect();
    let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for edge in &graph.edges {
        let (from, to) = (of[&edge.from], of[&edge.to]);
        if from != to {
            // A local derivative stays where a layer is a single op, without its formula.
            let single = |g: usize| members[g].1.len() == 1;
            let slope = edge.slope.clone().filter(|_| single(to));
            let slope = slope.map(|slope| Slope { formula: String::new(), ..slope });
            let joint = edges.entry((from, to)).or_insert(Edge { from, to, back: false, slope });
            joint.back |= edge.back;
        }
    }
    let mut nodes: Vec<Node> = members.iter().map(|(name, places)| node(graph, name, places)).collect();
    number_again(&mut nodes);
    Graph { nodes, edges: edges.into_values().collect() }
}

fn node(graph: &Graph, name: &str, places: &[usize]) -> Node {
    let members = || places.iter().map(|&at| &graph.nodes[at]);
    let mut node = graph.nodes[places[places.len() - 1]].clone();
    let parameters: usize = members().filter(|m| m.kind == Kind::Parameter).map(|m| m.value.len()).sum();
    if places.len() > 1 {
        node.formula = if parameters > 0 { format!("{parameters} parameters") } else { String::new() };
        node.name = name.into();
    }
    if name == "middle" {
        let layers = members().filter(|m| !m.name.contains('.')).count();
        node.formula = format!("{layers} layers, {}", node.formula);
    }
    node
}

/// The places in the backward sweep, counted over what is left.
fn number_again(nodes: &mut [Node]) {
    let mut orders: Vec<usize> = nodes.iter().filter_map(|node| node.order).collect();
    orders.sort_unstable();
    for node in nodes {
        node.order = node.order.and_then(|order| orders.binary_search(&order).ok()).map(|place| place + 1);
    }
}
