//! A forward run that keeps nothing has the bits of one that keeps everything.

use glassgrad_autograd::{Axis, Binary, Error, Inference, Init, Memory, Tape, Unary, Var};
use ndarray::{Array2, s};

fn dense(tape: &mut Tape, name: &str, x: Var, outputs: usize) -> Var {
    let inputs = tape.shape(x).columns;
    tape.scope(name, |tape| {
        let w = tape.param("weight", [outputs, inputs], Init::GlorotUniform);
        let b = tape.param("bias", [1, outputs], Init::Constant(0.1));
        tape.affine(x, w, Some(b))
    })
}

/// Skip connections, reductions, masks, columns side by side, and a value that nobody needs.
fn tangled() -> (Tape, [Var; 2]) {
    Tape::record(|tape| {
        let x = tape.input("x", 5);
        let z = dense(tape, "0", x, 7);
        let h = tape.map(Unary::Tanh, z);
        let _unused = dense(tape, "unused", h, 3);
        let t = dense(tape, "1", h, 7);
        let t = tape.dropout(t, 0.5);
        let r = tape.add(h, t);
        let mean = tape.mean(r, Axis::Columns);
        let centred = tape.sub(r, mean);
        let wide = tape.concat(&[centred, x, h]);
        let part = tape.slice(wide, 2..15);
        let logits = dense(tape, "2", part, 4);
        let y = tape.softmax(logits);
        let square = tape.zip(Binary::Mul, y, y);
        [x, tape.log_softmax(square)]
    })
    .expect("the shapes fit")
}

fn rows(count: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((count, columns), |(i, j)| ((7 * i + 3 * j) % 11) as f64 / 5.0 - 1.0)
}

#[test]
fn every_value_has_the_bits_of_a_run_that_keeps_all() {
    let (tape, [x, _]) = tangled();
    let theta = tape.layout().initial::<f64>(3);
    let mut inference = Inference::new();
    for count in [3, 1, 8] {
        let batch = rows(count, 5);
        let mut memory = Memory::new();
        memory.load(&tape, &[("x", batch.view())]).expect("the shape fits");
        tape.forward(&theta, &mut memory);
        for var in tape.vars() {
            let alone = inference.run(&tape, var, &theta, x, batch.view()).expect("the shape fits");
            assert_eq!(alone, tape.value(var, &theta, &memory), "{} of {count} rows", tape.name_of(var));
        }
    }
}

#[test]
fn a_view_with_gaps_is_read_as_well() {
    let (tape, [x, y]) = tangled();
    let theta = tape.layout().initial::<f64>(3);
    let whole = rows(6, 10);
    let gaps = whole.slice(s![..;2, ..;2]);
    let [mut one, mut other] = [Inference::new(), Inference::new()];
    let copy = gaps.as_standard_layout();
    let expected = other.run(&tape, y, &theta, x, copy.view()).expect("the shape fits");
    assert_eq!(one.run(&tape, y, &theta, x, gaps).expect("the shape fits"), expected);
}

#[test]
fn what_does_not_fit_is_said() {
    let (tape, [x, y]) = tangled();
    let theta = tape.layout().initial::<f64>(3);
    let mut inference = Inference::new();
    let mut run = |theta: &[f64], batch: Array2<f64>| inference.run(&tape, y, theta, x, batch.view()).err();
    assert_eq!(
        run(&theta, rows(2, 4)),
        Some(Error::Input { name: "x".into(), expected: [2, 5], found: [2, 4] })
    );
    assert_eq!(run(&theta, rows(0, 5)), Some(Error::EmptyBatch));
    assert!(matches!(run(&theta[1..], rows(2, 5)), Some(Error::Length { .. })));

    let (tape, [x, sum]) = Tape::record(|tape| {
        let (x, other) = (tape.input("x", 2), tape.input("other", 2));
        [x, tape.add(x, other)]
    })
    .expect("the shapes fit");
    let error = inference.run(&tape, sum, &[], x, rows(2, 2).view()).expect_err("the other input is missing");
    assert_eq!(error, Error::UnknownName { name: "other".into(), known: vec!["x".into()] });
}
