//! Going from epoch to epoch and gathering batches allocates nothing.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

use glassgrad_data::{Batches, Dataset};
use ndarray::{Array2, ArrayViewMut2};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// Of this thread alone: those of the test harness allocate when they like.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to `System` as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn epochs_and_batches() {
    let x = Array2::from_shape_fn((101, 8), |(r, c)| (r * c) as f32);
    let values = Dataset::with_values(x.view(), x.view()).unwrap();
    let labels = Dataset::with_labels(x, (0..101).map(|r| r % 2).collect(), 2).unwrap();
    let mut batches = Batches::shuffled(101, 16, 0).unwrap();
    let (mut x, mut y) = (vec![0.0; 16 * 8], vec![0.0; 16 * 8]);

    let before = ALLOCATIONS.get();
    for epoch in 0..10 {
        batches.start(epoch);
        for rows in &batches {
            for (data, width) in [(&labels, 1), (&values, 8)] {
                let n = rows.len();
                let x = ArrayViewMut2::from_shape((n, 8), &mut x[..n * 8]).unwrap();
                let y = ArrayViewMut2::from_shape((n, width), &mut y[..n * width]).unwrap();
                data.gather_features(rows, x).unwrap();
                data.gather_targets(rows, y).unwrap();
            }
        }
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(!Vec::<u8>::with_capacity(x.len()).spare_capacity_mut().is_empty());
    assert!(ALLOCATIONS.get() > before, "the allocator counts");
}
