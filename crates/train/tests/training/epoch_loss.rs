//! What an epoch reports: every row once, the short last batch included, and the mean over rows.

use glassgrad_data::Dataset;
use glassgrad_layers::{Chain, Loss, Reduction};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Epoch, Error, Observer, Step, Trainer};
use ndarray::{Array2, array};
use std::ops::ControlFlow;

/// ŷ = x: a network without layers has nothing to learn.
fn identity(loss: &Loss, reduction: Reduction, width: usize) -> Trainer<f64> {
    let sgd = Recipe::new(Sgd::default());
    Trainer::with_reduction(&Chain::new(), width, loss, reduction, sgd, 0).unwrap()
}

#[derive(Default)]
struct Log {
    /// The features of every row that was trained on, the size and the loss of every batch.
    rows: Vec<f64>,
    batches: Vec<(usize, f64)>,
    losses: Vec<f64>,
}

impl Observer<f64> for Log {
    fn step(&mut self, trainer: &Trainer<f64>, step: &Step<f64>) -> ControlFlow<()> {
        self.rows.extend(trainer.value("x").unwrap().column(0));
        self.batches.push((trainer.memory().batch(), step.loss));
        ControlFlow::Continue(())
    }

    fn epoch(&mut self, _: &mut Trainer<f64>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.losses.push(epoch.loss);
        Ok(ControlFlow::Continue(()))
    }
}

fn log(trainer: &mut Trainer<f64>, data: &Dataset<f64>, batch: usize) -> Log {
    let mut log = Log::default();
    trainer.fit(data, batch, 1, &mut log).unwrap();
    log
}

#[test]
fn the_short_batch_is_kept_and_weighs_what_it_has() {
    // Squared errors 1, 4, …, 49: their mean is 20.
    let x = array![[1.0], [2.0], [3.0], [4.0], [5.0], [6.0], [7.0]];
    let data = Dataset::with_values(x.view(), Array2::zeros((7, 1))).unwrap();
    let mut log = log(&mut identity(&Loss::MeanSquaredError, Reduction::Mean, 1), &data, 3);
    assert_eq!(log.batches.iter().map(|b| b.0).collect::<Vec<_>>(), [3, 3, 1]);
    let of_batches = log.batches.iter().map(|b| b.1).sum::<f64>() / 3.0;
    assert!((log.losses[0] - 20.0).abs() < 1e-13, "{}", log.losses[0]);
    assert!((of_batches - 20.0).abs() > 0.1, "the mean of the batches' means is another: {of_batches}");
    assert_ne!(log.rows, x.column(0).to_vec(), "shuffled");
    log.rows.sort_by(f64::total_cmp);
    assert_eq!(log.rows, x.column(0).to_vec(), "every row once");
}

#[test]
fn a_batch_may_be_larger_than_the_data() {
    let data = Dataset::with_values(array![[1.0], [3.0]], array![[0.0], [0.0]]).unwrap();
    for batch in [2, 3, usize::MAX] {
        let log = log(&mut identity(&Loss::MeanSquaredError, Reduction::Mean, 1), &data, batch);
        assert_eq!((log.batches, log.losses), (vec![(2, 5.0)], vec![5.0]));
    }
}

#[test]
fn training_on_sums_reports_means() {
    let data =
        Dataset::with_values(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], Array2::zeros((3, 2))).unwrap();
    for (loss, expected) in [
        (Loss::MeanSquaredError, 91.0 / 6.0),
        (Loss::MeanAbsoluteError, 21.0 / 6.0),
        (Loss::HalfSquaredError, 91.0 / 2.0 / 3.0),
    ] {
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let mut trainer = identity(&loss, reduction, 2);
            let of_epoch = log(&mut trainer, &data, 2).losses[0];
            let evaluated = trainer.evaluate(&data).unwrap().loss;
            for found in [of_epoch, evaluated] {
                assert!((found - expected).abs() < 1e-14 * expected, "{loss:?}, {reduction:?}: {found}");
            }
        }
    }
}

#[test]
fn weighted_classes_weigh_over_the_whole_set() {
    let class_weights = vec![1.0, 5.0, 0.5];
    let loss = Loss::CrossEntropy { class_weights: class_weights.clone(), smoothing: 0.0 };
    let x = Array2::from_shape_fn((600, 3), |(row, column)| ((row * 3 + column) as f64).sin());
    // Sorted, so that batches differ much in what they weigh.
    let labels: Vec<u32> = (0..600).map(|row| row / 200).collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    for (z, &label) in x.rows().into_iter().zip(&labels) {
        let w = class_weights[label as usize];
        sum += w * (z.iter().map(|z: &f64| z.exp()).sum::<f64>().ln() - z[label as usize]);
        weight += w;
    }
    let data = Dataset::with_labels(x, labels, 3).unwrap();
    for reduction in [Reduction::Mean, Reduction::Sum] {
        let mut trainer = identity(&loss, reduction, 3);
        let of_epoch = log(&mut trainer, &data, 7).losses[0];
        for found in [of_epoch, trainer.evaluate(&data).unwrap().loss] {
            assert!((found - sum / weight).abs() < 1e-13, "{reduction:?}: {found}, {}", sum / weight);
        }
    }
}

#[test]
fn rows_of_a_class_without_weight_have_no_part() {
    // More of them than are evaluated at a time: a piece of the data has no mean at all.
    let loss = Loss::CrossEntropy { class_weights: vec![0.0, 2.0], smoothing: 0.0 };
    let x = Array2::from_shape_fn((602, 2), |(row, column)| ((row * 2 + column) as f64).sin());
    let data =
        Dataset::with_labels(x.view(), (0..602).map(|row| u32::from(row >= 600)).collect(), 2).unwrap();
    let term = |row: usize| (x[[row, 0]].exp() + x[[row, 1]].exp()).ln() - x[[row, 1]];
    let expected = f64::midpoint(term(600), term(601));
    let found = identity(&loss, Reduction::Mean, 2).evaluate(&data).unwrap().loss;
    assert!((found - expected).abs() < 1e-14, "{found}, {expected}");
}
