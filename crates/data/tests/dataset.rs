//! Data sets in memory: what is checked, what can be chosen, what a batch holds.

use glassgrad_data::{Dataset, Error, Features, Targets};
use ndarray::{Array2, array, s};

fn message<X: std::fmt::Debug>(result: Result<X, Error>) -> String {
    result.unwrap_err().to_string()
}

/// Row r is [10r, 10r + 1, 10r + 2], its label r mod 3.
fn labelled() -> Dataset<f32> {
    let x = Array2::from_shape_fn((7, 3), |(r, c)| (10 * r + c) as f32);
    Dataset::with_labels(x, (0..7).map(|r| r % 3).collect(), 3).unwrap()
}

/// Row r is [10r, 10r + 1], its values [r, −r].
fn valued() -> Dataset<f64> {
    let x = Array2::from_shape_fn((5, 2), |(r, c)| (10 * r + c) as f64);
    let y = Array2::from_shape_fn((5, 2), |(r, c)| if c == 0 { r as f64 } else { -(r as f64) });
    Dataset::with_values(x, y).unwrap()
}

#[test]
fn constructors_refuse() {
    let x = array![[1.0, 2.0], [3.0, 4.0]];
    let labels = |labels: &[u32], classes| Dataset::with_labels(x.view(), labels.to_vec(), classes);
    assert!(labels(&[0, 1], 2).is_ok());
    assert_eq!(
        message(labels(&[0], 2)),
        "2 rows of features, but 1 row of targets; expected one target a row"
    );
    assert_eq!(message(labels(&[0, 0], 1)), "1 class; expected 2 to 16777216");
    assert_eq!(
        message(labels(&[0, 0], usize::MAX)),
        format!("{} classes; expected 2 to 16777216", usize::MAX)
    );
    assert_eq!(
        message(labels(&[1, 2], 2)),
        "row 1 (counted from 0) has label 2; expected 0 to 1, there being 2 classes"
    );

    let empty = |rows, columns| Dataset::with_values(Array2::<f64>::zeros((rows, columns)), array![[1.0]]);
    assert_eq!(message(empty(1, 0)), "no columns; expected at least one");
    assert_eq!(message(empty(0, 1)), "0 rows of features, but 1 row of targets; expected one target a row");
    assert_eq!(
        message(Dataset::with_labels(Array2::<f32>::zeros((0, 1)), vec![], 2)),
        "no rows; expected at least one"
    );

    let bad = array![[1.0, 2.0], [3.0, f64::NAN]];
    assert_eq!(
        message(Dataset::with_values(bad.view(), x.view())),
        "features: row 1, column 1 (counted from 0) is NaN or infinite; expected a finite number"
    );
    assert_eq!(
        message(Dataset::with_values(x.view(), bad * f64::INFINITY)),
        "values: row 0, column 0 (counted from 0) is NaN or infinite; expected a finite number"
    );
}

#[test]
fn names() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let data = labelled();
    assert_eq!(data.columns(), ["x0", "x1", "x2"]);
    assert_eq!(data.target_columns(), ["y"]);
    assert_eq!(data.targets().classes().unwrap(), ["0", "1", "2"]);
    assert_eq!(valued().target_columns(), ["y0", "y1"]);
    let data = data.with_columns(names(&["a", "b", "c"])).unwrap();
    let data = data.with_classes(names(&["p", "q", "r"])).unwrap();
    let data = data.with_target_columns(names(&["t"])).unwrap().select(&[4]).unwrap();
    assert_eq!(data.columns(), ["a", "b", "c"]);
    assert_eq!(data.target_columns(), ["t"]);
    assert_eq!(data.targets(), &Targets::Labels { labels: vec![1], classes: names(&["p", "q", "r"]) });

    assert_eq!(message(labelled().with_columns(names(&["a"]))), "1 name for 3 columns; expected one each");
    assert_eq!(
        message(labelled().with_classes(names(&["a", "b", "a"]))),
        r#"two of the names are "a"; expected another for each class"#
    );
    assert_eq!(
        message(valued().with_target_columns(vec![])),
        "0 names for 2 target columns; expected one each"
    );
    assert_eq!(message(valued().with_classes(names(&["a"]))), "1 name for 0 classes; expected one each");
}

#[test]
fn select() {
    let chosen = valued().select(&[3, 0, 3]).unwrap();
    assert_eq!(chosen.features(), array![[30.0, 31.0], [0.0, 1.0], [30.0, 31.0]]);
    assert_eq!(chosen.targets(), &Targets::Values(array![[3.0, -3.0], [0.0, 0.0], [3.0, -3.0]]));
    assert_eq!(message(valued().select(&[])), "no rows; expected at least one");
    assert_eq!(message(valued().select(&[4, 5])), "row 5 (counted from 0) of a table of 5 rows");
}

#[test]
fn arrays_in_column_order_are_the_same_data() {
    let data = valued();
    let turned = data.features().t().as_standard_layout().into_owned();
    let Targets::Values(y) = data.targets() else { panic!("values were given") };
    assert_eq!(Dataset::with_values(turned.t(), y.view()).unwrap(), data);
    let again = Dataset::with_values(turned.reversed_axes(), y.clone()).unwrap();
    assert!(again.features().is_standard_layout(), "rows lie in one piece");
    let mut x = Array2::zeros((2, 2));
    again.gather_features(&[4, 1], x.view_mut()).unwrap();
    assert_eq!(x, array![[40.0, 41.0], [10.0, 11.0]]);
}

