//! What is refused, and in which words.

use glassgrad_optim::{
    AdaGrad, Adam, AdamW, At, Clip, Error, Group, Momentum, Nesterov, Optimizer, Plateau, Progress, Recipe,
    RmsProp, Schedule, Sgd, Slot, State, Watch,
};
use std::ops::Range;

const LAYOUT: [(&str, Range<usize>); 2] = [("0.weight", 0..2), ("0.bias", 2..3)];

/// What binding says.
fn message(recipe: Recipe<f64>) -> String {
    recipe.bind(&LAYOUT).expect_err("it must be refused").to_string()
}

fn rule(rule: impl Optimizer<f64> + 'static) -> String {
    message(Recipe::new(rule))
}

#[test]
fn hyper_parameters_out_of_range() {
    for (said, expected) in [
        (rule(Sgd { lr: -0.5, ..Sgd::default() }), "Sgd: lr is -0.5; it must be a finite number >= 0"),
        (
            rule(Sgd { weight_decay: f64::INFINITY, ..Sgd::default() }),
            "Sgd: weight_decay is inf; it must be a finite number >= 0",
        ),
        (
            rule(Momentum { momentum: 1.0, ..Momentum::default() }),
            "Momentum: momentum is 1; it must be >= 0 and < 1",
        ),
        (
            rule(Momentum { dampening: 1.5, ..Momentum::default() }),
            "Momentum: dampening is 1.5; it must be >= 0 and <= 1",
        ),
        (
            rule(Nesterov { momentum: f64::NAN, ..Nesterov::default() }),
            "Nesterov: momentum is NaN; it must be >= 0 and < 1",
        ),
        (
            rule(RmsProp { alpha: -0.1, ..RmsProp::default() }),
            "RmsProp: alpha is -0.1; it must be >= 0 and < 1",
        ),
        (
            rule(RmsProp { eps: 0.0, ..RmsProp::default() }),
            "RmsProp: eps is 0; it must be a finite number > 0",
        ),
        (
            rule(AdaGrad { lr_decay: -1.0, ..AdaGrad::default() }),
            "AdaGrad: lr_decay is -1; it must be a finite number >= 0",
        ),
        (
            rule(AdaGrad { initial_accumulator: -1.0, ..AdaGrad::default() }),
            "AdaGrad: initial_accumulator is -1; it must be a finite number >= 0",
        ),
        (rule(Adam { lr: f64::NAN, ..Adam::default() }), "Adam: lr is NaN; it must be a finite number >= 0"),
        (rule(Adam { beta2: 1.0, ..Adam::default() }), "Adam: beta2 is 1; it must be >= 0 and < 1"),
        (rule(AdamW { beta1: 2.0, ..AdamW::default() }), "AdamW: beta1 is 2; it must be >= 0 and < 1"),
        (
            rule(AdamW { eps: -1e-8, ..AdamW::default() }),
            "AdamW: eps is -0.00000001; it must be a finite number > 0",
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn schedules_plateaus_clips_and_groups_out_of_range() {
    let scheduled = |schedule| message(Recipe::new(Sgd::default()).schedule(schedule));
    let warm = |start, then| Schedule::WarmUp { steps: 5, start, then: Box::new(then) };
    let stalled = |plateau| message(Recipe::new(Sgd::default()).plateau(plateau));
    let clipped = |clip| message(Recipe::new(Sgd::default()).clip(clip));
    let grouped = |group| message(Recipe::new(Sgd::default()).group("*", group));
    for (said, expected) in [
        (scheduled(Schedule::Step { every: 0, factor: 0.5 }), "Step: every is 0; it must be >= 1"),
        (scheduled(warm(1.5, Schedule::Constant)), "WarmUp: start is 1.5; it must be >= 0 and <= 1"),
        (
            scheduled(warm(0.5, Schedule::Exponential { factor: f64::NAN })),
            "Exponential: factor is NaN; it must be a finite number >= 0",
        ),
        (
            scheduled(Schedule::Cosine { steps: 9, min_lr: -1.0 }),
            "Cosine: min_lr is -1; it must be a finite number >= 0",
        ),
        (
            scheduled(Schedule::OneCycle {
                steps: 9,
                pct_start: 0.3,
                div_factor: 0.0,
                final_div_factor: 1.0,
            }),
            "OneCycle: div_factor is 0; it must be a finite number > 0",
        ),
        (
            stalled(Plateau { factor: 1.0, ..Plateau::default() }),
            "Plateau: factor is 1; it must be > 0 and < 1",
        ),
        (clipped(Clip::Norm(0.0)), "Clip: Norm is 0; it must be a number > 0"),
        (clipped(Clip::Value(f64::NAN)), "Clip: Value is NaN; it must be a finite number > 0"),
        (
            grouped(Group { lr_factor: -1.0, ..Group::default() }),
            "Group: lr_factor is -1; it must be a finite number >= 0",
        ),
        (
            grouped(Group { weight_decay: Some(f64::NAN), ..Group::default() }),
            "Group: weight_decay is NaN; it must be a finite number >= 0",
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn patterns_and_layouts_that_do_not_fit() {
    let recipe = || Recipe::<f64>::new(Sgd::default());
    assert_eq!(
        message(recipe().group("*.bais", Group::default())),
        "group \"*.bais\" fits no parameter; the parameters are 0.weight, 0.bias"
    );
    assert_eq!(
        recipe().bind(&[("a", 0..2), ("b", 3..4)]).expect_err("a gap").to_string(),
        "parameter b lies at 3..4; it must start at 2, where the one before it ends, \
         and not end before it starts"
    );
    assert!(recipe().bind(&[("a", 0..2), ("b", 1..4)]).is_err());
    assert!(recipe().bind(&[("a", 1..2)]).is_err());
}

#[test]
fn vectors_of_the_wrong_length() {
    let mut descent = Recipe::new(Sgd::default()).clip(Clip::Norm(1.0)).bind(&LAYOUT).expect("valid");
    let said = descent.step(&mut [0.0; 2], &mut [0.0; 3]).expect_err("too short").to_string();
    assert_eq!(said, "theta has 2 numbers; it must have 3");
    let said = descent.step(&mut [0.0; 3], &mut [0.0; 4]).expect_err("too long").to_string();
    assert_eq!(said, "the gradient has 4 numbers; it must have 3");
    let said = descent.step(&mut [0.0; 3], &mut [f64::NAN; 3]).expect_err("NaN").to_string();
    assert_eq!(said, "the gradient's norm at update 1 is NaN, so it cannot be clipped; nothing was changed");
}

#[test]
fn saved_state_that_no_run_can_have_left() {
    let mut descent = Recipe::new(Adam::default()).bind(&LAYOUT).expect("valid");
    let progress = Progress { t: 3, watch: Watch::default() };
    let mut said = |progress, state: &[f64]| descent.restore(progress, state).expect_err("bad").to_string();
    assert_eq!(said(progress, &[0.0; 3]), "the saved state has 3 numbers; it must have 6");
    assert_eq!(
        said(progress, &[0.0, f64::NAN, 0.0, 0.0, 0.0, 0.0]),
        "saved state: first moment[1] is NaN; it must be finite, and a mean or sum of squares >= 0"
    );
    assert_eq!(
        said(progress, &[-1.0, 0.0, 0.0, 0.0, 0.0, -1.0]),
        "saved state: second moment[2] is -1; it must be finite, and a mean or sum of squares >= 0"
    );
    let watch = Watch { scale: f64::NAN, ..Watch::default() };
    assert_eq!(said(Progress { t: 3, watch }, &[0.0; 6]), "Watch: scale is NaN; it must be >= 0 and <= 1");
    assert_eq!(
        said(Progress { t: 1 << 53, ..progress }, &[0.0; 6]),
        "Progress: t is 9007199254740992; it must be below 2^53"
    );
    assert_eq!((descent.progress(), descent.state()), (Progress::default(), [0.0; 6].as_slice()));
}

#[test]
fn a_rule_with_too_many_slots() {
    /// Remembers more than it may.
    #[derive(Debug)]
    struct Hoarder;

    impl Optimizer<f64> for Hoarder {
        fn lr(&self) -> f64 {
            1.0
        }
        fn weight_decay(&self) -> f64 {
            0.0
        }
        fn validate(&self) -> Result<(), Error> {
            Ok(())
        }
        fn slots(&self) -> &'static [Slot] {
            &[Slot { name: "x", squares: false }; 4]
        }
        fn update(&self, _: &At, _: &mut [f64], _: &[f64], _: State<'_, f64>) {}
    }

    let error = Recipe::new(Hoarder).bind(&[("w", 0..1)]).expect_err("4 are too many");
    assert_eq!(error.to_string(), "the rule declares 4 slots; a rule can have at most 3");
}
