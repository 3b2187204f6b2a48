//! Scaling against numbers worked by hand, and there and back again.

use glassgrad_data::{
    CsvOptions, Dataset, Error, Features, MinMax, Scaling, ScalingKind, Standardize, read_csv,
};
use glassgrad_tensor::random::{Purpose, stream, unit};
use ndarray::{Array2, ArrayView2, array, s};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 4.0 * f64::EPSILON * b.abs()
}

/// [2, 4, 4, 4, 5, 5, 7, 9]: mean 5, deviations −3 −1 −1 −1 0 0 2 4, their squares' mean 4.
#[test]
fn by_hand() {
    let x = array![
        [2.0, 0.1],
        [4.0, 0.1],
        [4.0, 0.1],
        [4.0, 0.1],
        [5.0, 0.1],
        [5.0, 0.1],
        [7.0, 0.1],
        [9.0, 0.1]
    ];
    let scale = Standardize::fit(x.view()).unwrap();
    assert_eq!(scale, Standardize { mean: vec![5.0, 0.1], std: vec![2.0, 1.0], constant: vec![1] });
    let mut z = x.clone();
    scale.transform(z.view_mut()).unwrap();
    assert_eq!(z.column(0), array![-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]);
    assert!(z.column(1).iter().all(|&z| z == 0.0));

    let scale = MinMax::fit(x.view()).unwrap();
    assert_eq!(scale, MinMax { min: vec![2.0, 0.1], range: vec![7.0, 1.0], constant: vec![1] });
    let mut z = array![[2.0, 0.1], [5.5, 0.1], [9.0, 0.1], [16.0, 1.1]];
    scale.transform(z.view_mut()).unwrap();
    assert_eq!(z.column(0), array![0.0, 0.5, 1.0, 2.0]);
    assert_eq!(z.column(1), array![0.0, 0.0, 0.0, 1.0]);
}

/// The sum of a constant column rounds, so that it seems to deviate a little; it may even overflow.
#[test]
fn constant_columns_stay_finite() {
    for x in [0.1, 1e-300, 1e308, -7.3] {
        let scale = Standardize::fit(Array2::from_elem((1000, 1), x).view()).unwrap();
        assert_eq!(scale, Standardize { mean: vec![x], std: vec![1.0], constant: vec![0] });
    }
    let digits: Dataset<f32> = read_csv(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv"),
        &CsvOptions::classification("target"),
    )
    .unwrap();
    let scale = Standardize::fit(digits.features().view()).unwrap();
    assert_eq!(scale.constant, [0, 32, 39]);
    assert_eq!(MinMax::fit(digits.features().view()).unwrap().constant, [0, 32, 39]);
}

/// Columns whose plain Σx² would lose every digit, overflow or underflow.
#[test]
fn hard_columns() {
    let x = array![
        [1e9 + 4.0, 3e200, 3e-200, 1.0],
        [1e9 + 7.0, 6e200, 6e-200, 1.0 + f64::EPSILON],
        [1e9 + 13.0, 12e200, 12e-200, 1.0],
        [1e9 + 16.0, 15e200, 15e-200, 1.0 + f64::EPSILON],
    ];
    let Standardize { mean, std, constant } = Standardize::fit(x.view()).unwrap();
    let root = 22.5_f64.sqrt();
    assert!(close(mean[0], 1e9 + 10.0) && close(std[0], root), "{mean:?} {std:?}");
    assert!(close(mean[1], 9e200) && close(std[1], root * 1e200), "{mean:?} {std:?}");
    assert!(close(mean[2], 9e-200) && close(std[2], root * 1e-200), "{mean:?} {std:?}");
    assert!(std[3] > 0.0 && std[3] <= f64::EPSILON, "{std:?}");
    assert!(constant.is_empty());

    // 1,000 numbers that differ in the last bit: their sum is off by far more.
    let bit = f64::from_bits(0.1_f64.to_bits() + 1) - 0.1;
    let x = Array2::from_shape_fn((1000, 1), |(r, _)| 0.1 + bit * (r % 2) as f64);
    let scale = Standardize::fit(x.view()).unwrap();
    assert!((0.5 * bit..=bit).contains(&scale.std[0]), "{scale:?}");
}

#[test]
fn scaled_rows_have_mean_0_and_deviation_1() {
    let iris: Dataset<f64> = read_csv(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv"),
        &CsvOptions::classification("target"),
    )
    .unwrap();
    let mut z = iris.features().to_owned();
    Standardize::fit(z.view()).unwrap().transform(z.view_mut()).unwrap();
    for column in z.columns() {
        let n = column.len() as f64;
        let mean = column.sum() / n;
        let variance = column.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / n;
        assert!(mean.abs() < 1e-14 && (variance - 1.0).abs() < 1e-14, "{mean} {variance}");
    }
}

/// One rounding each way: an ulp of x, and one of what was subtracted.
#[test]
fn inverse_brings_rows_and_values_back() {
    let mut draws = stream(5, Purpose::Check, 0, 0);
    let x = Array2::from_shape_fn((40, 6), |(_, c)| (unit(&mut draws) - 0.3) * 1000_f64.powf(c as f64 - 2.0));
    let back = |z: ArrayView2<'_, f64>, largest: &[f64]| {
        for ((r, c), &z) in z.indexed_iter() {
            assert!((z - x[[r, c]]).abs() <= 4.0 * f64::EPSILON * largest[c], "{z} {}", x[[r, c]]);
        }
    };
    let largest: Vec<f64> =
        x.columns().into_iter().map(|c| c.fold(0.0, |m: f64, x| m.max(x.abs()))).collect();

    let (scale, mut z) = (Standardize::fit(x.slice(s![..30, ..])).unwrap(), x.clone());
    scale.transform(z.view_mut()).unwrap();
    assert_ne!(z, x);
    scale.inverse(z.view_mut()).unwrap();
    back(z.view(), &largest);

    let (scale, mut data) =
        (MinMax::fit(x.view()).unwrap(), Dataset::with_values(x.view(), x.view()).unwrap());
    scale.transform(data.features_mut()).unwrap();
    scale.transform(data.values_mut().unwrap()).unwrap();
    assert!(data.features().iter().all(|z| (0.0..=1.0).contains(z)));
    let features = data.features().to_owned();
    assert_eq!(data.values_mut().unwrap(), features);
    scale.inverse(data.values_mut().unwrap()).unwrap();
    back(data.values_mut().unwrap().view(), &largest);
}

