//! Numbers that an `f32` does not tell apart before they are scaled.

use glassgrad_data::{
    Dataset, EncodingOptions, Error, Input, Missing, Part, ReadOptions, ScalingKind, Stream, StreamOptions,
    Targets, Task,
};
use ndarray::{Array2, array};
use std::fs;
use std::path::PathBuf;

/// Seconds since 1970 and a category; what is to be predicted is about as large. The last row has holes.
fn table(name: &str) -> (PathBuf, [Vec<f64>; 2]) {
    let time: Vec<f64> = (0..64).map(|i| f64::from(1_700_000_000 + (i * 37) % 100)).collect();
    let price: Vec<f64> = time.iter().map(|time| 3.0 * time + 0.25).collect();
    let rows = time.iter().zip(&price).map(|(time, price)| format!("{time},cup,{price}\n"));
    let text = rows.fold("time,kind,price\n".to_owned(), |text, row| text + &row) + ",cup,5100000120\n";
    let path = std::env::temp_dir().join(format!("glassgrad-learn-{}-{name}.csv", std::process::id()));
    fs::write(&path, text).unwrap();
    (path, [time, price])
}

/// As pandas and scikit-learn do: everything in `f64`, rounded to `f32` at last.
fn scaled(column: &[f64], kind: ScalingKind) -> Vec<f32> {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let std = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let (low, high) = column.iter().fold((f64::MAX, f64::MIN), |(l, h), &x| (l.min(x), h.max(x)));
    let (shift, divisor) = match kind {
        ScalingKind::None => (0.0, 1.0),
        ScalingKind::Standard => (mean, std),
        ScalingKind::MinMax => (low, high - low),
    };
    column.iter().map(|x| ((x - shift) / divisor) as f32).collect()
}

fn check(data: &Dataset<f32>, [time, price]: &[Vec<f64>; 2], kind: ScalingKind) {
    let close = |found: &[f32], expected: &[f32]| {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= f32::EPSILON * (1.0 + expected.abs()),
                "{found} and {expected}"
            );
        }
    };
    close(&data.features().column(0).to_vec(), &scaled(time, kind));
    assert!(data.features().column(1).iter().all(|&x| x.to_bits() == 1.0_f32.to_bits()), "a category");
    let Targets::Values(values) = data.targets() else { panic!("values") };
    close(&values.iter().copied().collect::<Vec<_>>(), &scaled(price, ScalingKind::Standard));
}

#[test]
fn are_scaled_before_they_are_rounded() {
    let (path, mut columns) = table("rounded");
    // What is missing becomes the mean.
    let mean = columns[0].iter().map(|time| time / 64.0).sum();
    columns[0].push(mean);
    columns[1].push(5_100_000_120.0);
    let target = ["price".to_owned()];
    let encoded = EncodingOptions { missing: Missing::Mean, ..EncodingOptions::default() };
    for kind in [ScalingKind::None, ScalingKind::Standard, ScalingKind::MinMax] {
        let input = Input::<f32>::read(&path, None, &ReadOptions::default()).unwrap();
        let encoding = input.fit(&input.target(&target, Task::Auto).unwrap(), encoded.clone()).unwrap();
        let training = input.learn(&encoding, kind, true).unwrap();
        check(&training.outcome.data, &columns, kind);
        // Another part of the data is scaled in the same way.
        let values = training.values.as_ref();
        let again = input.encode_scaled(&encoding, &training.scaling, values).unwrap();
        assert_eq!(again, training.outcome);
        let features = input.encode_features_scaled(&encoding, &training.scaling).unwrap();
        assert_eq!(&features.data, training.outcome.data.stored());

        let options = StreamOptions {
            target: target.to_vec(),
            window: 160,
            encoding: encoded.clone(),
            scaling: kind,
            scale_values: true,
            ..StreamOptions::default()
        };
        let stream = Stream::<f32>::open(&path, None, &options).unwrap();
        let blocks: Vec<_> = stream.blocks(Part::Training).collect::<Result<_, _>>().unwrap();
        assert!(blocks.len() > 1);
        let column =
            |column| blocks.iter().flat_map(|b| b.features().column(column).to_vec()).collect::<Vec<_>>();
        let values = blocks.iter().flat_map(|block| match block.targets() {
            Targets::Values(values) => values.iter().copied().collect::<Vec<_>>(),
            Targets::Labels { .. } => panic!("values"),
        });
        let values = Array2::from_shape_vec((65, 1), values.collect()).unwrap();
        let features = ndarray::stack![ndarray::Axis(1), array_of(&column(0)), array_of(&column(1))];
        check(&Dataset::with_values(features, values).unwrap(), &columns, kind);
    }
    fs::remove_file(path).unwrap();
}

