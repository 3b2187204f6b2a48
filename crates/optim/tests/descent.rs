//! Resuming, groups, clipping and number types.

use glassgrad_optim::{
    AdaGrad, Adam, AdamW, Clip, Descent, Error, Group, Momentum, Nesterov, Optimizer, Plateau, Progress,
    Recipe, RmsProp, Schedule, Sgd, Watch,
};
use glassgrad_tensor::{Dual, Scalar};
use std::fmt::Debug;
use std::ops::Range;

const LAYOUT: [(&str, Range<usize>); 4] =
    [("0.weight", 0..12), ("0.bias", 12..15), ("2.weight", 15..21), ("2.bias", 21..23)];
const LEN: usize = 23;

/// All rules, with every hyper-parameter in play.
fn rules<T: Scalar>() -> Vec<Box<dyn Optimizer<T>>> {
    vec![
        Box::new(Sgd { weight_decay: 0.1, ..Sgd::default() }),
        Box::new(Momentum { dampening: 0.2, weight_decay: 0.1, ..Momentum::default() }),
        Box::new(Nesterov { weight_decay: 0.1, ..Nesterov::default() }),
        Box::new(RmsProp { weight_decay: 0.1, ..RmsProp::default() }),
        Box::new(RmsProp { centered: true, ..RmsProp::default() }),
        Box::new(AdaGrad { lr_decay: 0.1, initial_accumulator: 0.3, ..AdaGrad::default() }),
        Box::new(Adam { weight_decay: 0.1, ..Adam::default() }),
        Box::new(AdamW { weight_decay: 0.1, ..AdamW::default() }),
    ]
}

fn start<T: Scalar>() -> Vec<T> {
    (0..LEN).map(|i| T::from_f64((i as f64 * 0.7).sin())).collect()
}

/// ∇ of Σ ½·kᵢ·(θᵢ − 1)² with kᵢ from 1 to 2, moved a little by the step.
fn gradient<T: Scalar>(theta: &[T], t: u64, grad: &mut [T]) {
    for (i, (g, &x)) in grad.iter_mut().zip(theta).enumerate() {
        let k = T::from_f64(1.0 + i as f64 / LEN as f64);
        *g = k * (x - T::one()) + T::from_f64(0.1 * (t as f64 + i as f64).cos());
    }
}

/// `n` updates from wherever `descent` is.
fn run<T: Scalar>(descent: &mut Descent<T>, theta: &mut [T], n: usize) {
    let mut grad = vec![T::zero(); theta.len()];
    for _ in 0..n {
        let t = descent.progress().t;
        gradient(theta, t, &mut grad);
        descent.observe(1.0 + (t % 3) as f64);
        descent.step(theta, &mut grad).expect("a finite gradient");
    }
}

fn full_recipe(rule: Box<dyn Optimizer<f64>>) -> Recipe<f64> {
    let cosine = Schedule::Cosine { steps: 20, min_lr: 1e-4 };
    Recipe::from_box(rule)
        .schedule(Schedule::WarmUp { steps: 4, start: 0.1, then: Box::new(cosine) })
        .plateau(Plateau { factor: 0.5, patience: 2, cooldown: 2, ..Plateau::default() })
        .clip(Clip::Norm(0.5))
        .group("*.bias", Group { weight_decay: Some(0.0), ..Group::default() })
        .group("2.*", Group { lr_factor: 0.5, ..Group::default() })
}

#[test]
fn a_resumed_run_has_the_same_bits() {
    for stop in [0, 1, 7, 19] {
        for (whole, half, resumed) in
            rules().into_iter().zip(rules()).zip(rules()).map(|((a, b), c)| (a, b, c))
        {
            let name = format!("{whole:?}, stopped after {stop}");
            let mut whole = full_recipe(whole).bind(&LAYOUT).expect("a valid recipe");
            let mut theta = start();
            run(&mut whole, &mut theta, 25);

            let mut half = full_recipe(half).bind(&LAYOUT).expect("a valid recipe");
            let mut theta_resumed = start();
            run(&mut half, &mut theta_resumed, stop);
            let (progress, state) = (half.progress(), half.state().to_vec());
            let mut resumed = full_recipe(resumed).bind(&LAYOUT).expect("a valid recipe");
            resumed.restore(progress, &state).expect("what was saved");
            run(&mut resumed, &mut theta_resumed, 25 - stop);

            assert_eq!(theta, theta_resumed, "{name}");
            assert_eq!(whole.state(), resumed.state(), "{name}");
            assert_eq!(whole.progress(), resumed.progress(), "{name}");
            assert!(whole.progress().watch.scale < 1.0, "the plateau must have come into play");
        }
    }
}

