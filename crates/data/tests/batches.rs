//! Batches: every row once an epoch, in an order that never changes.

use glassgrad_data::{Batches, Dataset};
use glassgrad_tensor::random::{Purpose, below, stream};
use ndarray::{Array2, s};

/// Worked out with another implementation of ChaCha8 from the text of the module.
#[test]
fn known_answers() {
    let order = |seed, epoch| {
        let mut batches = Batches::shuffled(12, 5, seed).unwrap();
        batches.start(epoch);
        batches.iter().flatten().copied().collect::<Vec<_>>()
    };
    assert_eq!(order(0, 0), [9, 2, 6, 0, 11, 7, 5, 1, 3, 10, 4, 8]);
    assert_eq!(order(0, 1), [8, 5, 3, 2, 9, 0, 4, 11, 1, 10, 6, 7]);
    assert_eq!(order(1, 0), [5, 8, 10, 9, 6, 1, 7, 0, 2, 4, 11, 3]);
}

#[test]
fn every_row_once_an_epoch_and_any_batch_by_its_position() {
    let mut draws = stream(3, Purpose::Check, 0, 0);
    for seed in 0..200 {
        let rows = 1 + below(&mut draws, 70) as usize;
        let size = 1 + below(&mut draws, 90) as usize;
        let mut batches = Batches::shuffled(rows, size, seed).unwrap();
        let mut resumed = Batches::shuffled(rows, size, seed).unwrap();
        assert_eq!(batches.per_epoch(), rows.div_ceil(size));
        for epoch in [0, 3, 1, 3, u64::MAX] {
            batches.start(epoch);
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..rows));
            let lengths: Vec<usize> = batches.iter().map(<[_]>::len).collect();
            let (last, whole) = lengths.split_last().unwrap();
            assert!(whole.iter().all(|&length| length == size) && (1..=size).contains(last));
            let wanted = below(&mut draws, batches.per_epoch() as u64) as usize;
            assert_eq!(resumed.batch(epoch, wanted), batches.iter().nth(wanted));
            assert_eq!(resumed.epoch(), epoch);
            assert_eq!(resumed.batch(epoch, batches.per_epoch()), None);
        }
        assert_eq!(resumed.batch(0, usize::MAX), None);
    }
}

#[test]
fn unshuffled_batches_come_in_the_order_of_the_table() {
    let mut batches = Batches::sequential(5, 2).unwrap();
    for epoch in 0..2 {
        batches.start(epoch);
        assert!(batches.iter().eq([&[0, 1][..], &[2, 3], &[4]]));
        assert!((&batches).into_iter().eq(batches.iter()));
    }
    assert_eq!(batches.batch(9, 1), Some(&[2, 3][..]));
}

#[test]
fn a_batch_larger_than_the_table_is_the_table() {
    let batches = Batches::sequential(3, usize::MAX).unwrap();
    assert_eq!((batches.size(), batches.rows(), batches.per_epoch()), (3, 3, 1));
    assert!(batches.iter().eq([&[0, 1, 2][..]]));
}

/// One buffer for all batches, the last one odd: each row of features meets its own target.
#[test]
fn gathered_batches_are_the_rows_of_the_table() {
    let x = Array2::from_shape_fn((23, 3), |(r, c)| (100 * r + c) as f32);
    let data = Dataset::with_labels(x, (0..23).map(|r| r % 7).collect(), 7).unwrap();
    let mut batches = Batches::shuffled(data.rows(), 5, 42).unwrap();
    let (mut x, mut y) = (Array2::zeros((5, 3)), Array2::zeros((5, 1)));
    for epoch in 0..3 {
        batches.start(epoch);
        let mut met = 0;
        for rows in &batches {
            let n = rows.len();
            data.gather_features(rows, x.slice_mut(s![..n, ..])).unwrap();
            data.gather_targets(rows, y.slice_mut(s![..n, ..])).unwrap();
            for (i, &row) in rows.iter().enumerate() {
                assert!((0..3).all(|c| x[[i, c]] == (100 * row + c) as f32));
                assert_eq!(y[[i, 0]], (row % 7) as f32);
                met += 1;
            }
        }
        assert_eq!(met, 23);
    }
}

#[test]
fn refusals() {
    let refused = |rows, size| Batches::shuffled(rows, size, 0).unwrap_err().to_string();
    assert_eq!(refused(3, 0), "batch size 0; expected at least 1");
    assert_eq!(refused(0, 3), "no rows; expected at least one");
    assert_eq!(Batches::sequential(3, 0).unwrap_err().to_string(), "batch size 0; expected at least 1");
}
