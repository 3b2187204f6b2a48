//! Every error once, with all that it says.

use glassgrad_autograd::{Axis, Error, Init, Memory, Tape, Unary, Var, Wrt};
use ndarray::{Array2, array};

/// What the first error of a recording says.
fn recording(program: impl FnOnce(&mut Tape)) -> String {
    Tape::record(program).expect_err("this must not record").to_string()
}

/// One layer w·x of two inputs, three classes, and the mean of its cross-entropy.
fn classifier() -> (Tape, [Var; 4]) {
    Tape::record(|tape| {
        let (x, label) = (tape.input("x", 2), tape.labels("label", 3));
        let w = tape.scope(0, |tape| tape.param("weight", [3, 2], Init::GlorotUniform));
        let z = tape.affine(x, w, None);
        let losses = tape.softmax_cross_entropy(z, label, &[], 0.0);
        [x, label, z, tape.mean(losses, Axis::All)]
    })
    .unwrap()
}

/// A memory with two examples.
fn loaded(tape: &Tape) -> Memory<f64> {
    let mut memory = Memory::new();
    let (x, label) = (array![[1.0, 2.0], [3.0, 4.0]], array![[0.0], [2.0]]);
    memory.load(tape, &[("x", x.view()), ("label", label.view())]).unwrap();
    memory
}

#[test]
fn shapes_name_the_layer_the_op_and_both_shapes() {
    let found = recording(|tape| {
        let x = tape.input("x", 2);
        tape.scope("encoder", |tape| {
            tape.scope(3, |tape| {
                let w = tape.param("weight", [4, 5], Init::ZEROS);
                tape.affine(x, w, None);
            });
        });
    });
    let expected = "encoder.3.affine: found shapes [batch, 2] and [4, 5], expected an input [rows, in] \
                    and a weight [out, in]";
    assert_eq!(found, expected);
}

#[test]
fn every_op_checks_its_shapes() {
    type Op = fn(&mut Tape, [Var; 3]);
    let cases: [(Op, &str); 10] = [
        (
            |tape, [_, x, w]| _ = tape.affine(w, x, None),
            "affine: found shapes [2, 3] and [batch, 2], expected a weight [out, in] of fixed size",
        ),
        (
            |tape, [_, _, w]| _ = tape.matmul(w, w),
            "matmul: found shapes [2, 3] and [2, 3], expected [m, k] and [k, n] after transposing, \
             n not the batch",
        ),
        (
            |tape, [_, x, _]| _ = tape.matmul_transposed(x, false, x, true),
            "matmul: found shapes [batch, 2] and [batch, 2], expected [m, k] and [k, n] after \
             transposing, n not the batch",
        ),
        (
            |tape, [_, x, w]| _ = tape.affine(x, w, Some(w)),
            "affine: found shapes [batch, 2] and [2, 3], expected an input [rows, in] and a weight [out, in]",
        ),
        (
            |tape, [one, _, w]| {
                let x = tape.input("three", 3);
                tape.affine(x, w, Some(one));
            },
            "affine: found shapes [2, 3] and [1, 1], expected a weight [out, in] and a bias [1, out]",
        ),
        (
            |tape, [_, x, w]| _ = tape.mul(x, w),
            "mul: found shapes [batch, 2] and [2, 3], expected equal rows and equal columns, or 1 on one side",
        ),
        (
            |tape, [_, x, w]| _ = tape.concat(&[x, w]),
            "concat: found shapes [batch, 2] and [2, 3], expected equal rows",
        ),
        (
            |tape, [_, x, _]| _ = tape.slice(x, 1..3),
            "slice: found shapes [batch, 2] and [batch, 3], expected columns that the operand has",
        ),
        (
            |tape, [_, x, _]| {
                let label = tape.labels("label", 3);
                tape.softmax_cross_entropy(x, label, &[], 0.0);
            },
            "softmax_cross_entropy: found shapes [batch, 2] and [batch, 1], expected logits \
             [rows, classes] and labels [rows, 1] of as many classes",
        ),
        (
            |tape, [one, x, _]| _ = tape.sigmoid_cross_entropy(x, one),
            "sigmoid_cross_entropy: found shapes [batch, 2] and [1, 1], expected logits and targets of \
             equal shape",
        ),
    ];
    for (op, expected) in cases {
        let found = recording(|tape| {
            let one = tape.param("one", [1, 1], Init::ZEROS);
            let (x, w) = (tape.input("x", 2), tape.param("w", [2, 3], Init::ZEROS));
            op(tape, [one, x, w]);
        });
        assert_eq!(found, expected);
    }
}