#[test]
fn each_element_is_updated_as_if_alone() {
    for ((all, weights), biases) in rules::<f64>().into_iter().zip(rules()).zip(rules()) {
        let name = format!("{all:?}");
        let frozen = || Group { frozen: true, ..Group::default() };
        let mut all = Recipe::from_box(all).bind(&LAYOUT).expect("ok");
        let mut weights = Recipe::from_box(weights).group("*.bias", frozen()).bind(&LAYOUT).expect("ok");
        let mut biases = Recipe::from_box(biases).group("*.weight", frozen()).bind(&LAYOUT).expect("ok");
        let [mut a, mut b, mut c] = [(); 3].map(|()| start());
        run(&mut all, &mut a, 5);
        run(&mut weights, &mut b, 5);
        run(&mut biases, &mut c, 5);
        for (segment, range) in LAYOUT {
            let alone = if segment.ends_with("weight") { &b } else { &c };
            assert_eq!(a[range.clone()], alone[range], "{name}: {segment}");
        }
    }
}

#[test]
fn groups_choose_by_name_and_the_first_counts() {
    let mut descent = Recipe::new(Sgd { lr: 1.0, weight_decay: 0.5 })
        .group("0.bias", Group { lr_factor: 0.5, ..Group::default() })
        .group("*.bias", Group { weight_decay: Some(0.0), ..Group::default() })
        .group("2.*", Group { frozen: true, ..Group::default() })
        .bind(&LAYOUT)
        .expect("a valid recipe");
    let groups = [0, 12, 15, 21, LEN].map(|place| descent.group(place));
    let found = groups.map(|group| (group.lr_factor, group.weight_decay, group.frozen));
    let frozen = (1.0, Some(0.0), true);
    let no_decay = (1.0, Some(0.0), false);
    assert_eq!(found, [(1.0, Some(0.5), false), (0.5, Some(0.5), false), frozen, no_decay, frozen]);
    let mut theta = [2.0; LEN];
    descent.step(&mut theta, &mut [0.5; LEN]).expect("no clipping");
    // Δ = lr·(½ + λ·2): plain, half the rate, no decay, frozen.
    let expected = [(0..12, 0.5), (12..15, 1.25), (15..21, 2.0), (21..23, 1.5)];
    for (range, value) in expected {
        assert_eq!(theta[range.clone()], vec![value; range.len()], "{range:?}");
    }
}

#[test]
fn what_is_frozen_stays_and_does_not_count() {
    for rule in rules::<f64>() {
        let name = format!("{rule:?}");
        let mut descent = Recipe::from_box(rule)
            .clip(Clip::Norm(f64::INFINITY))
            .group("0.*", Group { frozen: true, ..Group::default() })
            .bind(&LAYOUT)
            .expect("a valid recipe");
        let mut theta = start::<f64>();
        let mut grad = vec![f64::NAN; 15];
        grad.extend([3.0, 4.0]);
        grad.resize(LEN, 0.0);
        let step = descent.step(&mut theta, &mut grad).expect("NaN only where nothing is updated");
        assert_eq!(step.norm, Some(5.0), "{name}");
        assert_eq!(theta[..15], start::<f64>()[..15], "{name}");
        assert_ne!(theta[15..17], start::<f64>()[15..17], "{name}");
        for (slot, values) in descent.slots() {
            assert_eq!(values[..15], [0.0; 15], "{name}: {slot}");
        }
    }
}

#[test]
fn clipping_by_norm_shortens_and_leaves_the_gradient() {
    let mut descent = Recipe::new(Sgd { lr: 1.0, ..Sgd::default() })
        .clip(Clip::Norm(1.0))
        .bind(&[("w", 0..2)])
        .expect("ok");
    let (mut theta, mut grad) = ([0.0, 0.0], [30.0, 40.0]);
    let step = descent.step(&mut theta, &mut grad).expect("finite");
    assert_eq!((step.norm, grad), (Some(50.0), [30.0, 40.0]));
    let c = 1.0 / (50.0 + 1e-6);
    assert_eq!(theta, [-(c * 30.0), -(c * 40.0)]);

    let (mut theta, mut grad) = ([0.0, 0.0], [0.3, 0.4]);
    descent.step(&mut theta, &mut grad).expect("finite");
    assert_eq!(theta, [-0.3, -0.4], "a short gradient is not lengthened");
}

#[test]
fn clipping_by_value_bounds_each_element() {
    let mut descent = Recipe::new(Sgd { lr: 1.0, ..Sgd::default() })
        .clip(Clip::Value(0.5))
        .bind(&[("w", 0..4)])
        .expect("ok");
    let (mut theta, mut grad) = ([0.0; 4], [3.0, -3.0, 0.25, f64::NAN]);
    descent.step(&mut theta, &mut grad).expect("finite");
    assert_eq!((grad[..3].to_vec(), theta[..3].to_vec()), (vec![0.5, -0.5, 0.25], vec![-0.5, 0.5, -0.25]));
    assert!(grad[3].is_nan() && theta[3].is_nan(), "a NaN is not hidden");
}

