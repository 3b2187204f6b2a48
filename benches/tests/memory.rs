//! Training takes little more memory than what it must hold: θ, ∇θ, the optimiser's state, and the values
//! and cotangents of one batch.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

use glassgrad::prelude::*;
use glassgrad_benches::workload::{Workload, workloads};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(held, Ordering::Relaxed);
}

// SAFETY: every call is passed on to `System` as it came. The trait's own `realloc` allocates anew, copies
// and frees, through the methods here; at its peak both blocks are held, and counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that training cannot do without. A dense layer's value is held before and after its activation.
fn needed(workload: &Workload, slots: usize) -> usize {
    let layers = workload.widths.windows(2);
    let theta: usize = layers.map(|w| w[1] * (w[0] + 1)).sum();
    let (inputs, hidden) = (workload.widths[0], &workload.widths[1..workload.widths.len() - 1]);
    let outputs = workload.widths[workload.widths.len() - 1];
    let target = if workload.loss.wants_labels() { 1 } else { outputs };
    let row = inputs + target + 2 * hidden.iter().sum::<usize>() + outputs;
    let values = workload.batch * row + 1;
    ((2 + slots) * theta + 2 * values) * size_of::<f32>()
}

/// The only test of this binary: the count is of the whole process.
#[test]
fn training_holds_little_more_than_it_must() {
    for workload in workloads().iter().filter(|workload| ["W3", "W4", "W5"].contains(&workload.name)) {
        let (x, y) = workload.data();
        let slots = workload.trainer::<f32>().descent().rule().slots().len();
        let before = HELD.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);

        let recipe = workload.rule.recipe::<f32>();
        let mut trainer =
            Trainer::new(&workload.network(), workload.widths[0], &workload.loss, recipe, 0).unwrap();
        trainer.load(x.view(), y.view()).unwrap();
        for _ in 0..2 {
            trainer.step().unwrap();
        }

        let (peak, needed) = (PEAK.load(Ordering::Relaxed) - before, needed(workload, slots));
        let ratio = peak as f64 / needed as f64;
        println!("{}: peak {peak} B, needed {needed} B, ratio {ratio:.3}", workload.name);
        assert!(ratio > 0.5, "{}: {peak} B at the peak: allocations were not counted", workload.name);
        assert!(ratio <= 1.25, "{}: {peak} B at the peak, {ratio:.3} of the {needed} needed", workload.name);
    }
}