#[test]
fn nothing_has_a_width_of_zero() {
    let width = "found a width of 0, expected at least 1 row and 1 column";
    let scoped = |inner: fn(&mut Tape)| recording(|tape| tape.scope(1, inner));
    assert_eq!(scoped(|tape| _ = tape.input("x", 0)), format!("1.x: {width}"));
    assert_eq!(scoped(|tape| _ = tape.labels("y", 0)), format!("1.y: {width}"));
    assert_eq!(scoped(|tape| _ = tape.param("w", [0, 3], Init::ZEROS)), format!("1.w: {width}"));
    assert_eq!(scoped(|tape| _ = tape.param("w", [3, 0], Init::ZEROS)), format!("1.w: {width}"));
    assert_eq!(scoped(|tape| _ = tape.concat(&[])), format!("1.concat: {width}"));
    let slice = |tape: &mut Tape| {
        let x = tape.input("x", 2);
        tape.slice(x, 1..1);
    };
    assert_eq!(scoped(slice), format!("1.slice: {width}"));
}

#[test]
fn settings_are_named_with_what_is_allowed() {
    type Op = fn(&mut Tape, Var);
    let cases: [(Op, &str); 8] = [
        (|t, x| _ = t.map(Unary::Scale(f64::NAN), x), "scale: found c = NaN, expected a finite number"),
        (|t, x| _ = t.map(Unary::Elu(f64::INFINITY), x), "elu: found c = inf, expected a finite number"),
        (|t, x| _ = t.map(Unary::Huber(-1.0), x), "huber: found c = -1, expected a number above 0"),
        (|t, x| _ = t.dropout(x, 1.0), "dropout: found rate = 1, expected a number from 0 to below 1"),
        (|t, x| _ = t.dropout(x, f64::NAN), "dropout: found rate = NaN, expected a number from 0 to below 1"),
        (
            |t, x| {
                let label = t.labels("label", 2);
                t.softmax_cross_entropy(x, label, &[], f64::NAN);
            },
            "softmax_cross_entropy: found smoothing = NaN, expected a number from 0 to 1",
        ),
        (
            |t, x| {
                let label = t.labels("label", 2);
                t.softmax_cross_entropy(x, label, &[1.0, -1.0], 0.0);
            },
            "softmax_cross_entropy: found class weight = -1, expected a finite number of at least 0",
        ),
        (
            |t, x| _ = t.class_weight(x, &[1.0, f64::NAN]),
            "class_weight: found class weight = NaN, expected a finite number of at least 0",
        ),
    ];
    for (op, expected) in cases {
        let found = recording(|tape| {
            let x = tape.input("x", 2);
            op(tape, x);
        });
        assert_eq!(found, expected);
    }
}

#[test]
fn initial_values_are_checked() {
    for (init, expected) in [
        (Init::Constant(f64::NAN), "0.w: found constant = NaN, expected a finite number"),
        (Init::Values(vec![1.0]), "0.w: found 1 initial values, expected 2"),
        (Init::Values(vec![1.0, f64::INFINITY]), "0.w: found initial value = inf, expected a finite number"),
        (Init::Uniform { low: 1.0, high: 1.0 }, "0.w: found high = 1, expected more than low"),
        (Init::Uniform { low: f64::NAN, high: 1.0 }, "0.w: found low = NaN, expected a finite number"),
        (
            Init::Uniform { low: -1e308, high: 1e308 },
            &format!("0.w: found high = {}, expected a finite number above low", 1e308),
        ),
        (Init::Normal { mean: 0.0, std: -1.0 }, "0.w: found std = -1, expected at least 0"),
        (
            Init::TruncatedNormal { mean: f64::NAN, std: 1.0 },
            "0.w: found mean = NaN, expected a finite number",
        ),
        (Init::Orthogonal { gain: f64::NAN }, "0.w: found gain = NaN, expected a finite number"),
    ] {
        let found = recording(|tape| tape.scope(0, |tape| _ = tape.param("w", [1, 2], init)));
        assert_eq!(found, expected);
    }
}

