//! The list of cases: every op, over every shape it takes.

use crate::case::{Case, Domain};
use Domain::{AwayFrom, AwayFromBoth, Labels, Positive, Probability, Real};
use glassgrad_autograd::{Axis, Binary, Shape, Unary};

/// One number, one row, one column, a matrix; fixed or as many rows as the batch.
fn shapes() -> [Shape; 6] {
    let fixed = Shape::fixed;
    [Shape::SCALAR, fixed(1, 4), fixed(4, 1), fixed(3, 2), Shape::batch(1), Shape::batch(3)]
}

/// All cases.
pub(crate) fn all() -> Vec<Case> {
    [unary(), binary(), affine(), matmul(), reduce(), columns(), rows(), losses(), flow(), twice()]
        .into_iter()
        .flatten()
        .collect()
}

/// Where a function can be differentiated on both sides; a new one counts as smooth everywhere.
fn domain(f: Unary) -> Domain {
    match f {
        Unary::Ln | Unary::Sqrt => Positive,
        Unary::Abs | Unary::Relu | Unary::LeakyRelu(_) | Unary::Elu(_) => AwayFrom(0.0),
        Unary::Max(c) | Unary::Min(c) => AwayFrom(c),
        Unary::Huber(c) => AwayFromBoth(c),
        _ => Real,
    }
}

fn unary() -> Vec<Case> {
    let pairs = Unary::ALL.iter().flat_map(|&f| shapes().map(|shape| (f, shape)));
    pairs
        .map(|(f, shape)| Case::new(f.name(), &[(shape, domain(f))], move |tape, x| tape.map(f, x[0])))
        .collect()
}

fn binary() -> Vec<Case> {
    let mut cases = Vec::new();
    for full in [Shape::batch(3), Shape::fixed(3, 4)] {
        let repeated = [full, Shape::fixed(1, full.columns), Shape { columns: 1, ..full }, Shape::SCALAR];
        for (f, a) in Binary::ALL.iter().flat_map(|&f| repeated.map(|a| (f, a))) {
            for b in repeated {
                let operands = [(a, Real), (b, AwayFrom(0.0))];
                cases.push(Case::new(f.name(), &operands, move |tape, x| tape.zip(f, x[0], x[1])));
            }
        }
    }
    cases
}

fn affine() -> Vec<Case> {
    let mut cases = Vec::new();
    for (ins, outs) in [(1, 1), (1, 4), (5, 1), (5, 4)] {
        for x in [Shape::batch(ins), Shape::fixed(1, ins), Shape::fixed(3, ins)] {
            let (w, b) = (Shape::fixed(outs, ins), Shape::fixed(1, outs));
            let operands = [(x, Real), (w, Real), (b, Real)];
            cases.push(Case::new("affine", &operands, |tape, x| tape.affine(x[0], x[1], Some(x[2]))));
            cases.push(Case::new("affine", &operands[..2], |tape, x| tape.affine(x[0], x[1], None)));
        }
    }
    cases
}

fn matmul() -> Vec<Case> {
    let stored = |[rows, columns]: [usize; 2], transposed| {
        if transposed { Shape::fixed(columns, rows) } else { Shape::fixed(rows, columns) }
    };
    let case = |a: Shape, ta: bool, b: Shape, tb: bool| {
        let name = format!("matmul {ta} {tb}");
        Case::new(name, &[(a, Real), (b, Real)], move |tape, x| tape.matmul_transposed(x[0], ta, x[1], tb))
    };
    let mut cases = Vec::new();
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        for [m, k, n] in [[1, 1, 1], [1, 4, 1], [3, 1, 2], [2, 3, 4], [5, 6, 7]] {
            cases.push(case(stored([m, k], ta), ta, stored([k, n], tb), tb));
        }
    }
    for n in [1, 4] {
        cases.push(case(Shape::batch(3), false, Shape::fixed(3, n), false)); // the batch as rows
        cases.push(case(Shape::batch(3), false, Shape::fixed(n, 3), true));
        cases.push(case(Shape::batch(3), true, Shape::batch(n), false)); // the batch as k
        cases.push(case(Shape::fixed(3, 3), true, Shape::fixed(n, 3), true));
    }
    cases
}

