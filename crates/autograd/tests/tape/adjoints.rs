//! Which adjoints a backward sweep leaves behind, and where derivatives stop.

use glassgrad_autograd::{Axis, Init, Memory, Tape, Unary, Var, Wrt};
use ndarray::{Array2, array};

/// ∇θ and all adjoints of a tape with the input `x` (two rows of two) and θ = 0.5, 1, 1.5, ….
struct Swept {
    tape: Tape,
    theta: Vec<f64>,
    grad: Vec<f64>,
    memory: Memory<f64>,
}

impl Swept {
    fn new(input_adjoints: bool, program: impl Fn(&mut Tape, Var) -> Var) -> Self {
        let (tape, root) = Tape::record(|tape| {
            let x = tape.input("x", 2);
            program(tape, x)
        })
        .unwrap();
        let theta: Vec<f64> = (1..=tape.layout().len()).map(|i| 0.5 * i as f64).collect();
        let (mut grad, mut memory) = (vec![f64::NAN; theta.len()], Memory::new());
        memory.input_adjoints(input_adjoints);
        memory.load(&tape, &[("x", array![[1.0, -2.0], [0.5, 3.0]].view())]).unwrap();
        tape.forward(&theta, &mut memory);
        tape.backward(root, &theta, &mut grad, &mut memory);
        Self { tape, theta, grad, memory }
    }

    fn adjoint(&self, name: &str) -> Option<Array2<f64>> {
        let var = self.tape.var(name).unwrap();
        self.tape.adjoint(var, &self.grad, &self.memory).map(|g| g.to_owned())
    }
}

/// A layer of two, and half the sum of squares of what comes out.
fn network(tape: &mut Tape, x: Var) -> Var {
    let w = tape.param("w", [2, 2], Init::ZEROS);
    tape.param("unused", [1, 1], Init::ZEROS);
    let z = tape.affine(x, w, None);
    let unused = tape.map(Unary::Exp, z);
    tape.name(unused, "side");
    let square = tape.map(Unary::HalfSquare, z);
    tape.sum(square, Axis::All)
}

#[test]
fn what_the_root_depends_on_has_an_adjoint() {
    let swept = Swept::new(true, network);
    assert_eq!(swept.adjoint("sum"), Some(array![[1.0]]));
    let z = swept.tape.value(swept.tape.var("affine").unwrap(), &swept.theta, &swept.memory);
    assert_eq!(swept.adjoint("affine"), Some(z.to_owned()));
    assert_eq!(swept.adjoint("x").unwrap().dim(), (2, 2));
    assert_eq!(swept.adjoint("w").unwrap().into_raw_vec_and_offset().0, swept.grad[..4]);
}

#[test]
fn what_is_told_to_be_done_stays() {
    // w is used twice, and one parameter after the root.
    let (tape, root) = Tape::record(|tape| {
        let x = tape.input("x", 2);
        let root = network(tape, x);
        let w = tape.var("w").unwrap();
        let again = tape.mul(w, w);
        let again = tape.sum(again, Axis::All);
        let root = tape.add(root, again);
        tape.param("late", [1, 3], Init::ZEROS);
        root
    })
    .unwrap();
    let theta: Vec<f64> = (1..=tape.layout().len()).map(|i| 0.5 * i as f64).collect();
    let (mut grad, mut memory) = (vec![f64::NAN; theta.len()], Memory::new());
    memory.load(&tape, &[("x", array![[1.0, -2.0], [0.5, 3.0]].view())]).unwrap();
    tape.forward(&theta, &mut memory);
    let mut told = Vec::new();
    let done = |from: usize, grad: &[f64]| told.push((from, grad[from..].to_vec()));
    tape.vjp_in_parts(root, array![[1.0]].view(), &theta, &mut grad, &mut memory, done).unwrap();
    assert_eq!(told.iter().map(|(from, _)| *from).collect::<Vec<_>>(), [5, 4, 0]);
    for (from, part) in told {
        assert_eq!(part, grad[from..], "from {from} on");
    }
    let mut whole = vec![f64::NAN; theta.len()];
    tape.backward(root, &theta, &mut whole, &mut memory);
    assert_eq!(grad, whole);
}

#[test]
fn what_it_does_not_depend_on_has_none() {
    let swept = Swept::new(true, network);
    assert_eq!(swept.adjoint("side"), None);
    assert_eq!(swept.adjoint("unused"), None);
    assert_eq!(swept.grad[4], 0.0);
}