fn array_of(numbers: &[f32]) -> ndarray::Array1<f32> {
    numbers.to_vec().into()
}

#[test]
fn a_scaling_of_other_columns_is_refused() {
    let (path, _) = table("others");
    let input = Input::<f32>::read(&path, None, &ReadOptions::default()).unwrap();
    let options = EncodingOptions { missing: Missing::Drop, ..EncodingOptions::default() };
    let encoding = input.fit(&input.target(&["price".to_owned()], Task::Auto).unwrap(), options).unwrap();
    let training = input.learn(&encoding, ScalingKind::Standard, true).unwrap();
    let other = Dataset::with_labels(array![[1.0_f32], [2.0]], vec![0, 1], 2).unwrap();
    let other = glassgrad_data::Scaling::fit(ScalingKind::Standard, &other, &[]).unwrap();
    let refused = input.encode_scaled(&encoding, &other, training.values.as_ref()).unwrap_err();
    assert_eq!(refused.to_string(), "columns to scale: an array of [1, 2]; expected [1, 1] (rows, columns)");
    fs::remove_file(path).unwrap();
}

/// What cannot be a `f32` at all is refused with its place, though its scaled number could be one.
#[test]
fn numbers_that_are_too_large() {
    let path = std::env::temp_dir().join(format!("glassgrad-learn-{}-large.csv", std::process::id()));
    fs::write(&path, "x,y\n1e39,1.5\n2e39,2.5\n").unwrap();
    let target = ["y".to_owned()];
    let input = Input::<f32>::read(&path, None, &ReadOptions::default()).unwrap();
    let encoding =
        input.fit(&input.target(&target, Task::Auto).unwrap(), EncodingOptions::default()).unwrap();
    let options = StreamOptions { target: target.to_vec(), ..StreamOptions::default() };
    for refused in [
        input.learn(&encoding, ScalingKind::Standard, true).map(drop),
        Stream::<f32>::open(&path, None, &options).map(drop),
    ] {
        let Err(Error::NotFinite { at, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!((at.line, at.column), (2, 1));
    }
    fs::remove_file(path).unwrap();
}

/// An array's numbers are rounded when they are read, and what is learnt is learnt from these.
#[test]
fn a_constant_column_of_an_array_turns_into_0() {
    let file = |name: &str, columns: usize, numbers: &[f64]| {
        let shape = format!("({}, {columns})", numbers.len() / columns);
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(numbers.iter().flat_map(|x| x.to_le_bytes()));
        let path = std::env::temp_dir().join(format!("glassgrad-learn-{}-{name}.npy", std::process::id()));
        fs::write(&path, bytes).unwrap();
        path
    };
    let x = file("x", 2, &[1_700_000_001.0, 1.0, 1_700_000_001.0, 2.0, 1_700_000_001.0, 3.0]);
    let y = file("y", 1, &[0.5, 1.5, 2.5]);
    let stream = Stream::<f32>::open(&x, Some(&y), &StreamOptions::default()).unwrap();
    let streamed = stream.blocks(Part::Training).next().unwrap().unwrap();
    let input = Input::<f32>::read(&x, Some(&y), &ReadOptions::default()).unwrap();
    let encoding = input.fit(&input.target(&[], Task::Auto).unwrap(), EncodingOptions::default()).unwrap();
    let whole = input.learn(&encoding, ScalingKind::Standard, true).unwrap();
    for data in [&streamed, &whole.outcome.data] {
        assert_eq!(data.features().column(0), array![0.0, 0.0, 0.0]);
    }
    fs::remove_file(x).unwrap();
    fs::remove_file(y).unwrap();
}