#[test]
fn gather_into_whole_and_strided_memory() {
    let (rows, data) = ([6, 1, 4], labelled());
    let expected = array![[60.0, 61.0, 62.0], [10.0, 11.0, 12.0], [40.0, 41.0, 42.0]];
    let (mut x, mut y) = (Array2::zeros((3, 3)), Array2::zeros((3, 1)));
    data.gather_features(&rows, x.view_mut()).unwrap();
    data.gather_targets(&rows, y.view_mut()).unwrap();
    assert_eq!((&x, &y), (&expected, &array![[0.0], [1.0], [1.0]]));

    let mut wide = Array2::from_elem((6, 8), -1.0);
    data.gather_features(&rows, wide.slice_mut(s![..;2, 1..7;2])).unwrap();
    data.gather_targets(&rows, wide.slice_mut(s![..;2, 7..])).unwrap();
    assert_eq!(wide.slice(s![..;2, 1..7;2]), expected);
    assert_eq!(wide.column(7), array![0.0, -1.0, 1.0, -1.0, 1.0, -1.0]);
    assert!(wide.column(2).iter().all(|&x| x == -1.0));

    let (rows, data) = ([2, 0], valued());
    let mut turned = Array2::zeros((2, 2));
    data.gather_targets(&rows, turned.view_mut().reversed_axes()).unwrap();
    assert_eq!(turned, array![[2.0, 0.0], [-2.0, 0.0]]);
}

#[test]
fn gather_refuses_other_shapes_and_rows() {
    let (data, mut memory) = (labelled(), Array2::from_elem((3, 3), 7.0));
    assert_eq!(
        message(data.gather_features(&[0, 1], memory.view_mut())),
        "features of a batch: an array of [3, 3]; expected [2, 3] (rows, columns)"
    );
    assert_eq!(
        message(data.gather_targets(&[0, 1, 2], memory.view_mut())),
        "targets of a batch: an array of [3, 3]; expected [3, 1] (rows, columns)"
    );
    assert_eq!(
        message(data.gather_features(&[0, 1, 7], memory.view_mut())),
        "row 7 (counted from 0) of a table of 7 rows"
    );
    assert_eq!(
        message(data.gather_targets(&[0, usize::MAX, 1], memory.slice_mut(s![.., ..1]))),
        format!("row {} (counted from 0) of a table of 7 rows", usize::MAX)
    );
    assert!(memory.iter().all(|&x| x == 7.0), "nothing is written");
}

/// Row r is the bytes [r, 50r, 255 − r], of which 255 stands for 1; its label r mod 3.
fn images<T: glassgrad_tensor::Scalar>() -> Dataset<T> {
    let bytes = Array2::from_shape_fn((5, 3), |(r, c)| [r, 50 * r, 255 - r][c] as u8);
    Dataset::with_labels(Features::bytes(bytes, 255.0), vec![0, 1, 2, 0, 1], 3).unwrap()
}

#[test]
fn bytes_stay_bytes_until_they_are_gathered() {
    let data = images::<f32>();
    assert!(matches!(data.stored(), Features::Bytes { .. }));
    let expected =
        Array2::from_shape_fn((5, 3), |(r, c)| [r, 50 * r, 255 - r][c] as f32 * (1.0 / 255.0_f64) as f32);
    assert_eq!(data.features(), expected);
    assert_eq!((expected[[0, 2]], data.rows(), data.columns().len()), (1.0, 5, 3));

    let rows = [4, 0, 4];
    let chosen = data.select(&rows).unwrap();
    assert!(matches!(chosen.stored(), Features::Bytes { .. }));
    let mut x = Array2::zeros((3, 3));
    data.gather_features(&rows, x.view_mut()).unwrap();
    assert_eq!(x, expected.select(ndarray::Axis(0), &rows));
    assert_eq!(chosen.features(), x);
    let mut wide = Array2::zeros((3, 6));
    data.gather_features(&rows, wide.slice_mut(s![.., ..;2])).unwrap();
    assert_eq!(wide.slice(s![.., ..;2]), x);

    let mut data = data;
    data.features_mut()[[1, 1]] = 7.0;
    assert!(matches!(data.stored(), Features::Numbers { .. }));
    assert_eq!(data.features()[[1, 1]], 7.0);
    assert_eq!(data.features().row(4), expected.row(4));
}

#[test]
fn bytes_in_column_order_are_the_same_data() {
    let bytes = Array2::from_shape_fn((4, 3), |(r, c)| (10 * r + c) as u8);
    let turned = bytes.t().as_standard_layout().into_owned().reversed_axes();
    let data = |bytes| Dataset::with_labels(Features::<f64>::bytes(bytes, 1.0), vec![0, 1, 0, 1], 2).unwrap();
    assert_eq!(data(turned), data(bytes.clone()));
    assert_eq!(data(bytes).features()[[3, 2]], 32.0);
    assert_eq!(
        message(Dataset::with_labels(Features::<f32>::bytes(array![[1]], 0.0), vec![0], 2)),
        "features: row 0, column 0 (counted from 0) is NaN or infinite; expected a finite number"
    );
}
