//! The elementary functions: how far they are from the truth, in units in the last place, on the whole line.
//!
//! The truth for `f32` is the same function in `f64`, by other code than ours; for `f64` it is
//! `math_f64.csv`, which `math_f64.py` makes with 250 bits.

use glassgrad_tensor::Scalar;

/// Name, `f32`, `f64`, an independent `f64`, and the greatest errors found, in ulp, for `f32` and `f64`.
type Function = (&'static str, fn(f32) -> f32, fn(f64) -> f64, fn(f64) -> f64, f64, f64);

const FUNCTIONS: [Function; 9] = [
    ("exp", Scalar::exp, Scalar::exp, libm::exp, 0.82, 0.87),
    ("exp_m1", Scalar::exp_m1, Scalar::exp_m1, libm::expm1, 0.51, 1.74),
    ("ln", Scalar::ln, Scalar::ln, libm::log, 0.51, 0.77),
    ("ln_1p", Scalar::ln_1p, Scalar::ln_1p, libm::log1p, 0.51, 0.8),
    ("tanh", Scalar::tanh, Scalar::tanh, tanh, 1.52, 1.52),
    ("erfc", Scalar::erfc, Scalar::erfc, libm::erfc, 0.51, 1.76),
    ("sigmoid", Scalar::sigmoid, Scalar::sigmoid, sigmoid, 1.25, 1.25),
    ("sigmoid_slope", Scalar::sigmoid_slope, Scalar::sigmoid_slope, sigmoid_slope, 1.53, 1.47),
    ("softplus", Scalar::softplus, Scalar::softplus, softplus, 0.51, 1.66),
];

fn tanh(x: f64) -> f64 {
    let e = libm::expm1(-2.0 * x.abs());
    (-e / (2.0 + e)).copysign(x)
}

fn sigmoid(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

fn sigmoid_slope(x: f64) -> f64 {
    let e = libm::exp(-x.abs());
    e / (1.0 + e) / (1.0 + e)
}

fn softplus(x: f64) -> f64 {
    libm::fmax(x, 0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// |`got` − `want`| in ulp of `want` as an `f32`; 0 if both are NaN or round to the same infinity.
fn ulp_f32(got: f32, want: f64) -> f64 {
    let nearest = want as f32;
    if nearest.is_nan() || nearest.is_infinite() || !got.is_finite() {
        let one_below = got.to_bits().abs_diff(nearest.to_bits()) <= 1 && !got.is_nan();
        return if got == nearest || (got.is_nan() && nearest.is_nan()) || one_below {
            0.0
        } else {
            f64::INFINITY
        };
    }
    let exponent = f64::from(nearest.abs().max(f32::MIN_POSITIVE)).log2().floor();
    (f64::from(got) - want).abs() / (exponent - 23.0).exp2()
}

/// The greatest error of each `f32` function over every `stride`-th bit pattern.
fn sweep_f32(stride: usize) {
    std::thread::scope(|scope| {
        for function in FUNCTIONS {
            scope.spawn(move || sweep_one_f32(function, stride));
        }
    });
}

fn sweep_one_f32((name, single, _, truth, bound, _): Function, stride: usize) {
    let (mut worst, mut at) = (0.0, 0.0);
    for bits in (0..=u32::MAX).step_by(stride) {
        let x = f32::from_bits(bits);
        let error = ulp_f32(single(x), truth(f64::from(x)));
        if error > worst {
            (worst, at) = (error, x);
        }
    }
    println!("f32 {name:14} {worst:.3} ulp at {at:e}");
    assert!(worst <= bound, "{name}({at:e}) is {worst} ulp off, more than {bound}");
}

#[test]
fn f32_is_accurate_over_all_exponents() {
    sweep_f32(9973);
}

#[test]
#[ignore = "minutes: every f32 there is"]
fn f32_is_accurate_everywhere() {
    sweep_f32(1);
}

/// (x, the nearest f64 to f(x), the rest in ulp) of one function.
fn fixtures(name: &str) -> impl Iterator<Item = (f64, f64, f64)> {
    include_str!("math_f64.csv").lines().filter_map(move |line| {
        let numbers = line.strip_prefix(name)?.strip_prefix(',')?;
        let mut numbers = numbers.split(',').map(|number| number.parse::<f64>().expect("a number"));
        Some((numbers.next()?, numbers.next()?, numbers.next()?))
    })
}

/// The distance from `x` > 0 to the next larger f64.
fn ulp(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}

#[test]
fn f64_is_accurate_at_points_known_exactly() {
    for (name, _, double, _, _, bound) in FUNCTIONS {
        let (mut worst, mut at, mut count) = (0.0, 0.0, 0);
        for (x, want, rest) in fixtures(name) {
            let error = ((double(x) - want) / ulp(want) - rest).abs();
            if error > worst || error.is_nan() {
                (worst, at) = (error, x);
            }
            count += 1;
        }
        println!("f64 {name:14} {worst:.3} ulp at {at:e}, {count} points");
        assert!(count > 100, "{name}: {count} points");
        assert!(worst <= bound, "{name}({at:e}) is {worst} ulp off, more than {bound}");
    }
}

/// Between the exact points, another implementation: each of the two may be wrong by its own bound.
#[test]
fn f64_agrees_with_another_implementation_over_all_exponents() {
    for (name, _, double, other, _, bound) in FUNCTIONS {
        for i in 0..100_000u64 {
            // Golden-ratio steps through all bit patterns.
            let x = f64::from_bits(i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let (got, want) = (double(x), other(x));
            let same = got == want || (got.is_nan() && want.is_nan());
            let far = (got - want).abs() > (bound + 3.0) * ulp(want);
            assert!(same || !far, "{name}({x:e}) is {got:e}, another implementation has {want:e}");
        }
    }
}

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// f(−∞), f(−0), f(0), f(∞), then f(NaN) is NaN.
#[test]
fn special_values_are_those_of_ieee_754_and_c99() {
    let expected: [(&str, [f64; 4]); 9] = [
        ("exp", [0.0, 1.0, 1.0, INF]),
        ("exp_m1", [-1.0, -0.0, 0.0, INF]),
        ("ln", [NAN, -INF, -INF, INF]),
        ("ln_1p", [NAN, -0.0, 0.0, INF]),
        ("tanh", [-1.0, -0.0, 0.0, 1.0]),
        ("erfc", [2.0, 1.0, 1.0, 0.0]),
        ("sigmoid", [0.0, 0.5, 0.5, 1.0]),
        ("sigmoid_slope", [0.0, 0.25, 0.25, 0.0]),
        ("softplus", [0.0, std::f64::consts::LN_2, std::f64::consts::LN_2, INF]),
    ];
    for ((name, single, double, ..), (same_name, values)) in FUNCTIONS.into_iter().zip(expected) {
        assert_eq!(name, same_name);
        for (x, want) in [-INF, -0.0, 0.0, INF].into_iter().zip(values) {
            let (s, d) = (single(x as f32), double(x));
            if want.is_nan() {
                assert!(s.is_nan() && d.is_nan(), "{name}({x}) is {s} and {d}, not NaN");
            } else {
                assert_eq!(s.to_bits(), (want as f32).to_bits(), "{name}({x}) is {s}, not {want}");
                assert_eq!(d.to_bits(), want.to_bits(), "{name}({x}) is {d}, not {want}");
            }
        }
        assert!(single(f32::NAN).is_nan() && double(NAN).is_nan(), "{name}(NaN)");
    }
    assert_eq!((Scalar::ln_1p(-1f32), Scalar::ln_1p(-1f64)), (f32::NEG_INFINITY, -INF));
    assert!(Scalar::ln(-1f32).is_nan() && Scalar::ln(-1f64).is_nan());
    assert!(Scalar::ln_1p(-1.5f32).is_nan() && Scalar::ln_1p(-1.5f64).is_nan());
}

/// The last argument before overflow and the first beyond it; the last result before underflow to 0.
#[test]
fn overflow_and_underflow_begin_where_they_must() {
    let last = f64::from_bits(0x4086_2e42_fefa_39ef); // ln f64::MAX, rounded down
    let next = f64::from_bits(last.to_bits() + 1);
    assert!(Scalar::exp(last).is_finite() && Scalar::exp(next) == INF);
    assert!(Scalar::exp_m1(last).is_finite() && Scalar::exp_m1(next) == INF);
    assert_eq!(Scalar::exp(-745.1), f64::from_bits(1));
    assert_eq!(Scalar::sigmoid(-745.1), f64::from_bits(1));
    assert_eq!(Scalar::exp(-745.2), 0.0);
    let last = f32::from_bits(0x42b1_7217);
    let next = f32::from_bits(0x42b1_7218);
    assert!(Scalar::exp(last).is_finite() && Scalar::exp(next) == f32::INFINITY);
    assert_eq!(Scalar::exp(-103.9f32), f32::from_bits(1));
    assert_eq!(Scalar::exp(-104.0f32), 0.0);
    assert_eq!(Scalar::ln(f32::from_bits(1)), (-149.0 * std::f64::consts::LN_2) as f32);
    assert_eq!(Scalar::ln(f64::from_bits(1)), -1074.0 * std::f64::consts::LN_2);
}
