//! Names, scopes, and running a part of a tape.

use glassgrad_autograd::{Axis, Init, Memory, Shape, Tape, Unary, Var};
use ndarray::array;

/// One layer, and the loss behind it.
fn classifier() -> (Tape, [Var; 2]) {
    Tape::record(|tape| {
        let (x, label) = (tape.input("x", 2), tape.labels("label", 2));
        let z = tape.scope("head", |tape| {
            let w = tape.param("weight", [2, 2], Init::rows([[1.0, 2.0], [3.0, 4.0]]));
            let z = tape.affine(x, w, None);
            tape.name(z, "")
        });
        let losses = tape.softmax_cross_entropy(z, label, &[], 0.0);
        [z, tape.mean(losses, Axis::All)]
    })
    .unwrap()
}

#[test]
fn a_tape_prints_as_its_program() {
    let (tape, _) = classifier();
    let expected = "x = input() : [batch, 2]\n\
                    label = labels() : [batch, 1]\n\
                    head.weight = param() : [2, 2]\n\
                    head = affine(x, head.weight) : [batch, 2]\n\
                    softmax_cross_entropy = softmax_cross_entropy(head, label) : [batch, 1]\n\
                    mean = mean(softmax_cross_entropy) : [1, 1]\n";
    assert_eq!(tape.to_string(), expected);
}

#[test]
fn a_value_is_found_by_every_name_it_was_given() {
    let (tape, [z, _]) = classifier();
    assert_eq!(tape.var("head"), Ok(z), "the name of the scope");
    assert_eq!(tape.var("head.affine"), Ok(z), "the name it had before");
    assert_eq!((tape.name_of(z), tape.op_of(z)), ("head", "affine"));
    assert_eq!(tape.shape(z), Shape::batch(2));
    assert_eq!(tape.operands(z).map(|v| tape.name_of(v)).collect::<Vec<_>>(), ["x", "head.weight"]);
}

#[test]
fn equal_ops_are_numbered_and_scopes_nest() {
    let (tape, vars) = Tape::record(|tape| {
        let x = tape.input("x", 1);
        let outer = [tape.map(Unary::Exp, x), tape.map(Unary::Exp, x), tape.map(Unary::Exp, x)];
        let inner = tape.scope("block", |tape| tape.scope(0, |tape| tape.map(Unary::Exp, x)));
        [outer[0], outer[1], outer[2], inner]
    })
    .unwrap();
    assert_eq!(vars.map(|v| tape.name_of(v)), ["exp", "exp_2", "exp_3", "block.0.exp"]);
}

#[test]
fn a_parameter_keeps_its_own_name_beside_another() {
    let (tape, w) = Tape::record(|tape| {
        let w = tape.scope(0, |tape| tape.param("weight", [1, 1], Init::ZEROS));
        tape.name(w, "tied")
    })
    .unwrap();
    assert_eq!((tape.var("tied"), tape.name_of(w)), (Ok(w), "0.weight"));
    assert_eq!(tape.layout().segments()[0].name, "0.weight");
}

#[test]
fn a_renamed_input_is_loaded_by_either_name() {
    let (tape, x) = Tape::record(|tape| {
        let x = tape.input("x", 1);
        tape.name(x, "temperature")
    })
    .unwrap();
    for name in ["x", "temperature"] {
        let mut memory = Memory::new();
        memory.load(&tape, &[(name, array![[2.5]].view())]).unwrap();
        assert_eq!(tape.value(x, &[], &memory), array![[2.5]]);
    }
}

#[test]
fn a_prediction_needs_no_labels() {
    let (tape, [z, loss]) = classifier();
    let (theta, mut memory) = (tape.layout().initial(0), Memory::<f64>::new());
    memory.load(&tape, &[("x", array![[1.0, -1.0]].view())]).unwrap();
    memory.input(tape.var("label").unwrap()).fill(f64::NAN);
    tape.forward_to(z, &theta, &mut memory);
    assert_eq!(tape.value(z, &theta, &memory), array![[-1.0, -1.0]]);
    assert_eq!(tape.value(loss, &theta, &memory), array![[0.0]], "not computed");
    tape.forward(&theta, &mut memory);
    assert!(tape.value(loss, &theta, &memory)[[0, 0]].is_nan(), "computed from no label");
}

#[test]
fn a_tape_is_plain_data() {
    fn plain<T: Send + Sync + Clone + PartialEq + std::fmt::Display>() {}
    plain::<Tape>();
    let ((tape, _), (again, _)) = (classifier(), classifier());
    assert_eq!(tape, again);
    assert_eq!(tape, tape.clone());
    let (other, _) = Tape::record(|tape| tape.input("x", 2)).unwrap();
    assert_ne!(tape, other);
}