#[test]
fn counts_of_class_weights() {
    let found = recording(|tape| {
        let (z, label) = (tape.input("z", 3), tape.labels("label", 3));
        tape.softmax_cross_entropy(z, label, &[1.0, 2.0], 0.0);
    });
    assert_eq!(found, "softmax_cross_entropy: found 2 class weights, expected 3");
    let found = recording(|tape| {
        let label = tape.labels("label", 3);
        tape.class_weight(label, &[1.0]);
    });
    assert_eq!(found, "class_weight: found 1 class weights, expected 3");
}

#[test]
fn names_are_given_once_and_found_or_not() {
    let found = recording(|tape| {
        tape.input("x", 1);
        tape.scope("", |tape| _ = tape.input("x", 2));
    });
    assert_eq!(found, "the name \"x\" is given twice; every variable needs a name of its own");
    let (tape, _) = classifier();
    let names = "x, label, 0.weight, affine, softmax_cross_entropy, mean";
    let found = tape.var("logits").unwrap_err().to_string();
    assert_eq!(found, format!("nothing is named \"logits\"; the names are {names}"));
    let found = tape.layout().segment("0.bias").unwrap_err().to_string();
    assert_eq!(found, "nothing is named \"0.bias\"; the names are 0.weight");
    for name in ["z", "affine"] {
        let found = Memory::new().load(&tape, &[(name, array![[1.0]].view())]).unwrap_err().to_string();
        assert_eq!(found, format!("nothing is named \"{name}\"; the names are x, label"));
    }
}

#[test]
fn variables_of_other_tapes() {
    let (other, [.., far]) = classifier();
    let found = recording(|tape| {
        let x = tape.input("x", 1);
        tape.scope(2, |tape| _ = tape.add(x, far));
    });
    assert_eq!(found, "2.add: found a variable of another tape, expected one recorded on this tape");
    let found = recording(|tape| _ = tape.name(far, "far"));
    assert_eq!(found, "name: found a variable of another tape, expected one recorded on this tape");

    let (tape, y) = Tape::record(|tape| tape.input("x", 1)).unwrap();
    let mut memory = Memory::new();
    memory.load(&tape, &[("x", array![[1.0]].view())]).unwrap();
    let foreign =
        |at: &str| format!("{at}: found a variable of another tape, expected one recorded on this tape");
    let said = |found: Result<Array2<f64>, Error>| found.unwrap_err().to_string();
    assert_eq!(said(tape.jacobian(far, Wrt::Theta, &[], &memory)), foreign("jacobian"));
    assert_eq!(said(tape.jacobian(y, Wrt::Var(far), &[], &memory)), foreign("jacobian"));
    assert_eq!(said(tape.jvp(far, &[], &[], &[], &memory)), foreign("jvp"));
    assert_eq!(said(tape.hessian(far, &[], &memory)), foreign("loss"));
    assert_eq!(said(tape.per_example_gradients(far, &[], &memory)), foreign("loss"));
    assert_eq!(said(tape.local_jacobian(far, 0, &[], &memory)), foreign("local_jacobian"));
    assert_eq!(memory.set(&tape, far, array![[1.0]].view()).unwrap_err().to_string(), foreign("input"));
    assert_eq!(other.name_of(far), "mean");
}

#[test]
fn inputs_have_a_shape() {
    let (tape, [x, _, z, _]) = classifier();
    let mut memory = Memory::<f64>::new();
    let (wide, labels) = (Array2::zeros((2, 3)), Array2::zeros((3, 1)));
    let found = memory.load(&tape, &[("x", wide.view())]).unwrap_err().to_string();
    assert_eq!(found, "input \"x\": found shape [2, 3], expected [2, 2]");
    let right = Array2::zeros((2, 2));
    let found = memory.load(&tape, &[("x", right.view()), ("label", labels.view())]).unwrap_err().to_string();
    assert_eq!(found, "input \"label\": found shape [3, 1], expected [2, 1]");
    let found = memory.set(&tape, z, right.view()).unwrap_err().to_string();
    assert_eq!(found, "nothing is named \"affine\"; the names are x, label");

    let memory = loaded(&tape);
    let found = tape.jvp(x, &[0.0; 6], &[0.0; 6], &[("x", wide.view())], &memory).unwrap_err().to_string();
    assert_eq!(found, "input \"direction of x\": found shape [2, 3], expected [2, 2]");
    let found = tape.vjp(z, right.view(), &[0.0; 6], &mut [0.0; 6], &mut memory.clone()).unwrap_err();
    assert_eq!(found.to_string(), "input \"seed of affine\": found shape [2, 2], expected [2, 3]");
}

