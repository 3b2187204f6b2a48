//! A step allocates nothing: counted, for every rule, clip and kind of group.

#![allow(unsafe_code)] // a global allocator cannot be written without

#[path = "../../../tests/counting/mod.rs"]
mod counting;

use counting::allocations;
use glassgrad_optim::{
    AdaGrad, Adam, AdamW, Clip, Group, Momentum, Nesterov, Optimizer, Plateau, Recipe, RmsProp, Schedule, Sgd,
};

#[test]
fn a_step_allocates_nothing() {
    let rules: Vec<Box<dyn Optimizer<f32>>> = vec![
        Box::new(Sgd::default()),
        Box::new(Momentum::default()),
        Box::new(Nesterov::default()),
        Box::new(RmsProp::default()),
        Box::new(RmsProp { centered: true, ..RmsProp::default() }),
        Box::new(AdaGrad::default()),
        Box::new(Adam::default()),
        Box::new(AdamW::default()),
    ];
    let cosine = Schedule::Cosine { steps: 10, min_lr: 0.0 };
    let schedule = Schedule::WarmUp { steps: 2, start: 0.5, then: Box::new(cosine) };
    for (i, rule) in rules.into_iter().enumerate() {
        let name = format!("{rule:?}");
        let mut descent = Recipe::from_box(rule)
            .schedule(schedule.clone())
            .plateau(Plateau { patience: 0, ..Plateau::default() })
            .clip(if i % 2 == 0 { Clip::Norm(1.0) } else { Clip::Value(0.5) })
            .group("*.bias", Group { weight_decay: Some(0.0), ..Group::default() })
            .group("1.*", Group { frozen: true, ..Group::default() })
            .bind(&[("0.weight", 0..600), ("0.bias", 600..620), ("1.weight", 620..700), ("1.bias", 700..705)])
            .expect("a valid recipe");
        let (mut theta, mut grad) = (vec![1.0; 705], vec![0.5; 705]);

        let steps = allocations(|| {
            for _ in 0..5 {
                descent.observe(1.0);
                assert!(descent.step(&mut theta, &mut grad).is_ok());
            }
        });
        assert_eq!(steps, 0, "{name}");
        assert_ne!(theta[0], 1.0, "{name}");
    }
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1, "the count must work");
}
