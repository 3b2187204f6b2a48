//! A graph is well-formed, nothing in it lies on anything else, and its sweep is in a possible order.

mod networks;

use glassgrad_autograd::{Tape, Var};
use glassgrad_glass::{Graph, Kind};
use glassgrad_layers::{Activation, Chain, Dense, Layer, Loss, Residual};
use glassgrad_optim::{Recipe, Sgd};
use networks::{chapter, deep, loaded, losses, mixed, wide};
use roxmltree::Document;

fn graph(network: &dyn Layer, loss: &Loss) -> Graph {
    Graph::of(&mut loaded::<f64>(network, loss, Recipe::new(Sgd::default()))).unwrap()
}

/// A layer whose values have names that mean something to XML, DOT and Mermaid.
#[derive(Debug)]
struct Awkward;

impl Layer for Awkward {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        // The function of a dense layer would be called h.
        let h = tape.map(Activation::Neg, x);
        let y = tape.map(Activation::Exp, h);
        let y = tape.name(y, "a<b>&\"c|]]>\\;#`\n\u{1}");
        tape.map(Activation::Tanh, y)
    }
}

/// Two edges that pass over others.
fn nested() -> Graph {
    let inner = Residual::new(Chain::new().then(Activation::Tanh));
    graph(&Chain::new().then(Dense::new(3)).then(Residual::new(inner)), &Loss::HalfSquaredError)
}

fn all() -> Vec<Graph> {
    let mut graphs = vec![Graph::of(&mut chapter()).unwrap()];
    for loss in losses() {
        graphs.push(graph(&wide(), &loss));
        graphs.push(graph(&mixed(), &loss));
    }
    graphs.push(graph(&deep(), &Loss::CROSS_ENTROPY));
    graphs.push(graph(
        &Chain::new().then(Dense::new(3)).then(Awkward).then(Dense::new(2)),
        &Loss::HalfSquaredError,
    ));
    graphs.push(nested());
    graphs.push(graph(&Chain::new().then(Dense::new(200)).then(Dense::new(3)), &Loss::HalfSquaredError));
    graphs
}

/// Left, top, right, bottom.
type Box = [f64; 4];

fn boxes(svg: &Document<'_>, radius: &str) -> Vec<Box> {
    let number =
        |node: &roxmltree::Node<'_, '_>, name| node.attribute(name).and_then(|v| v.parse::<f64>().ok());
    let of = |node: roxmltree::Node<'_, '_>| {
        let [x, y, w, h] = ["x", "y", "width", "height"].map(|name| number(&node, name).expect("a number"));
        [x, y, x + w, y + h]
    };
    let cards = svg.descendants().filter(|n| n.has_tag_name("rect") || n.tag_name().name() == "rect");
    cards.filter(|n| n.attribute("rx") == Some(radius)).map(of).collect()
}

fn apart(a: &Box, b: &Box) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

#[test]
fn pictures_are_well_formed_and_nothing_overlaps() {
    for graph in all() {
        let svg = graph.svg(4);
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        let (cards, labels) = (boxes(&document, "8"), boxes(&document, "4"));
        assert_eq!(cards.len(), graph.nodes().len());
        assert_eq!(labels.len(), graph.edges().iter().filter(|edge| edge.slope.is_some()).count());
        let everything: Vec<&Box> = cards.iter().chain(&labels).collect();
        for (i, a) in everything.iter().enumerate() {
            for b in &everything[i + 1..] {
                assert!(apart(a, b), "{a:?} lies on {b:?}\n{svg}");
            }
        }
        let root = document.root_element();
        let [w, h] = ["width", "height"].map(|name| root.attribute(name).unwrap().parse::<f64>().unwrap());
        for [left, top, right, bottom] in everything {
            assert!(*left >= 0.0 && *top >= 0.0 && *right <= w && *bottom <= h, "within {w} × {h}");
        }
        for text in document.descendants().filter(|n| n.tag_name().name() == "text") {
            let size: f64 = text.attribute("font-size").unwrap().parse().unwrap();
            assert!(size >= 10.0, "large enough to be read");
        }
    }
}

