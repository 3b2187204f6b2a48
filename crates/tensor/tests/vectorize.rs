//! A loop inside of `vectorized` gives the bits of the same steps taken one at a time outside of it.

use glassgrad_tensor::{Dual, Scalar, vectorized};
use std::hint::black_box;

/// Numbers with a value and, if they have one, a slope, as bits; every NaN is the same.
trait Bits: Scalar {
    fn number(i: u32) -> Self;
    fn bits(self) -> [u64; 2];
}

fn canonical(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }
}

impl Bits for f32 {
    fn number(i: u32) -> Self {
        // From −13 to 92 with both signs and some zeros: past the limits of e^x in `f32`.
        (i * i) as f32 * 0.0625 - 13.0
    }
    fn bits(self) -> [u64; 2] {
        [canonical(self.into()), 0]
    }
}

impl Bits for f64 {
    fn number(i: u32) -> Self {
        f64::from(i * i) * 0.5 - 60.0
    }
    fn bits(self) -> [u64; 2] {
        [canonical(self), 0]
    }
}

impl<T: Bits> Bits for Dual<T> {
    fn number(i: u32) -> Self {
        Dual::new(T::number(i), T::number(i % 7))
    }
    fn bits(self) -> [u64; 2] {
        [self.value.bits()[0], self.slope.bits()[0]]
    }
}

fn all_bits<T: Bits>(x: &[T]) -> Vec<[u64; 2]> {
    x.iter().map(|x| x.bits()).collect()
}

fn same_bits<T: Bits>(name: &str, f: impl Fn(T) -> T + Copy) {
    for length in 0..=40 {
        let x: Vec<T> = (0..length).map(T::number).collect();
        let one_by_one: Vec<T> = x.iter().map(|&x| black_box(f(black_box(x)))).collect();
        let mut together = vec![T::zero(); x.len()];
        vectorized(
            #[inline(always)]
            || {
                for (y, &x) in together.iter_mut().zip(&x) {
                    *y = f(x);
                }
            },
        );
        assert_eq!(all_bits(&together), all_bits(&one_by_one), "{name} of {length} numbers");
    }
}

fn every_function_has_the_same_bits<T: Bits>() {
    same_bits("exp", T::exp);
    same_bits("exp_m1", T::exp_m1);
    same_bits("ln", T::ln);
    same_bits("ln_1p", T::ln_1p);
    same_bits("tanh", T::tanh);
    same_bits("erfc", T::erfc);
    same_bits("sigmoid", T::sigmoid);
    same_bits("sigmoid_slope", T::sigmoid_slope);
    same_bits("softplus", T::softplus);
    same_bits("sqrt", T::sqrt);
    same_bits("abs", T::abs);
    same_bits("x·x + x", |x: T| x * x + x);
    same_bits("1/(x − 3)", |x: T| T::one() / (x - T::from_f64(3.0)));
}

#[test]
fn f32_has_the_same_bits() {
    every_function_has_the_same_bits::<f32>();
}

#[test]
fn f64_has_the_same_bits() {
    every_function_has_the_same_bits::<f64>();
}

#[test]
fn dual_f32_has_the_same_bits() {
    every_function_has_the_same_bits::<Dual<f32>>();
}

#[test]
fn dual_f64_has_the_same_bits() {
    every_function_has_the_same_bits::<Dual<f64>>();
}

#[test]
fn the_result_is_handed_back() {
    assert_eq!(vectorized(|| [1.0, 2.0].map(f64::sqrt)), [1.0, 2f64.sqrt()]);
}
