//! A recipe as data and back takes the same steps, to the bit.

use glassgrad_optim::{
    AdaGrad, Adam, AdamW, At, Clip, Descent, Error, Group, Mode, Momentum, Nesterov, Optimizer, Plan,
    Plateau, Recipe, RmsProp, Rule, Schedule, Sgd, Slot, State,
};
use glassgrad_tensor::Scalar;

const SEGMENTS: [(&str, std::ops::Range<usize>); 3] =
    [("0.weight", 0..6), ("0.bias", 6..8), ("1.weight", 8..11)];

fn warm(steps: u64, then: Schedule) -> Schedule {
    Schedule::WarmUp { steps, start: 0.25, then: Box::new(then) }
}

fn schedules() -> [Schedule; 7] {
    let cosine = Schedule::Cosine { steps: 9, min_lr: 1e-3 };
    [
        Schedule::Constant,
        Schedule::Step { every: 3, factor: 0.5 },
        Schedule::Exponential { factor: 0.9 },
        cosine.clone(),
        Schedule::OneCycle { steps: 9, pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 },
        warm(4, cosine.clone()),
        warm(2, warm(3, Schedule::Step { every: 2, factor: 0.7 })),
    ]
}

fn rules() -> Vec<Box<dyn Optimizer<f32>>> {
    vec![
        Box::new(Sgd { lr: 0.3, weight_decay: 0.1 }),
        Box::new(Momentum { lr: 0.3, momentum: 0.8, dampening: 0.2, weight_decay: 0.1 }),
        Box::new(Nesterov { lr: 0.2, ..Nesterov::default() }),
        Box::new(AdaGrad { lr: 0.2, ..AdaGrad::default() }),
        Box::new(RmsProp { lr: 0.1, centered: true, ..RmsProp::default() }),
        Box::new(Adam { lr: 0.1, beta1: 0.8, ..Adam::default() }),
        Box::new(AdamW { lr: 0.1, ..AdamW::default() }),
    ]
}

fn recipe(rule: Box<dyn Optimizer<f32>>, schedule: Schedule) -> Recipe<f32> {
    Recipe::from_box(rule)
        .schedule(schedule)
        .plateau(Plateau { mode: Mode::Max, factor: 0.5, patience: 1, cooldown: 1, ..Plateau::default() })
        .clip(Clip::Norm(1.5))
        .group("*.bias", Group { lr_factor: 0.5, weight_decay: Some(0.0), frozen: false })
        .group("1.*", Group { frozen: true, ..Group::default() })
}

/// Some steps, with an observation after each that is not always better; everything that is left of them.
fn go(descent: &mut Descent<f32>, theta: &mut [f32], steps: std::ops::Range<u64>) {
    for step in steps {
        let mut grad: Vec<f32> = theta.iter().enumerate().map(|(i, x)| x * 3.0 - (i as f32).sin()).collect();
        descent.step(theta, &mut grad).unwrap();
        descent.observe((step as f64 * 2.5).sin());
    }
}

#[test]
fn every_rule_with_every_schedule() {
    let start: Vec<f32> = (0..11).map(|i| (i as f32 * 0.7).cos()).collect();
    for schedule in schedules() {
        for rule in rules() {
            let original = recipe(rule, schedule.clone());
            let plan = original.plan().unwrap();
            let text = serde_json::to_string(&plan).unwrap();
            assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
            let again = plan.recipe::<f32>().unwrap();
            assert_eq!(again.plan().unwrap(), plan);
            again.check(&SEGMENTS).unwrap();

            let (mut one, mut two) = (start.clone(), start.clone());
            let mut whole = original.bind(&SEGMENTS).unwrap();
            go(&mut whole, &mut one, 0..12);
            // The other half goes on from what the first came to, as data.
            let mut half = again.bind(&SEGMENTS).unwrap();
            go(&mut half, &mut two, 0..5);
            let rest = half.plan().unwrap().recipe::<f32>().unwrap();
            let mut rest = rest.resume(&SEGMENTS, half.progress(), half.state().to_vec()).unwrap();
            go(&mut rest, &mut two, 5..12);
            let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&one), bits(&two), "{plan:?}");
            assert_eq!(bits(whole.state()), bits(rest.state()), "{plan:?}");
            assert_eq!(whole.progress(), rest.progress());
            assert_ne!(whole.progress().watch.scale, 1.0, "the plateau had its part");
        }
    }
}

#[test]
fn what_no_descent_came_to_is_not_gone_on_from() {
    let adam = || Recipe::<f32>::new(Adam::default());
    let fresh = adam().bind(&[("w", 0..2)]).unwrap();
    let resume = |progress, state: &[f32]| adam().resume(&[("w", 0..2)], progress, state.to_vec()).map(drop);
    assert_eq!(resume(fresh.progress(), fresh.state()), Ok(()));
    assert!(matches!(resume(fresh.progress(), &[0.0; 3]), Err(Error::Length { expected: 4, .. })));
    assert!(matches!(
        resume(fresh.progress(), &[0.0, 0.0, 0.0, -1.0]),
        Err(Error::State { slot: "second moment", index: 1, .. })
    ));
    let mut far = fresh.progress();
    far.t = 1 << 53;
    assert!(matches!(resume(far, fresh.state()), Err(Error::Hyper { field: "t", .. })));
}

/// A rule of the user's own.
#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug")]
struct Sign {
    rate: f64,
}

impl<T: Scalar> Optimizer<T> for Sign {
    fn lr(&self) -> f64 {
        self.rate
    }
    fn weight_decay(&self) -> f64 {
        0.0
    }
    fn validate(&self) -> Result<(), Error> {
        Ok(())
    }
    fn slots(&self) -> &'static [Slot] {
        &[]
    }
    fn update(&self, _: &At, _: &mut [T], _: &[T], _: State<'_, T>) {}
}

#[test]
fn what_cannot_be_written_down() {
    let error = Recipe::<f64>::new(Sign { rate: 0.5 }).plan().unwrap_err();
    assert!(error.to_string().starts_with("the rule Sign { rate: 0.5 } is none of those"), "{error}");

    let warm_ups = |n: usize| (0..n).fold(Schedule::Constant, |then, _| warm(1, then));
    let plan = Recipe::<f64>::new(Sgd::default()).schedule(warm_ups(64)).plan().unwrap();
    assert_eq!(plan.warm_ups.len(), 64);
    let error = Recipe::<f64>::new(Sgd::default()).schedule(warm_ups(65)).plan().unwrap_err();
    assert_eq!(error, Error::WarmUps { found: 65 });
    // So many, one in the other, would not fit the stack.
    let hostile = Plan { warm_ups: plan.warm_ups.iter().cycle().take(1_000_000).copied().collect(), ..plan };
    assert_eq!(hostile.recipe::<f64>().unwrap_err(), Error::WarmUps { found: 1_000_000 });
}

#[test]
fn numbers_out_of_range_are_found_before_there_is_memory_for_a_state() {
    let mut plan = Recipe::<f64>::new(Adam::default()).plan().unwrap();
    plan.rule = Rule::Adam(Adam { beta1: f64::NAN, ..Adam::default() });
    let error = plan.recipe::<f64>().unwrap().check(&[("w", 0..usize::MAX)]).unwrap_err();
    assert!(matches!(error, Error::Hyper { owner: "Adam", field: "beta1", .. }));
    plan.rule = Rule::Sgd(Sgd::default());
    plan.groups.push(("v".into(), Group::default()));
    let error = plan.recipe::<f64>().unwrap().check(&[("w", 0..2)]).unwrap_err();
    assert!(matches!(error, Error::Pattern { .. }));
}
