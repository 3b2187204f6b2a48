//! Reductions: their documented order, bit for bit, and their limits.

use glassgrad_tensor::{Dual, Scalar, reduce};

fn numbers(count: u32) -> Vec<f32> {
    (0..count).map(|i| (i as f32 * 0.7).sin() * 10f32.powf((i % 5) as f32 - 2.0)).collect()
}

/// The order of the module's documentation, written down naively.
fn in_lanes(x: &[f32]) -> f32 {
    let lane = |l: usize| x.iter().skip(l).step_by(8).fold(0.0, |sum, &v| sum + v);
    ((lane(0) + lane(4)) + (lane(2) + lane(6))) + ((lane(1) + lane(5)) + (lane(3) + lane(7)))
}

#[test]
fn a_sum_is_in_the_documented_order() {
    for count in 0..100 {
        let x = numbers(count);
        let want = if count < 8 { x.iter().fold(0.0, |sum, &v| sum + v) } else { in_lanes(&x) };
        assert_eq!(reduce::sum(&x).to_bits(), want.to_bits(), "{count} elements");
    }
}

#[test]
fn rows_are_added_from_the_first_to_the_last() {
    for columns in 1..20 {
        let x = numbers(7 * columns);
        let mut total = vec![0.5; columns as usize];
        reduce::add_rows(&x, &mut total);
        for (column, got) in total.iter().enumerate() {
            let want = x.iter().skip(column).step_by(columns as usize).fold(0.5, |sum, &v| sum + v);
            assert_eq!(got.to_bits(), want.to_bits(), "column {column} of {columns}");
        }
    }
}

#[test]
fn the_maximum_is_found_wherever_it_stands() {
    for count in 1..40 {
        for at in 0..count {
            let mut x = vec![-3.0; count];
            x[at] = -2.0;
            x[(at + 1) % count] = if count > 1 { f64::NAN } else { -2.0 };
            assert_eq!(reduce::max(&x), -2.0, "at {at} of {count}");
        }
    }
    assert_eq!(reduce::max::<f64>(&[]), f64::NEG_INFINITY);
}

#[test]
fn log_sum_exp_adds_in_lanes() {
    for count in 1..40 {
        let x = numbers(count);
        let m = reduce::max(&x);
        let exponentials: Vec<f32> = x.iter().map(|&v| Scalar::exp(v - m)).collect();
        let want = m + Scalar::ln(in_lanes(&exponentials));
        assert_eq!(reduce::log_sum_exp(&x).to_bits(), want.to_bits(), "{count} elements");
    }
}

#[test]
fn log_sum_exp_at_its_limits() {
    let inf = f64::INFINITY;
    assert_eq!(reduce::log_sum_exp::<f64>(&[]), -inf);
    assert_eq!(reduce::log_sum_exp(&[-inf, -inf]), -inf);
    assert_eq!(reduce::log_sum_exp(&[-inf, 3.0]), 3.0);
    assert_eq!(reduce::log_sum_exp(&[1.0, inf]), inf);
    assert_eq!(reduce::log_sum_exp(&[-1e308, 1e308]), 1e308);
    assert!(reduce::log_sum_exp(&[f64::NAN]).is_nan());
    assert!(reduce::log_sum_exp(&[1.0, f64::NAN, inf]).is_nan());
}

#[test]
fn the_derivative_of_log_sum_exp_is_softmax() {
    let x = [0.5f64, -1.0, 2.0, 2.0, 0.0, 1.0, -3.0, 0.25, 1.5];
    let total: f64 = x.iter().map(|v| v.exp()).sum();
    for along in 0..x.len() {
        let duals: Vec<_> =
            x.iter().enumerate().map(|(i, &v)| Dual::new(v, f64::from(u8::from(i == along)))).collect();
        let softmax = x[along].exp() / total;
        assert!((reduce::log_sum_exp(&duals).slope - softmax).abs() <= 1e-15, "along {along}");
    }
}
