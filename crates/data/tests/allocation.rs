//! Going from epoch to epoch and gathering batches allocates nothing.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;

use counting::allocations;
use glassgrad_data::{Batches, Dataset, Features};
use ndarray::{Array2, ArrayViewMut2};

#[test]
fn epochs_and_batches() {
    let x = Array2::from_shape_fn((101, 8), |(r, c)| (r * c) as f32);
    let values = Dataset::with_values(x.view(), x.view()).unwrap();
    let labels = Dataset::with_labels(x, (0..101).map(|r| r % 2).collect(), 2).unwrap();
    let bytes = Features::bytes(Array2::from_shape_fn((101, 8), |(r, c)| (r + c) as u8), 255.0);
    let images = Dataset::with_labels(bytes, vec![0; 101], 2).unwrap();
    let mut batches = Batches::shuffled(101, 16, 0).unwrap();
    let (mut x, mut y) = (vec![0.0; 16 * 8], vec![0.0; 16 * 8]);

    let gathering = allocations(|| {
        for epoch in 0..10 {
            batches.start(epoch);
            for rows in &batches {
                for (data, width) in [(&labels, 1), (&images, 1), (&values, 8)] {
                    let n = rows.len();
                    let x = ArrayViewMut2::from_shape((n, 8), &mut x[..n * 8]).unwrap();
                    let y = ArrayViewMut2::from_shape((n, width), &mut y[..n * width]).unwrap();
                    data.gather_features(rows, x).unwrap();
                    data.gather_targets(rows, y).unwrap();
                }
            }
        }
    });
    assert_eq!(gathering, 0);
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1, "the allocator counts");
}