#[test]
fn a_value_after_the_root_has_no_adjoint() {
    let swept = Swept::new(true, |tape, x| {
        let root = tape.sum(x, Axis::All);
        tape.map(Unary::Exp, root);
        root
    });
    assert_eq!(swept.adjoint("exp"), None);
    assert_eq!(swept.adjoint("x"), Some(array![[1.0, 1.0], [1.0, 1.0]]));
}

#[test]
fn without_input_adjoints_the_gradient_has_the_same_bits() {
    let (with, without) = (Swept::new(true, network), Swept::new(false, network));
    assert_eq!(with.grad, without.grad);
    assert!(with.adjoint("x").is_some());
    assert_eq!(without.adjoint("x"), None);
    assert_eq!(with.adjoint("affine"), without.adjoint("affine"));
}

#[test]
fn an_input_and_a_parameter_can_be_the_root() {
    let input = Swept::new(true, |_, x| x);
    assert_eq!(input.adjoint("x"), Some(array![[1.0, 1.0], [1.0, 1.0]]));
    let param = Swept::new(true, |tape, _| {
        tape.param("v", [1, 2], Init::ZEROS);
        tape.param("w", [1, 2], Init::ZEROS)
    });
    assert_eq!(param.grad, [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(param.adjoint("w"), Some(array![[1.0, 1.0]]));
    assert_eq!(param.adjoint("v"), None);
}

#[test]
fn nothing_passes_a_stop_gradient() {
    let swept = Swept::new(true, |tape, x| {
        let still = tape.stop_gradient(x);
        let product = tape.mul(x, still);
        tape.sum(product, Axis::All)
    });
    assert_eq!(swept.adjoint("x"), Some(array![[1.0, -2.0], [0.5, 3.0]]));
    assert_eq!(swept.adjoint("stop_gradient"), None);
    let swept = Swept::new(true, glassgrad_autograd::Tape::stop_gradient);
    assert_eq!(swept.adjoint("x"), None, "not even as the root");
}

#[test]
fn a_stop_gradient_is_a_constant_to_forward_mode_as_well() {
    let (tape, y) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::Constant(3.0));
        let still = tape.stop_gradient(w);
        tape.mul(w, still)
    })
    .unwrap();
    let (theta, mut memory) = (tape.layout().initial::<f64>(0), Memory::new());
    memory.resize(&tape, 1).unwrap();
    assert_eq!(tape.jvp(y, &theta, &[1.0], &[], &memory).unwrap(), array![[3.0]]);
    assert_eq!(tape.jacobian(y, Wrt::Theta, &theta, &memory).unwrap(), array![[3.0]]);
    assert_eq!(tape.hvp(y, &theta, &[1.0], &memory).unwrap(), [0.0]);
}

#[test]
fn labels_from_an_ordinary_input_are_looked_up_not_differentiated() {
    let (tape, (z, label, loss)) = Tape::record(|tape| {
        let (z, label) = (tape.input("z", 3), tape.input("label", 1));
        let loss = tape.softmax_cross_entropy(z, label, &[], 0.0);
        let weight = tape.class_weight(label, &[1.0, 2.0, 3.0]);
        let weighted = tape.mul(loss, weight);
        (z, label, tape.mean(weighted, Axis::All))
    })
    .unwrap();
    let mut memory = Memory::<f64>::new();
    let (logits, labels) = (array![[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]], array![[2.0], [0.0]]);
    memory.load(&tape, &[("z", logits.view()), ("label", labels.view())]).unwrap();
    tape.forward(&[], &mut memory);
    tape.backward(loss, &[], &mut [], &mut memory);
    assert!(tape.adjoint(z, &[], &memory).is_some());
    assert_eq!(tape.adjoint(label, &[], &memory), None);
    let report = tape.gradcheck(loss, &[], &memory, 0).unwrap();
    assert!(report.passed(), "{report}");
}

#[test]
fn labels_that_are_computed_with_have_a_derivative() {
    let (tape, (label, y)) = Tape::record(|tape| {
        let label = tape.labels("label", 3);
        (label, tape.map(Unary::Square, label))
    })
    .unwrap();
    let mut memory = Memory::<f64>::new();
    memory.load(&tape, &[("label", array![[2.0]].view())]).unwrap();
    tape.forward(&[], &mut memory);
    tape.backward(y, &[], &mut [], &mut memory);
    assert_eq!(tape.adjoint(label, &[], &memory).unwrap(), array![[4.0]]);
    assert_eq!(tape.jacobian(y, Wrt::Var(label), &[], &memory).unwrap(), array![[4.0]]);
}