fn reduce() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        for axis in [Axis::All, Axis::Rows, Axis::Columns] {
            let x = [(shape, Real)];
            cases.push(Case::new(format!("sum {axis:?}"), &x, move |tape, x| tape.sum(x[0], axis)));
            cases.push(Case::new(format!("mean {axis:?}"), &x, move |tape, x| tape.mean(x[0], axis)));
        }
    }
    cases
}

fn columns() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        let part = |columns| (Shape { columns, ..shape }, Real);
        let parts = [part(2), part(1), part(3)];
        cases.push(Case::new("concat", &parts[..2], glassgrad_autograd::Tape::concat));
        cases.push(Case::new("concat", &parts, glassgrad_autograd::Tape::concat));
        for range in [0..1, 1..3, 2..5, 0..5] {
            let name = format!("slice {range:?}");
            cases.push(Case::new(name, &[part(5)], move |tape, x| tape.slice(x[0], range.clone())));
        }
    }
    cases
}

fn rows() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        cases.push(Case::new("softmax", &[(shape, Real)], |tape, x| tape.softmax(x[0])));
        cases.push(Case::new("log_softmax", &[(shape, Real)], |tape, x| tape.log_softmax(x[0])));
    }
    cases
}

fn losses() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        let operands = [(shape, Real), (shape, Probability)];
        let name = "sigmoid_cross_entropy";
        cases.push(Case::new(name, &operands, |tape, x| tape.sigmoid_cross_entropy(x[0], x[1])));
    }
    for classes in [1, 2, 5] {
        let weights: Vec<f64> = (0..classes).map(|c| 0.5 * f64::from(c)).collect();
        let logits = [(Shape::batch(classes as usize), Real), (Shape::batch(1), Labels(classes as usize))];
        for (weights, smoothing) in [(vec![], 0.0), (weights.clone(), 0.0), (vec![], 0.1), (weights, 0.25)] {
            let name = format!("softmax_cross_entropy, weights {weights:?}, smoothing {smoothing}");
            cases.push(Case::new(name, &logits, move |tape, x| {
                tape.softmax_cross_entropy(x[0], x[1], &weights, smoothing)
            }));
        }
        // Logits that depend on θ: from a bias alone.
        let bias = [(Shape::fixed(1, classes as usize), Real), logits[0], logits[1]];
        cases.push(Case::new("softmax_cross_entropy of a sum", &bias, |tape, x| {
            let z = tape.add(x[0], x[1]);
            tape.softmax_cross_entropy(z, x[2], &[], 0.1)
        }));
    }
    let weighted = [(Shape::batch(2), Real), (Shape::batch(1), Labels(3))];
    cases.push(Case::new("class_weight", &weighted, |tape, x| {
        let weight = tape.class_weight(x[1], &[0.5, 1.0, 2.0]);
        tape.mul(x[0], weight)
    }));
    cases
}

fn flow() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        cases.push(Case::new("stop_gradient", &[(shape, Real)], |tape, x| tape.stop_gradient(x[0])));
        cases.push(Case::new("x·stop_gradient x", &[(shape, Real)], |tape, x| {
            let still = tape.stop_gradient(x[0]);
            tape.mul(x[0], still)
        }));
        for (training, rate) in [(false, 0.4), (true, 0.0), (true, 0.4)] {
            let name = if training { "dropout, training" } else { "dropout, evaluating" };
            let case = Case::new(name, &[(shape, Real)], move |tape, x| tape.dropout(x[0], rate));
            cases.push(if training { case.training() } else { case });
        }
    }
    cases
}

/// One value as several operands of one op.
fn twice() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in shapes() {
        for f in Binary::ALL {
            let name = format!("{} with itself", f.name());
            cases.push(Case::new(name, &[(shape, AwayFrom(0.0))], move |tape, x| tape.zip(f, x[0], x[0])));
        }
        let x = [(shape, Probability)];
        cases.push(Case::new("xᵀ·x", &x, |tape, x| tape.matmul_transposed(x[0], true, x[0], false)));
        cases.push(Case::new("concat with itself", &x, |tape, x| tape.concat(&[x[0], x[0], x[0]])));
        cases.push(Case::new("sigmoid_cross_entropy with itself", &x, |tape, x| {
            tape.sigmoid_cross_entropy(x[0], x[0])
        }));
    }
    cases
}