#[test]
fn the_norm_of_f32_does_not_overflow_or_lose_small_terms() {
    let descent = Recipe::new(Sgd::default()).bind(&[("w", 0..10_001)]).expect("ok");
    let exact = 1e30_f32.to_f64() * 10_001_f64.sqrt();
    // 1251 additions a lane, each rounded to 2⁻⁵³.
    assert!((descent.norm(&vec![1e30_f32; 10_001]) - exact).abs() <= 1.4e-13 * exact);
    let mut grad = vec![1e-3_f32; 10_001];
    grad[0] = 1e3;
    let exact = (1e6 + 10_000.0 * 1e-3_f32.to_f64().powi(2)).sqrt();
    assert!((descent.norm(&grad) - exact).abs() < 1e-10);
}

#[test]
fn a_norm_that_is_not_finite_changes_nothing() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut descent = Recipe::new(Adam::default()).clip(Clip::Norm(1.0)).bind(&LAYOUT).expect("ok");
        let mut theta = start::<f64>();
        run(&mut descent, &mut theta, 2);
        let before = (theta.clone(), descent.state().to_vec(), descent.progress());
        let error = descent.step(&mut theta, &mut [bad; LEN]).expect_err("no norm");
        assert!(matches!(error, Error::Norm { t: 3, .. }), "{error:?}");
        assert_eq!(before, (theta, descent.state().to_vec(), descent.progress()));
    }
}

#[test]
fn f32_follows_f64() {
    for (double, single) in rules::<f64>().into_iter().zip(rules::<f32>()) {
        let name = format!("{double:?}");
        let mut double = Recipe::from_box(double).clip(Clip::Norm(0.5)).bind(&LAYOUT).expect("ok");
        let mut single = Recipe::from_box(single).clip(Clip::Norm(0.5)).bind(&LAYOUT).expect("ok");
        let (mut a, mut b) = (start::<f64>(), start::<f32>());
        run(&mut double, &mut a, 50);
        run(&mut single, &mut b, 50);
        assert_ne!(a, start::<f64>(), "{name}");
        for (a, b) in a.iter().zip(b) {
            // 50 steps of up to 0.05, each rounded to 24 bits of a number of about 1.
            assert!((a - b.to_f64()).abs() < 1e-5, "{name}: {a} {b}");
        }
    }
}

#[test]
fn an_update_can_be_differentiated() {
    // θ₁ = θ₀ − η·θ₀³: dθ₁/dθ₀ = 1 − 3η·θ₀².
    let mut descent = Recipe::new(Sgd { lr: 0.25, ..Sgd::default() }).bind(&[("w", 0..1)]).expect("ok");
    let mut theta = [Dual { value: 1.0, slope: 1.0 }];
    let mut grad = [theta[0] * theta[0] * theta[0]];
    descent.step(&mut theta, &mut grad).expect("no clipping");
    assert_eq!(theta, [Dual { value: 0.75, slope: 0.25 }]);
}

#[test]
fn zero_gradients_move_nothing_and_make_no_nan() {
    for rule in rules::<f32>() {
        let name = format!("{rule:?}");
        let mut descent = Recipe::from_box(rule).bind(&[("w", 0..3)]).expect("ok");
        let mut theta = [0.0_f32; 3];
        for _ in 0..3 {
            descent.step(&mut theta, &mut [0.0; 3]).expect("no clipping");
        }
        assert_eq!(theta, [0.0; 3], "{name}");
    }
}

#[test]
fn a_constant_gradient_keeps_centred_rmsprop_finite() {
    let rule = RmsProp { alpha: 0.5, centered: true, ..RmsProp::default() };
    let mut descent = Recipe::new(rule).bind(&[("w", 0..8)]).expect("ok");
    let mut theta = [0.0_f32; 8];
    for _ in 0..200 {
        let mut grad = [0.1, 0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3];
        descent.step(&mut theta, &mut grad).expect("no clipping");
    }
    assert!(theta.iter().all(|x| x.is_finite()), "{theta:?}");
}

#[test]
fn no_parameters_are_fine() {
    let none: [(&str, Range<usize>); 0] = [];
    let mut descent = Recipe::<f64>::new(Adam::default()).clip(Clip::Norm(1.0)).bind(&none).expect("ok");
    assert!(descent.is_empty());
    assert_eq!(descent.step(&mut [], &mut []).expect("ok").norm, Some(0.0));
    descent.restore(Progress { t: 4, watch: Watch::default() }, &[]).expect("ok");
    assert_eq!(descent.progress().t, 4);
}

#[test]
fn everything_can_cross_threads_and_be_printed() {
    fn check<X: Send + Sync + Debug>() {}
    check::<Recipe<f32>>();
    check::<Descent<f64>>();
    check::<Box<dyn Optimizer<f32>>>();
    check::<Schedule>();
    check::<Error>();
}