#[test]
fn labels_are_class_indices() {
    let (tape, _) = classifier();
    for (label, said) in
        [(3.0, "3"), (-1.0, "-1"), (0.5, "0.5"), (f64::NAN, "NaN"), (1e300, &1e300.to_string())]
    {
        let labels = array![[2.0], [label]];
        let found = Memory::new().load(&tape, &[("label", labels.view())]).unwrap_err().to_string();
        let expected = "expected a whole number from 0 to 2";
        assert_eq!(found, format!("input \"label\", row 1: found label {said}, {expected}"));
    }
}

#[test]
fn a_label_that_is_written_unchecked_and_is_no_class_gives_nan() {
    let (tape, [_, label, _, loss]) = classifier();
    let mut memory = loaded(&tape);
    memory.input(label).fill(7.0);
    let (theta, mut grad) = (tape.layout().initial(0), vec![0.0; 6]);
    tape.forward(&theta, &mut memory);
    tape.backward(loss, &theta, &mut grad, &mut memory);
    assert!(tape.value(loss, &theta, &memory)[[0, 0]].is_nan());
    assert!(grad.iter().all(|g| g.is_nan()));
}

#[test]
fn an_empty_batch() {
    let (tape, _) = classifier();
    let none = Array2::<f64>::zeros((0, 2));
    let found = Memory::new().load(&tape, &[("x", none.view())]).unwrap_err().to_string();
    assert_eq!(found, "found a batch of 0 rows, expected at least 1");
}

#[test]
fn derivatives_of_a_single_number_only() {
    let (tape, [_, _, z, _]) = classifier();
    let (memory, theta) = (loaded(&tape), [0.0; 6]);
    let expected = "\"affine\" has shape [batch, 3], expected a single number [1, 1]; reduce it with sum or \
                    mean first";
    assert_eq!(tape.hvp(z, &theta, &theta, &memory).unwrap_err().to_string(), expected);
    assert_eq!(tape.hessian(z, &theta, &memory).unwrap_err().to_string(), expected);
    assert_eq!(tape.per_example_gradients(z, &theta, &memory).unwrap_err().to_string(), expected);
    assert_eq!(tape.gradcheck(z, &theta, &memory, 0).unwrap_err().to_string(), expected);
}

#[test]
fn vectors_are_as_long_as_the_layout() {
    let (tape, [.., loss]) = classifier();
    let (memory, theta, short) = (loaded(&tape), [0.0; 6], [0.0; 5]);
    let said = |error: Error| error.to_string();
    let direction = "direction: found 5 numbers, expected 6";
    assert_eq!(said(tape.jvp(loss, &theta, &short, &[], &memory).unwrap_err()), direction);
    assert_eq!(said(tape.hvp(loss, &theta, &short, &memory).unwrap_err()), direction);
    let whole = "θ: found 5 numbers, expected 6";
    assert_eq!(said(tape.jvp(loss, &short, &theta, &[], &memory).unwrap_err()), whole);
    assert_eq!(said(tape.hvp(loss, &short, &theta, &memory).unwrap_err()), whole);
    assert_eq!(said(tape.hessian(loss, &short, &memory).unwrap_err()), whole);
    assert_eq!(said(tape.jacobian(loss, Wrt::Theta, &short, &memory).unwrap_err()), whole);
    assert_eq!(said(tape.local_jacobian(loss, 0, &short, &memory).unwrap_err()), whole);
    assert_eq!(said(tape.per_example_gradients(loss, &short, &memory).unwrap_err()), whole);
    assert_eq!(said(tape.gradcheck(loss, &short, &memory, 0).unwrap_err()), whole);
    assert_eq!(said(tape.layout().view(&short, "0.weight").unwrap_err()), whole);
}

#[test]
fn the_first_of_several_errors_is_the_one() {
    let found = recording(|tape| {
        let x = tape.input("x", 0);
        let y = tape.map(Unary::Scale(f64::NAN), x);
        tape.name(y, "y");
        tape.input("x", 0);
    });
    assert_eq!(found, "x: found a width of 0, expected at least 1 row and 1 column");
}