#[test]
fn edges_that_pass_over_others_have_a_lane_each() {
    let svg = nested().svg(4);
    // Only such an edge has a straight stretch: `… L x y C …`.
    let stretch =
        |path: &str| path.split_once(" L").map(|(_, rest)| rest.split(' ').nth(1).map(String::from));
    let lanes: Vec<_> = svg.lines().filter(|line| line.contains("marker-end")).filter_map(stretch).collect();
    assert_eq!(lanes.len(), 2);
    assert_ne!(lanes[0], lanes[1]);
}

/// An adjoint is complete when those of all values that are computed from it are.
#[test]
fn the_sweep_never_runs_ahead() {
    for graph in all() {
        let order = |at: usize| graph.nodes()[at].order;
        for edge in graph.edges() {
            if edge.back {
                assert!(order(edge.to).unwrap() < order(edge.from).unwrap());
            }
        }
        let mut places: Vec<usize> = graph.nodes().iter().filter_map(|node| node.order).collect();
        places.sort_unstable();
        assert_eq!(places, (1..=places.len()).collect::<Vec<_>>());
        let adjoints = graph.nodes().iter().filter(|node| node.adjoint.is_some()).count();
        assert_eq!(places.len(), adjoints, "a place for each adjoint");
    }
}

#[test]
fn the_chapter_graph_has_the_page_on_it() {
    let graph = Graph::of(&mut chapter()).unwrap();
    let kinds = |kind| graph.nodes().iter().filter(|node| node.kind == kind).count();
    assert_eq!([Kind::Input, Kind::Parameter, Kind::Operation, Kind::Loss].map(kinds), [2, 4, 3, 1]);
    let sweep = |k: usize| graph.nodes().iter().find(|n| n.order == Some(k)).map(|n| n.symbol.key.as_str());
    let order: Vec<&str> = (1..).map_while(sweep).collect();
    assert_eq!(order, ["loss", "y_hat", "w2", "b2", "h", "z1", "w1", "b1"]);
    // Along each edge, upstream adjoint × local derivative = downstream adjoint.
    for edge in graph.edges().iter().filter(|edge| edge.back) {
        let adjoint = |at: usize| graph.nodes()[at].adjoint.as_ref().expect("an adjoint")[[0, 0]];
        let slope = edge.slope.as_ref().expect("a slope").value[[0, 0]];
        let (found, expected) = (adjoint(edge.to) * slope, adjoint(edge.from));
        assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found} {expected}");
    }
}

#[test]
fn looking_changes_nothing_that_training_depends_on() {
    let recipe = || Recipe::new(Sgd { lr: 0.1, ..Sgd::default() });
    let (mut seen, mut plain) = (
        loaded::<f64>(&mixed(), &Loss::CROSS_ENTROPY, recipe()),
        loaded(&mixed(), &Loss::CROSS_ENTROPY, recipe()),
    );
    for _ in 0..3 {
        Graph::of(&mut seen).unwrap();
        seen.step().unwrap();
        plain.step().unwrap();
    }
    assert_eq!(seen.theta(), plain.theta());
}

#[test]
fn big_networks_are_folded() {
    let graph = graph(&deep(), &Loss::CROSS_ENTROPY);
    assert!(graph.nodes().len() <= 12, "{}", graph.nodes().len());
    assert!(graph.nodes().iter().any(|node| node.formula == "13 layers, 504 parameters"));
    assert!(graph.edges().iter().filter(|edge| edge.back).count() >= 9);
}

/// Each node and each edge once, and no label that ends too early.
#[test]
fn dot_and_mermaid_have_every_edge() {
    for graph in all() {
        let (dot, mermaid) = (graph.dot(4), graph.mermaid(4));
        let count = |text: &str, part: &str| text.matches(part).count();
        assert_eq!(count(&dot, "fillcolor="), graph.nodes().len());
        assert_eq!(count(&dot, "-> n"), graph.edges().len());
        assert_eq!(count(&mermaid, ":::"), graph.nodes().len());
        let quotes = |line: &str| line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        for line in dot.lines().filter(|line| line.starts_with("  n") && line.contains(" [label")) {
            assert_eq!(quotes(line), if line.contains("->") { 2 } else { 6 }, "{line}");
        }
        for line in mermaid.lines().filter(|line| line.contains('"')) {
            assert_eq!(quotes(line), 2, "{line}");
        }
    }
}
