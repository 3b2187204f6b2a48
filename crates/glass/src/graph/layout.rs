//! Where nodes stand: in columns from left to right, the way from x to the loss in one straight row, what
//! is given just before where it is used, above and below that row.

use super::{Graph, Kind};

/// Where each node stands: its column, and its row, 0 in the middle and −1 above.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) at: Vec<(usize, i32)>,
    pub(super) columns: usize,
    /// The first and the last row.
    pub(super) rows: (i32, i32),
}

pub(super) fn layout(graph: &Graph) -> Layout {
    let count = graph.nodes.len();
    let operands = |to: usize| graph.edges.iter().filter(move |e| e.to == to).map(|e| e.from);
    let given = |at: usize| operands(at).next().is_none();
    // Nodes are in program order, so operands have their columns already.
    let mut column = vec![0_usize; count];
    for at in (0..count).filter(|&at| !given(at)) {
        column[at] = operands(at).map(|from| column[from] + 1).max().unwrap_or(0);
    }
    for at in (0..count).filter(|&at| given(at)) {
        let used = graph.edges.iter().filter(|e| e.from == at).map(|e| column[e.to]);
        column[at] = used.min().unwrap_or(1).saturating_sub(1);
    }
    let spine = spine(graph, &column);
    let mut at = vec![(0, 0); count];
    let columns = column.iter().max().map_or(0, |last| last + 1);
    for c in 0..columns {
        let here: Vec<usize> = (0..count).filter(|&n| column[n] == c).collect();
        let straight = here.iter().any(|n| spine.contains(n));
        // Above, below, two above, two below.
        let mut sides = (1..).flat_map(|k| [-k, k]);
        let mut free = (!straight).then_some(0).into_iter().chain(&mut sides);
        for &n in &here {
            at[n] = (c, if spine.contains(&n) { 0 } else { free.next().unwrap_or(0) });
        }
    }
    let row = |n: &(usize, i32)| n.1;
    let rows = (at.iter().map(row).min().unwrap_or(0), at.iter().map(row).max().unwrap_or(0));
    Layout { at, columns, rows }
}

/// From the loss back along the deepest operands, down to the input.
fn spine(graph: &Graph, column: &[usize]) -> Vec<usize> {
    let mut spine = Vec::new();
    let mut next = graph.nodes.len().checked_sub(1);
    while let Some(at) = next {
        spine.push(at);
        let operands = graph.edges.iter().filter(|e| e.to == at).map(|e| e.from);
        // Of operands that are as deep, what was computed or is data goes before a parameter, x before y.
        let rank = |&n: &usize| (column[n], graph.nodes[n].kind != Kind::Parameter, std::cmp::Reverse(n));
        next = operands.max_by_key(rank);
    }
    spine
}
