//! Values and slopes where arithmetic gets rough: huge operands, far tails, kinks.

use glassgrad_autograd::{Memory, Tape, Unary, Var};
use glassgrad_tensor::{Dual, Scalar};
use ndarray::{Array2, array};

/// Value and gradient of `loss`, a function of one input row, per entry of the row.
fn run<T: Scalar>(x: &Array2<T>, record: impl Fn(&mut Tape, Var) -> Var) -> (Array2<T>, Array2<T>) {
    let (tape, (x_var, y)) = Tape::record(|tape| {
        let x_var = tape.input("x", x.ncols());
        (x_var, record(tape, x_var))
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.load(&tape, &[("x", x.view())]).unwrap();
    tape.forward(&[], &mut memory);
    tape.backward(y, &[], &mut [], &mut memory);
    (tape.value(y, &[], &memory).to_owned(), tape.adjoint(x_var, &[], &memory).unwrap().to_owned())
}

fn unary<T: Scalar>(f: Unary, x: T) -> (T, T) {
    let (y, slope) = run(&array![[x]], |tape, x| tape.map(f, x));
    (y[[0, 0]], slope[[0, 0]])
}

#[test]
fn slopes_are_finite_where_values_are() {
    fn check<T: Scalar>(f: Unary) {
        for x in [-1e4, -1e3, -100.0, -1.0, -1e-30, 1e-30, 1.0, 100.0, 1e3, 1e4] {
            let (y, slope) = unary(f, T::from_f64(x));
            assert!(!y.is_finite() || slope.is_finite(), "{f:?} at {x}: value {y}, slope {slope}");
            let dual = f.value(Dual::new(T::from_f64(x), T::one()));
            assert!(!y.is_finite() || dual.slope.is_finite(), "{f:?} at {x}: dual number {dual}");
        }
    }
    for &f in Unary::ALL {
        check::<f32>(f);
        check::<f64>(f);
    }
}

/// How far `got` is from `expected`, in units of the last place of an `f32`.
fn ulps(got: f32, expected: f64) -> f64 {
    let exponent = expected.abs().log2().floor().max(-126.0);
    (f64::from(got) - expected).abs() / (exponent - 23.0).exp2()
}

#[test]
fn tails_keep_their_relative_precision_in_f32() {
    // Each function with how far into its tails, and how many units in the last place are allowed. Where
    // the argument of an exponential e^v is not x but computed from it, its rounding shows as about |v|
    // units: v = x²/2 = 72 for the Gaussian (twice, in Φ and in φ), and v = 65 for its approximation.
    for (f, reach, bound) in [
        (Unary::Sigmoid, 80.0, 4.0),
        (Unary::Tanh, 40.0, 6.0),
        (Unary::Silu, 80.0, 6.0),
        (Unary::Softplus, 80.0, 4.0),
        (Unary::Gelu, 12.0, 300.0),
        (Unary::GeluTanh, 9.0, 150.0),
        (Unary::Elu(1.0), 80.0, 4.0),
    ] {
        let mut worst = (0.0, 0.0, "");
        for i in -400..=400_i16 {
            let x = f32::from(i) / 400.0 * reach;
            if x.abs() < 2.0 {
                continue; // slopes that pass through 0 have no relative precision there
            }
            let (y, slope) = unary(f, x);
            let (exact, exact_slope) = unary(f, f64::from(x));
            for (what, got, expected) in [("value", y, exact), ("slope", slope, exact_slope)] {
                let error = ulps(got, expected);
                if error > worst.0 {
                    worst = (error, x, what);
                }
            }
        }
        assert!(worst.0 <= bound, "{f:?}: {worst:?}");
    }
}

#[test]
fn sigmoid_and_its_slope_are_precise_at_30() {
    // σ(−30) = e⁻³⁰/(1 + e⁻³⁰), and σ' is as good as equal to it; σ(30)·(1 − σ(30)) would be 0 in f32.
    let tail = 9.357_622_968_839_299e-14;
    let (left, left_slope) = unary(Unary::Sigmoid, -30.0_f32);
    let (right, right_slope) = unary(Unary::Sigmoid, 30.0_f32);
    assert!(ulps(left, tail) <= 2.0, "{left}");
    assert!(ulps(left_slope, tail) <= 2.0, "{left_slope}");
    assert!(ulps(right_slope, tail) <= 2.0, "{right_slope}");
    assert_eq!(right, 1.0);
}

#[test]
fn a_sigmoid_cross_entropy_keeps_a_confident_gradient() {
    for (target, logit) in [(1.0_f32, 30.0_f32), (0.0, -30.0)] {
        let (loss, slope) = run(&array![[logit]], |tape, z| {
            let shift = tape.map(Unary::Scale(0.0), z);
            let t = tape.map(Unary::Shift(f64::from(target)), shift);
            let t = tape.stop_gradient(t);
            tape.sigmoid_cross_entropy(z, t)
        });
        let tail = 9.357_622_968_839_299e-14;
        assert!(ulps(loss[[0, 0]], tail) <= 2.0, "{loss}");
        assert!(ulps(slope[[0, 0]].abs(), tail) <= 2.0, "{slope}");
        assert_eq!(slope[[0, 0]].is_sign_negative(), target == 1.0);
    }
}

#[test]
fn dual_numbers_agree_with_the_backward_sweep_at_zero() {
    // Kinks included: both take the slope that the function's row names.
    for &f in Unary::ALL {
        for x in [0.0_f64, -0.0] {
            let (y, slope) = unary(f, x);
            let dual = f.value(Dual::new(x, 1.0));
            assert_eq!((dual.value, dual.slope), (y, slope), "{f:?} at {x}");
        }
    }
}

#[test]
fn slopes_at_kinks_are_those_documented() {
    for (f, x, slope) in [
        (Unary::Relu, 0.0, 0.0),
        (Unary::Abs, 0.0, 0.0),
        (Unary::LeakyRelu(0.01), 0.0, 0.01),
        (Unary::Elu(1.3), 0.0, 1.3),
        (Unary::Max(0.3), 0.3, 0.0),
        (Unary::Min(0.3), 0.3, 0.0),
        (Unary::Huber(0.8), 0.8, 0.8),
        (Unary::Huber(0.8), -0.8, -0.8),
    ] {
        assert_eq!(unary(f, x).1, slope, "{f:?}");
        assert_eq!(f.value(Dual::new(x, 1.0)).slope, slope, "{f:?}");
    }
}

#[test]
fn nan_stays_nan() {
    for &f in Unary::ALL {
        assert!(unary(f, f64::NAN).0.is_nan(), "{f:?} hides a NaN");
    }
}
