//! Splits: stratified, complete, and the same for ever.

use glassgrad_data::split::split_rows;
use glassgrad_data::{CsvOptions, Dataset, Targets, read_csv, split};
use glassgrad_tensor::random::{Purpose, below, stream};
use ndarray::Array2;

/// Row r has the one feature r.
fn labelled(labels: &[u32], classes: usize) -> Dataset<f64> {
    let x = Array2::from_shape_fn((labels.len(), 1), |(r, _)| r as f64);
    Dataset::with_labels(x, labels.to_vec(), classes).unwrap()
}

fn valued(rows: usize) -> Dataset<f64> {
    let x = Array2::from_shape_fn((rows, 1), |(r, _)| r as f64);
    Dataset::with_values(x.view(), x.view()).unwrap()
}

fn counts(labels: &[u32], rows: &[usize], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for &row in rows {
        counts[labels[row] as usize] += 1;
    }
    counts
}

/// Worked out with another implementation of ChaCha8 from the text of the module: the shuffled rows
/// begin 6, 3, 5, 8, 0, 2, …; of six, three and one rows, 1.8, 0.9 and 0.3 are due, 2, 1 and 0 held out.
#[test]
fn known_answers() {
    assert_eq!(split_rows(&valued(10), 0.3, 0).unwrap(), (vec![0, 1, 2, 4, 7, 8, 9], vec![3, 5, 6]));
    let labels = labelled(&[0, 1, 0, 0, 1, 0, 2, 0, 1, 0], 3);
    assert_eq!(split_rows(&labels, 0.3, 0).unwrap(), (vec![0, 1, 2, 4, 6, 7, 9], vec![3, 5, 8]));
}

#[test]
fn iris_and_digits_keep_their_proportions() {
    for (file, fraction, expected) in [
        ("iris.csv", 0.2, vec![10; 3]),
        // 1,797 · 0.2 = 359.4; due 35.6 36.4 35.4 36.6 36.2 36.4 36.2 35.8 34.8 36: parts of 0.6, 0.6,
        // 0.8 and 0.8 are rounded up.
        ("digits.csv", 0.2, vec![36, 36, 35, 37, 36, 36, 36, 36, 35, 36]),
    ] {
        let path = format!("{}/../../data/{file}", env!("CARGO_MANIFEST_DIR"));
        let data: Dataset<f32> = read_csv(path, &CsvOptions::classification("target")).unwrap();
        let (training, held_out) = split(&data, fraction, 3).unwrap();
        assert_eq!(training.rows() + held_out.rows(), data.rows());
        assert_eq!(training.targets().classes(), data.targets().classes());
        let Targets::Labels { labels, classes } = held_out.targets() else { panic!("labels were read") };
        let all: Vec<usize> = (0..labels.len()).collect();
        assert_eq!(counts(labels, &all, classes.len()), expected);
    }
}

/// Random tables: each row on one side, the total as asked, each class within a row of its due unless
/// keeping it on both sides says otherwise.
#[test]
fn every_row_once_and_every_class_near_its_due() {
    let mut draws = stream(11, Purpose::Check, 0, 0);
    for seed in 0..300 {
        let classes = 2 + below(&mut draws, 6) as usize;
        let rows = 2 + below(&mut draws, 60) as usize;
        let labels: Vec<u32> = (0..rows)
            .map(|_| below(&mut draws, classes as u64).min(below(&mut draws, classes as u64)) as u32)
            .collect();
        let fraction = (1 + below(&mut draws, 98)) as f64 / 100.0;
        let total = (rows as f64 * fraction).round() as usize;
        let Ok((training, held_out)) = split_rows(&labelled(&labels, classes), fraction, seed) else {
            assert!(total == 0 || total == rows);
            continue;
        };
        assert_eq!(held_out.len(), total);
        let mut both: Vec<usize> = training.iter().chain(&held_out).copied().collect();
        both.sort_unstable();
        assert_eq!(both, (0..rows).collect::<Vec<_>>());
        assert!(training.is_sorted() && held_out.is_sorted());

        let sizes = counts(&labels, &both, classes);
        let held = counts(&labels, &held_out, classes);
        let several = sizes.iter().filter(|&&size| size >= 2).count();
        let spare: usize = sizes.iter().map(|size| size.saturating_sub(1)).sum();
        let bounded = several <= total && total <= spare;
        for (&size, &held) in sizes.iter().zip(&held) {
            if bounded && size >= 2 {
                assert!(held >= 1 && held < size, "{sizes:?} {fraction}: {held} of {size}");
            }
            if bounded && size == 1 {
                assert_eq!(held, 0, "a single row trains");
            }
        }
        // Largest remainders alone, where no bound moves anything.
        let due = |size: usize| size as f64 * fraction;
        if sizes.iter().all(|&size| size == 0 || (due(size) >= 1.0 && due(size) < (size - 1) as f64)) {
            for (&size, &held) in sizes.iter().zip(&held) {
                assert!((held as f64 - due(size)).abs() < 1.0, "{sizes:?} {fraction}: {held} of {size}");
            }
        }
    }
}

#[test]
fn rare_classes_are_on_both_sides_where_the_total_allows() {
    // Of 16, 2 and 2 rows: 3 or 17 rows are enough to have each class on both sides, 2 or 18 are not.
    let mut labels = vec![0; 16];
    labels.extend([1, 1, 2, 2]);
    for (fraction, expected) in
        [(0.1, vec![2, 0, 0]), (0.15, vec![1, 1, 1]), (0.85, vec![15, 1, 1]), (0.9, vec![14, 2, 2])]
    {
        let (_, held_out) = split_rows(&labelled(&labels, 3), fraction, 0).unwrap();
        assert_eq!(counts(&labels, &held_out, 3), expected, "{fraction}");
    }
}

/// As when a column of identifiers is taken for the target.
#[test]
fn a_class_for_each_row() {
    let labels: Vec<u32> = (0..50_000).collect();
    let (training, held_out) = split_rows(&labelled(&labels, 50_000), 0.25, 0).unwrap();
    assert_eq!((training.len(), held_out.len()), (37_500, 12_500));
}

#[test]
fn the_seed_decides() {
    let data = valued(100);
    assert_eq!(split_rows(&data, 0.5, 1).unwrap(), split_rows(&data, 0.5, 1).unwrap());
    assert_ne!(split_rows(&data, 0.5, 1).unwrap(), split_rows(&data, 0.5, 2).unwrap());
}

#[test]
fn refusals() {
    let refused = |rows, fraction| split(&valued(rows), fraction, 0).unwrap_err().to_string();
    for fraction in [0.0, 1.0, -0.2, 20.0, f64::NAN] {
        assert_eq!(
            refused(10, fraction),
            format!("held-out fraction {fraction}; expected a number between 0 and 1, both excluded")
        );
    }
    assert_eq!(
        refused(10, 0.01),
        "a fraction of 0.01 holds out 0 of 10 rows; expected at least one row on each side"
    );
    assert_eq!(
        refused(1, 0.5),
        "a fraction of 0.5 holds out 1 of 1 row; expected at least one row on each side"
    );
}