/// Any view of rows, one at a time or strided, in f32 as the f64 result rounded once.
#[test]
fn rows_are_scaled_in_place_wherever_they_lie() {
    let x = array![[1.0_f32, 5.0], [2.0, 6.0], [4.0, 9.0]];
    let scale = Standardize::fit(x.view()).unwrap();
    let mut all = x.clone();
    scale.transform(all.view_mut()).unwrap();
    let mut wide = Array2::zeros((3, 4));
    wide.slice_mut(s![.., ..;2]).assign(&x);
    for row in 0..3 {
        scale.transform(wide.slice_mut(s![row..=row, ..;2])).unwrap();
    }
    assert_eq!(wide.slice(s![.., ..;2]), all);
    for ((r, c), &z) in all.indexed_iter() {
        assert_eq!(z, ((f64::from(x[[r, c]]) - scale.mean[c]) / scale.std[c]) as f32);
    }
}

#[test]
fn refusals() {
    let message = |error: Error| error.to_string();
    let x = array![[1.0, 2.0], [3.0, 5.0]];
    let (standard, unit) = (Standardize::fit(x.view()).unwrap(), MinMax::fit(x.view()).unwrap());
    let mut narrow = array![[1.0], [2.0]];
    let expected = "rows to scale: an array of [2, 1]; expected [2, 2] (rows, columns)";
    for result in [
        standard.transform(narrow.view_mut()),
        standard.inverse(narrow.view_mut()),
        unit.transform(narrow.view_mut()),
        unit.inverse(narrow.view_mut()),
    ] {
        assert_eq!(message(result.unwrap_err()), expected);
    }
    for (x, expected) in [
        (Array2::zeros((0, 2)), "no rows; expected at least one"),
        (Array2::zeros((2, 0)), "no columns; expected at least one"),
        (
            array![[1.0, 2.0], [1.0, f64::NAN]],
            "rows to fit: row 1, column 1 (counted from 0) is NaN or infinite; expected a finite number",
        ),
        (
            array![[0.0, -1.5e308], [1.0, 1.5e308]],
            "column 1 (counted from 0) spans more than an f64 can hold; use a larger unit for it",
        ),
    ] {
        assert_eq!(message(MinMax::fit(x.view()).unwrap_err()), expected);
        if x.iter().all(|x| x.abs() < 1e308) {
            assert_eq!(message(Standardize::fit(x.view()).unwrap_err()), expected);
        }
    }
    let huge = array![[0.0, 1.5e308], [1.0, 1.6e308]];
    assert_eq!(
        message(Standardize::fit(huge.view()).unwrap_err()),
        "column 1 (counted from 0) spans more than an f64 can hold; use a larger unit for it"
    );
}

#[test]
fn scaled_bytes_are_the_scaled_numbers() {
    let bytes = Array2::from_shape_fn((9, 4), |(r, c)| [r * r, 7, 255 - 20 * r, r % 2][c] as u8);
    let images = Dataset::with_labels(Features::bytes(bytes, 255.0), vec![0; 9], 2).unwrap();
    let numbers = Dataset::with_labels(images.features().into_owned(), vec![0; 9], 2).unwrap();
    for kind in [ScalingKind::None, ScalingKind::Standard, ScalingKind::MinMax] {
        let scaling = Scaling::fit(kind, &images, &[3]).unwrap();
        assert_eq!(scaling.constant(), if kind == ScalingKind::None { &[][..] } else { &[1] });
        let (mut images, mut numbers): (Dataset<f64>, Dataset<f64>) = (images.clone(), numbers.clone());
        scaling.apply(&mut images).unwrap();
        scaling.apply(&mut numbers).unwrap();
        assert!(matches!(images.stored(), Features::Bytes { .. }));
        for (a, b) in images.features().iter().zip(&numbers.features()) {
            assert!((a - b).abs() < 1e-14, "{a} {b}");
        }
        assert_eq!(images.features()[[1, 3]], 1.0 / 255.0, "column 3 is left as it is");
        let saved = serde_json::to_string(&scaling).unwrap();
        assert_eq!(serde_json::from_str::<Scaling>(&saved).unwrap(), scaling);
    }
}

#[test]
fn a_scaling_refuses_other_columns() {
    let data = |columns| {
        Dataset::with_labels(Features::<f32>::bytes(Array2::ones((2, columns)), 1.0), vec![0, 1], 2)
    };
    let (mut two, three) = (data(2).unwrap(), data(3).unwrap());
    let refused = |result: Result<(), Error>| result.unwrap_err().to_string();
    let scaling = Scaling::fit(ScalingKind::Standard, &three, &[]).unwrap();
    assert_eq!(
        refused(scaling.apply(&mut two)),
        "rows to scale: an array of [2, 2]; expected [2, 3] (rows, columns)"
    );
    assert_eq!(
        Scaling::fit(ScalingKind::MinMax, &three, &[3]).unwrap_err().to_string(),
        "column 3 (counted from 0) of a table of 3 columns"
    );
}
