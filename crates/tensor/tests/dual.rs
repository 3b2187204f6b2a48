//! Derivatives that a branch could get wrong.

use glassgrad_tensor::{Dual, Scalar};

/// The derivative of `f` at `x`.
fn slope(f: fn(Dual<f64>) -> Dual<f64>, x: f64) -> f64 {
    f(Dual::new(x, 1.0)).slope
}

#[test]
fn the_sigmoid_and_its_kin_are_smooth_at_0() {
    assert_eq!(slope(Scalar::sigmoid, 0.0), 0.25);
    assert_eq!(slope(Scalar::sigmoid, -0.0), 0.25);
    assert_eq!(slope(Scalar::sigmoid_slope, 0.0), 0.0);
    assert_eq!(slope(Scalar::softplus, 0.0), 0.5);
    assert_eq!(slope(Scalar::softplus, -0.0), 0.5);
    assert_eq!(slope(Scalar::tanh, 0.0), 1.0);
}

/// The rules of `Dual` are compositions of other functions than those that they differentiate.
#[test]
fn the_derivative_of_each_function_is_the_one_documented() {
    for i in -300..=300 {
        let x = f64::from(i) * 0.1;
        let close = |got: f64, want: f64| {
            assert!((got - want).abs() <= 1e-14 * want.abs(), "at {x}: {got:e} instead of {want:e}");
        };
        close(slope(Scalar::sigmoid, x), x.sigmoid_slope());
        close(slope(Scalar::softplus, x), x.sigmoid());
        close(slope(Scalar::tanh, x), 4.0 * (2.0 * x).sigmoid_slope());
        close(slope(Scalar::exp_m1, x), Scalar::exp(x));
        close(Dual::new(x, 1.0).sigmoid().value, x.sigmoid());
        close(Dual::new(x, 1.0).softplus().value, x.softplus());
    }
}

#[test]
fn powi_has_a_slope_at_the_ends_of_its_exponents() {
    assert_eq!(Dual::new(0.0, 1.0).powi(1).slope, 1.0);
    assert_eq!(Dual::new(2.0, 1.0).powi(i32::MIN).slope, 0.0);
}
