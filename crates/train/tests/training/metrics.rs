//! Accuracy, R² and mean absolute error against numbers worked out by hand.

use glassgrad_data::Dataset;
use glassgrad_layers::{Chain, Loss};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Metrics, Trainer};
use ndarray::{Array2, array, concatenate};

/// ŷ = x: a network without layers.
fn evaluate(loss: &Loss, data: &Dataset<f64>) -> Metrics {
    let inputs = data.columns().len();
    Trainer::new(&Chain::new(), inputs, loss, Recipe::new(Sgd::default()), 0).unwrap().evaluate(data).unwrap()
}

fn regression(prediction: Array2<f64>, y: Array2<f64>) -> Metrics {
    evaluate(&Loss::MeanSquaredError, &Dataset::with_values(prediction, y).unwrap())
}

#[test]
fn one_output() {
    // ȳ = 3, Σ(y − ȳ)² = 4 + 1 + 9, Σ(y − ŷ)² = 1 + 4, Σ|y − ŷ| = 1 + 2.
    let found = regression(array![[1.0], [3.0], [8.0]], array![[1.0], [2.0], [6.0]]);
    assert_eq!(found.rows, 3);
    assert_eq!(found.accuracy, None);
    assert_eq!(found.r2, Some(1.0 - 5.0 / 14.0));
    assert_eq!(found.mae, Some(1.0));
    assert!((found.loss - 5.0 / 3.0).abs() < 1e-15);
}

#[test]
fn r2_is_the_mean_over_outputs_and_mae_over_entries() {
    // R² is 1 − 5/14 for the first output and 1 − 2/2 for the second.
    let x = array![[1.0, 6.0], [3.0, 6.0], [8.0, 6.0]];
    let found = regression(x, array![[1.0, 5.0], [2.0, 6.0], [6.0, 7.0]]);
    assert!((found.r2.unwrap() - (1.0 - 5.0 / 14.0) / 2.0).abs() < 1e-15, "{found:?}");
    assert_eq!(found.mae, Some((3.0 + 2.0) / 6.0));
}

#[test]
fn predicting_the_mean_scores_0_and_worse_less() {
    let y = array![[1.0], [2.0], [6.0]];
    assert_eq!(regression(Array2::from_elem((3, 1), 3.0), y.clone()).r2, Some(0.0));
    assert_eq!(regression(Array2::from_elem((3, 1), 4.0), y).r2, Some(1.0 - 17.0 / 14.0));
}

#[test]
fn a_constant_output_scores_1_if_exact_and_else_0() {
    // Three times 0.1 add up to more than 0.3: a rounded mean would leave a tiny Σ(y − ȳ)² to divide by.
    let y = Array2::from_elem((3, 1), 0.1);
    assert_eq!(regression(y.clone(), y.clone()).r2, Some(1.0));
    assert_eq!(regression(array![[0.1], [0.1], [0.2]], y).r2, Some(0.0));
    assert_eq!(regression(array![[0.1]], array![[0.1]]).r2, None);
}

#[test]
fn metrics_do_not_depend_on_how_the_rows_are_cut() {
    // 1,000 rows are evaluated in four pieces, the last of them shorter.
    let (x, y) = (array![[1.0], [3.0], [8.0], [2.0]], array![[1.0], [2.0], [6.0], [3.0]]);
    let few = regression(x.clone(), y.clone());
    let repeat = |a: &Array2<f64>| concatenate(ndarray::Axis(0), &vec![a.view(); 250]).unwrap();
    let many = regression(repeat(&x), repeat(&y));
    assert_eq!((many.rows, many.r2, many.mae), (1000, few.r2, few.mae));
    assert!((many.loss - few.loss).abs() < 1e-14);
}

#[test]
fn accuracy_is_the_share_of_rows_whose_label_is_largest() {
    let logits = array![[2.0, 1.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, -1.0], [-3.0, -2.0, -1.0]];
    // Of equals the first counts: the third row is class 0.
    let data = Dataset::with_labels(logits, vec![0, 2, 0, 2], 3).unwrap();
    let found = evaluate(&Loss::CROSS_ENTROPY, &data);
    assert_eq!((found.accuracy, found.r2, found.mae), (Some(0.75), None, None));
}

#[test]
fn binary_cross_entropy_of_labels_and_of_probabilities() {
    let logits = array![[2.0], [-1.0], [3.0], [-4.0]];
    // −ln σ(z) for label 1, −ln(1 − σ(z)) for label 0.
    let term = |z: f64, t: f64| (1.0 + (-z).exp()).ln() + (1.0 - t) * z;
    let expected = (term(2.0, 1.0) + term(-1.0, 0.0) + term(3.0, 0.0) + term(-4.0, 1.0)) / 4.0;
    let labels = Dataset::with_labels(logits.view(), vec![1, 0, 0, 1], 2).unwrap();
    let values = Dataset::with_values(logits, array![[1.0], [0.0], [0.0], [1.0]]).unwrap();
    for data in [labels, values] {
        let found = evaluate(&Loss::BinaryCrossEntropy, &data);
        assert_eq!((found.accuracy, found.r2, found.mae), (Some(0.5), None, None));
        assert!((found.loss - expected).abs() < 1e-15, "{}, expected {expected}", found.loss);
    }
    // Several independent questions a row: each entry counts.
    let data = Dataset::with_values(array![[2.0, -2.0, 1.0]], array![[1.0, 0.0, 0.4]]).unwrap();
    assert_eq!(evaluate(&Loss::BinaryCrossEntropy, &data).accuracy, Some(2.0 / 3.0));
}

#[test]
fn in_f32_sums_are_in_f64() {
    let rows = 100_000;
    let x = Array2::<f32>::zeros((rows, 1));
    let data = Dataset::with_values(x.view(), Array2::from_elem((rows, 1), 0.1)).unwrap();
    let recipe = Recipe::new(Sgd::default());
    let mut trainer = Trainer::<f32>::new(&Chain::new(), 1, &Loss::MeanAbsoluteError, recipe, 0).unwrap();
    let found = trainer.evaluate(&data).unwrap();
    let tenth = f64::from(0.1_f32);
    assert!((found.mae.unwrap() - tenth).abs() < 1e-12, "{found:?}");
}
