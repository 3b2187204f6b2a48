//! A tape as data and back; and what a program from a stranger cannot do.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;

use counting::peak;
use glassgrad_autograd::{Axis, Error, Init, Memory, Program, Tape, Unary, Var};
use ndarray::Array2;
use serde_json::{Value, json};

/// A network with scopes, names of the layer's own, second names, dropout, and a parameter that is renamed.
fn network(tape: &mut Tape, init: &Init) -> Var {
    let x = tape.input("x", 3);
    let hidden = tape.scope("0", |tape| {
        let (w, b) = (tape.param("weight", [4, 3], init.clone()), tape.param("bias", [1, 4], init.clone()));
        let z = tape.affine(x, w, Some(b));
        tape.name(b, "shift");
        tape.name(z, "z");
        tape.name(z, "before");
        tape.name(z, "")
    });
    let kept = tape.scope("1", |tape| tape.dropout(hidden, 0.5));
    let (left, right) = (tape.slice(kept, 0..2), tape.slice(kept, 1..4));
    let both = tape.concat(&[left, right]);
    let square = tape.map(Unary::Square, both);
    let again = tape.map(Unary::Square, square);
    let loss = tape.mean(again, Axis::All);
    tape.name(loss, "loss")
}

fn recorded(init: &Init) -> Tape {
    Tape::record(|tape| network(tape, init)).unwrap().0
}

#[test]
fn names_of_every_kind_survive() {
    let tape = recorded(&Init::ZEROS);
    let (again, ()) = tape.program().record(|_| ()).unwrap();
    assert_eq!(again, tape);
    assert_eq!(again.to_string(), tape.to_string());
    for name in ["0", "0.z", "0.before", "0.affine", "0.bias", "0.shift", "square_2", "1.mul", "loss", "mean"]
    {
        assert_eq!(again.var(name), tape.var(name), "{name}");
        assert!(again.var(name).is_ok(), "{name}");
    }
    assert_eq!(again.layout().segment("0.weight").unwrap().range(), 0..12);
}

#[test]
fn it_computes_the_same_bits_and_draws_the_same_masks() {
    let tape = recorded(&Init::HeNormal);
    let (again, ()) = tape.program().record(|_| ()).unwrap();
    let theta = tape.layout().initial::<f64>(3);
    let x = Array2::from_shape_fn((5, 3), |(r, c)| (r * 3 + c) as f64 * 0.1);
    let run = |tape: &Tape| {
        let (mut memory, mut grad) = (Memory::new(), vec![0.0; theta.len()]);
        memory.training(1, 2, 3);
        memory.load(tape, &[("x", x.view())]).unwrap();
        tape.forward(&theta, &mut memory);
        tape.backward(tape.var("loss").unwrap(), &theta, &mut grad, &mut memory);
        let mask = tape.value(tape.var("1.mask").unwrap(), &theta, &memory).to_owned();
        (grad, mask)
    };
    assert_eq!(run(&tape), run(&again));
}

#[test]
fn initial_values_are_not_kept() {
    let (again, ()) = recorded(&Init::HeNormal).program().record(|_| ()).unwrap();
    assert_eq!(again, recorded(&Init::ZEROS));
}

#[test]
fn a_beginning_goes_on_as_it_did() {
    let tape = recorded(&Init::ZEROS);
    let square = tape.var("square").unwrap();
    let go_on = |tape: &mut Tape| {
        let both = tape.var("concat").unwrap();
        let square = tape.map(Unary::Square, both);
        let again = tape.map(Unary::Square, square);
        let loss = tape.mean(again, Axis::All);
        tape.name(loss, "loss")
    };
    let (again, loss) = tape.program_before(square).record(go_on).unwrap();
    assert_eq!((&again, loss), (&tape, tape.var("loss").unwrap()));
}

/// The network's program, changed at a path.
fn changed(pointer: &str, to: &Value) -> Result<Program, serde_json::Error> {
    let mut value = serde_json::to_value(recorded(&Init::ZEROS).program()).unwrap();
    let place = value.pointer_mut(pointer).expect(pointer);
    *place = to.clone();
    serde_json::from_value(value)
}

/// The error of a changed program, and that finding it takes little memory.
fn refusal(pointer: &str, to: &Value) -> Error {
    let program = changed(pointer, to).unwrap();
    let mut result = None;
    let bytes = peak(|| result = Some(program.record(|_| ())));
    assert!(bytes < 32 << 10, "{pointer} = {to} takes {bytes} bytes");
    result.unwrap().expect_err(pointer)
}

type Check<'a> = &'a dyn Fn(&Error) -> bool;

