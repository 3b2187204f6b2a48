//! A fingerprint tells any two data sets apart, and never the same one.

use glassgrad_data::{Dataset, Features};
use ndarray::{Array2, array};
use std::collections::HashSet;

const KNOWN: u64 = 0x5bb6_94a4_0932_9a18;

/// Worked out with another implementation of XXH3 from the text of the method.
#[test]
fn known_answer() {
    let data = Dataset::with_labels(array![[1.5_f32, -2.0]], vec![1], 2).unwrap();
    assert_eq!(data.fingerprint(), KNOWN);
    let wider = Dataset::with_labels(array![[1.5_f64, -2.0]], vec![1], 2).unwrap();
    assert_eq!(wider.fingerprint(), KNOWN, "the numbers are the same");
}

#[test]
fn any_change_is_another() {
    let x = array![[1.0, 2.0], [3.0, 4.0]];
    let bytes = |one| Features::<f64>::bytes(array![[1, 2], [3, 4]], one);
    let labels = |x: Features<f64>, labels: &[u32]| Dataset::with_labels(x, labels.to_vec(), 2).unwrap();
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let data = labels(x.view().into(), &[0, 1]);
    let sets = [
        data.clone(),
        labels(x.view().into(), &[1, 1]),
        labels(array![[1.0, 2.0], [3.0, 4.5]].into(), &[0, 1]),
        labels(array![[1.0], [3.0]].into(), &[0, 1]),
        labels(bytes(1.0), &[0, 1]),
        labels(bytes(255.0), &[0, 1]),
        data.clone().with_columns(names(&["a", "b"])).unwrap(),
        data.clone().with_columns(names(&["ab", ""])).unwrap(),
        data.clone().with_classes(names(&["a", "b"])).unwrap(),
        data.clone().with_target_columns(names(&["z"])).unwrap(),
        data.select(&[0]).unwrap(),
        data.select(&[1, 0]).unwrap(),
        Dataset::with_values(x.view(), array![[0.0], [1.0]]).unwrap(),
        Dataset::with_values(x.view(), array![[0.0, 1.0], [0.0, 1.0]]).unwrap(),
        Dataset::with_values(x.view(), -Array2::<f64>::zeros((2, 1))).unwrap(),
        Dataset::with_values(x.view(), Array2::<f64>::zeros((2, 1))).unwrap(),
    ];
    let fingerprints: HashSet<u64> = sets.iter().map(Dataset::fingerprint).collect();
    assert_eq!(fingerprints.len(), sets.len());
}
