//! A step allocates nothing: counted, for every rule, clip and kind of group.

#![allow(unsafe_code)] // a global allocator cannot be written without

use glassgrad_optim::{
    AdaGrad, Adam, AdamW, Clip, Group, Momentum, Nesterov, Optimizer, Plateau, Recipe, RmsProp, Schedule, Sgd,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting.
struct Counting;

thread_local! {
    /// Of this thread alone: those of the test harness allocate when they like.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to `System` unchanged, so its guarantees are ours. `realloc` and
// `alloc_zeroed` are the trait's own, which call `alloc`, and so are counted too.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System` by `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

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

        let before = ALLOCATIONS.get();
        for _ in 0..5 {
            descent.observe(1.0);
            assert!(descent.step(&mut theta, &mut grad).is_ok());
        }
        assert_eq!(ALLOCATIONS.get() - before, 0, "{name}");
        assert_ne!(theta[0], 1.0, "{name}");
    }
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(Box::new(1)));
    assert_eq!(ALLOCATIONS.get() - before, 1, "the count must work");
}