#[test]
fn hostile_programs_are_refused() {
    let (shapes, unknown) = (
        |error: &Error| matches!(error, Error::Shapes { .. }),
        |error: &Error| matches!(error, Error::UnknownVariable { .. }),
    );
    let zero = |error: &Error| matches!(error, Error::ZeroWidth { .. });
    let large = |error: &Error| matches!(error, Error::TooLarge { .. });
    let instruction = |error: &Error| matches!(error, Error::Instruction { .. });
    let setting = |error: &Error| matches!(error, Error::Setting { .. });
    let duplicate = |error: &Error| matches!(error, Error::Duplicate { .. });
    let most = usize::MAX;
    let cases: [(&str, Value, Check<'_>); 26] = [
        // Operands: of later instructions, beyond the end, the instruction itself.
        ("/instructions/3/op/Affine/x", json!(4), &unknown),
        ("/instructions/3/op/Affine/w", json!(most), &unknown),
        ("/instructions/3/op/Affine/b", json!(3), &unknown),
        ("/instructions/8/op/Concat", json!([6, 12]), &unknown),
        ("/instructions/8/op/Concat", json!([]), &zero),
        ("/instructions/8/op/Concat", json!([6, 1]), &shapes),
        // Shapes that do not follow from the operands.
        ("/instructions/3/shape/columns", json!(5), &instruction),
        ("/instructions/9/shape/columns", json!(most), &instruction),
        ("/instructions/0/shape/rows", json!({"Fixed": 2}), &instruction),
        ("/instructions/1/shape/rows", json!("Batch"), &instruction),
        ("/instructions/1/op/Param/segment", json!(1), &instruction),
        ("/instructions/4/shape/columns", json!(1_u64 << 40), &instruction),
        ("/instructions/11/op/Reduce/axis", json!("Columns"), &instruction),
        // Widths: none, and more than there is memory.
        ("/instructions/0/shape/columns", json!(0), &zero),
        ("/instructions/1/shape", json!({"rows": {"Fixed": 0}, "columns": 3}), &zero),
        ("/instructions/1/shape", json!({"rows": {"Fixed": 1_u64 << 32}, "columns": 1_u64 << 32}), &large),
        ("/instructions/1/shape", json!({"rows": {"Fixed": most}, "columns": 3}), &large),
        ("/instructions/2/shape", json!({"rows": {"Fixed": 1}, "columns": most}), &large),
        ("/instructions/0/shape/columns", json!(most), &shapes),
        ("/instructions/6/op/Slice/start", json!(3), &shapes),
        // Settings and names.
        ("/instructions/4/op/Mask/rate", json!(1.0), &setting),
        ("/instructions/5/op/Zip/0", json!("Add"), &instruction),
        ("/instructions/5/op/Zip/2", json!(3), &instruction),
        ("/instructions/9/name", json!("x"), &duplicate),
        ("/further/0/0", json!("x"), &duplicate),
        ("/further/0/1", json!(99), &unknown),
    ];
    for (pointer, to, expected) in cases {
        let error = refusal(pointer, &to);
        assert!(expected(&error), "{pointer} = {to}: {error:?}");
    }
}

#[test]
fn a_value_of_sizes_that_overflow_is_refused() {
    // Doubled 64 times, a row of 1 number has 2⁶⁴.
    let doubled = Tape::record(|tape| {
        let mut x = tape.input("x", 1);
        for _ in 0..64 {
            x = tape.concat(&[x, x]);
        }
    });
    assert!(matches!(doubled, Err(Error::TooLarge { .. })), "{doubled:?}");
    let outer = Tape::record(|tape| {
        let x = tape.input("x", 1);
        let sides = [0, 1].map(|_| {
            let mut side = tape.sum(x, Axis::Rows);
            for _ in 0..40 {
                side = tape.concat(&[side, side]);
            }
            side
        });
        tape.matmul_transposed(sides[0], true, sides[1], false)
    });
    assert!(matches!(outer, Err(Error::TooLarge { at }) if at == "matmul"));
}

#[test]
fn the_place_is_named() {
    assert_eq!(
        refusal("/instructions/3/op/Affine/x", &json!(7)).to_string(),
        "instruction 3 (0).affine: found a variable of another tape, expected one recorded on this tape"
    );
    assert_eq!(
        refusal("/instructions/9/shape/columns", &json!(7)).to_string(),
        "instruction 9 (square): found settings or a shape that do not follow from its operands"
    );
}

#[test]
fn a_count_of_numbers() {
    let tape = recorded(&Init::ZEROS);
    // x 3, affine 4, mask 4, product 4, slices 2 and 3, concat 5, squares 5 and 5, mean 1.
    assert_eq!(tape.numbers(1), Some(36));
    assert_eq!(tape.numbers(2), Some(71));
    assert_eq!(tape.numbers(usize::MAX), None);
}
