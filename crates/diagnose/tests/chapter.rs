//! The textbook's network: one sigmoid unit, four parameters, one example. Every number is known independently, by
//! arithmetic in 40 digits.

mod fixture;

use fixture::chapter;
use glassgrad_diagnose::{LrMapSettings, Outcome, audit_step, check_gradients, lr_map};
use glassgrad_layers::Loss;
use glassgrad_optim::Sgd;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found:.15}, expected {expected:.15}");
}

#[test]
fn the_curvature_at_the_limit_and_its_rates() {
    let trainer = chapter(1.0, &Loss::HalfSquaredError);
    let map = lr_map(&trainer, &LrMapSettings { steps: 100, ..LrMapSettings::default() }).unwrap();
    near(map.curvature[0].largest, 1.508_313_680_7, 1e-10);
    assert_eq!(map.curvature[0].step, 0);
    let limit = map.limit();
    assert_eq!(limit.step, 100);
    near(limit.largest, 1.477_082_684_459_44, 1e-10);
    near(limit.best_lr.unwrap(), 0.677_010_170_467, 1e-10);
    near(limit.critical_lr.unwrap(), 1.354_020_340_93, 1e-10);
    assert_eq!(map.curvature.len(), 9);
}

#[test]
fn what_each_rate_does() {
    let trainer = chapter(1.0, &Loss::HalfSquaredError);
    let expected = [
        (0.01, Outcome::Slow),
        (0.1, Outcome::Converges),
        (0.3, Outcome::Converges),
        (0.677, Outcome::Converges),
        (1.0, Outcome::Alternates),
        (1.3, Outcome::Alternates),
        (1.4, Outcome::GrowsThenConverges),
        (1.5, Outcome::GrowsThenConverges),
        (1.6, Outcome::GrowsThenConverges),
        (1.7, Outcome::GrowsThenConverges),
        (1.8, Outcome::GrowsThenConverges),
        (1.9, Outcome::GrowsThenConverges),
        (2.0, Outcome::Stuck),
        (2.5, Outcome::Diverges),
        (3.0, Outcome::Diverges),
    ];
    let rates = expected.iter().map(|(lr, _)| *lr).collect();
    let map = lr_map(&trainer, &LrMapSettings { rates, ..LrMapSettings::default() }).unwrap();
    let found: Vec<_> = map.trials.iter().map(|trial| (trial.lr, trial.outcome)).collect();
    assert_eq!(found, expected);
    // The peaks, and 10^69 and 10^118 at the end.
    let most = |lr: f64| {
        let trial = map.trials.iter().find(|trial| trial.lr == lr).unwrap();
        trial.losses.iter().copied().fold(0.0, f64::max)
    };
    for (lr, peak) in [(1.4, 0.036), (1.5, 0.256), (1.7, 1.23), (1.8, 2.05), (1.9, 2.41)] {
        near(most(lr), peak, 0.01 * peak + 0.000_5);
    }
    assert!(most(2.5) > 1e68 && most(3.0) > 1e117);
}

#[test]
fn the_step_that_calculus_promised() {
    let mut trainer = chapter(1.0, &Loss::HalfSquaredError);
    let audit = audit_step(&mut trainer).unwrap();
    near(audit.first_order, -0.022_463_076_1, 1e-10);
    near(audit.second_order, -0.005_524_667_7, 1e-10);
    near(audit.actual, -0.005_696_476_9, 1e-10);
    near(audit.loss, 0.007_498_143_899_202_8, 1e-15);
    near(audit.gradient * audit.gradient, 0.022_463_076_1, 1e-10);
    // The step was really made, once.
    assert_eq!(trainer.position().batch, 1);
    let mut other = chapter(1.0, &Loss::HalfSquaredError);
    other.step().unwrap();
    assert_eq!(trainer.theta(), other.theta());
}

#[test]
fn errors_of_central_differences_by_parameter() {
    let trainer = chapter(1.0, &Loss::HalfSquaredError);
    let report = check_gradients(&trainer, 0).unwrap();
    assert!(report.passed(), "{report}");
    let names: Vec<_> = report.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"]);
    // By w1 and b1 the error is 8.73e-3·ε²; in w2 and b2 the loss is a parabola, whose central difference is exact.
    for tensor in &report.tensors[..2] {
        near(tensor.order.unwrap(), 2.0, 0.01);
        let (step, error) = tensor.errors[3];
        near(step, 1.0 / 64.0, 0.0);
        near(error / (step * step), 8.73e-3, 0.01e-3);
    }
    for tensor in &report.tensors[2..] {
        assert_eq!(tensor.order, None, "{report}");
    }
    assert_eq!(report.to_string().lines().count(), 6, "{report}");
}

#[test]
fn the_trainer_stays_as_it_was() {
    let mut trainer = chapter(1.0, &Loss::HalfSquaredError);
    lr_map(&trainer, &LrMapSettings::default()).unwrap();
    check_gradients(&trainer, 0).unwrap();
    let mut other = chapter(1.0, &Loss::HalfSquaredError);
    assert_eq!(trainer.step().unwrap(), other.step().unwrap());
    assert_eq!(trainer.theta(), other.theta());
}

#[test]
fn a_rate_that_is_none() {
    let trainer = chapter(1.0, &Loss::HalfSquaredError);
    let settings = LrMapSettings { rates: vec![0.5, -1.0], ..LrMapSettings::default() };
    let error = lr_map(&trainer, &settings).unwrap_err();
    assert_eq!(error.to_string(), "learning rate: found -1.0, expected a finite number above 0");
    let still = fixture::trainer(fixture::unit(0.5), 1, &Loss::HalfSquaredError, Sgd::default(), 0);
    assert_eq!(
        lr_map(&still, &LrMapSettings::default()).unwrap_err().to_string(),
        "value: found no batch, expected one; call load first"
    );
}
