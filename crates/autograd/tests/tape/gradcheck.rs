//! The gradient check itself: it finds nothing wrong where nothing is, however numbers nearly cancel.

use glassgrad_autograd::{Axis, Init, Memory, Tape, Unary, Var};
use ndarray::Array2;

/// Checks a network of two layers with this on top of it, for several seeds.
fn check(name: &str, top: impl Fn(&mut Tape, Var) -> Var) {
    for (seed, activation) in [Unary::Tanh, Unary::Sigmoid, Unary::Gelu].into_iter().enumerate() {
        let (tape, loss) = Tape::record(|tape| {
            let mut h = tape.input("x", 4);
            for (layer, [outs, ins]) in [[6, 4], [3, 6]].into_iter().enumerate() {
                let w = tape.param(&format!("w{layer}"), [outs, ins], Init::GlorotNormal);
                let b = tape.param(&format!("b{layer}"), [1, outs], Init::Normal { mean: 0.0, std: 0.3 });
                let z = tape.affine(h, w, Some(b));
                h = if layer == 0 { tape.map(activation, z) } else { z };
            }
            top(tape, h)
        })
        .unwrap();
        let mut memory = Memory::new();
        let x = Array2::from_shape_fn((16, 4), |(i, j)| ((7 * i + 3 * j) as f64).sin());
        memory.load(&tape, &[("x", x.view())]).unwrap();
        let random: Vec<f64> = tape.layout().initial(seed as u64);
        let no_bias = random.iter().enumerate().map(|(i, &t)| if (24..30).contains(&i) { 0.0 } else { t });
        for theta in [random.clone(), no_bias.collect()] {
            let report = tape.gradcheck(loss, &theta, &memory, seed as u64).unwrap();
            assert!(report.passed(), "{name}:\n{report}");
        }
    }
}

#[test]
fn a_plain_sum_and_a_mean_square() {
    check("sum", |tape, h| tape.sum(h, Axis::All));
    check("mean square", |tape, h| {
        let square = tape.map(Unary::Square, h);
        tape.mean(square, Axis::All)
    });
}

#[test]
fn a_sum_that_cancels() {
    check("softmax", |tape, h| {
        let p = tape.softmax(h);
        tape.sum(p, Axis::All)
    });
    check("batch normalisation", |tape, h| {
        let mean = tape.mean(h, Axis::Rows);
        let centred = tape.sub(h, mean);
        let square = tape.map(Unary::Square, centred);
        let variance = tape.mean(square, Axis::Rows);
        let safe = tape.map(Unary::Shift(0.5), variance);
        let deviation = tape.map(Unary::Sqrt, safe);
        let normal = tape.div(centred, deviation);
        tape.sum(normal, Axis::All)
    });
}

#[test]
fn digits_lost_on_the_way() {
    check("there and back", |tape, h| {
        let far = tape.map(Unary::Shift(1e4), h);
        let back = tape.map(Unary::Shift(-1e4), far);
        let square = tape.map(Unary::Square, back);
        tape.mean(square, Axis::All)
    });
}

#[test]
fn the_report_is_a_table() {
    let (tape, loss) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::Constant(2.0));
        tape.map(Unary::PowI(3), w)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.resize(&tape, 1).unwrap();
    let report = tape.gradcheck(loss, &[2.0], &memory, 0).unwrap().to_string();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines.len(), 4, "{report}");
    assert!(lines[0].starts_with("derivative") && lines[0].ends_with("order"), "{report}");
    assert!(lines[1].starts_with("powi by w") && lines[1].ends_with("2.00"), "{report}");
    assert!(lines[2].starts_with("powi by θ") && lines[3].contains("[0, 0]     1.200000e1"), "{report}");
}

#[test]
fn a_kink_in_reach_is_reported() {
    let (tape, loss) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::ZEROS);
        tape.map(Unary::Relu, w)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.resize(&tape, 1).unwrap();
    assert!(!tape.gradcheck(loss, &[0.0], &memory, 0).unwrap().passed());
    assert!(tape.gradcheck(loss, &[0.5], &memory, 0).unwrap().passed());
}
