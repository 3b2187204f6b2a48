//! Using a network while it trains: evaluation mode, and nothing of the training disturbed.

use crate::fixture::{BATCH, BATCHES, assert_same, data, trainer};
use glassgrad_data::Dataset;
use glassgrad_layers::{Chain, Dense, Dropout, Init, Loss};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Epoch, Error, Observer, Trainer};
use ndarray::{Array2, array, s};
use std::ops::ControlFlow;

#[test]
fn dropout_is_off() {
    let network = Chain::new().then(Dropout::new(0.5)).then(Dense::new(1).weight(Init::Constant(1.0)));
    let sgd = Recipe::new(Sgd::default());
    let mut trainer = Trainer::<f64>::new(&network, 8, &Loss::MeanSquaredError, sgd, 0).unwrap();
    let (x, y) = (Array2::ones((5, 8)), Array2::zeros((5, 1)));
    trainer.load(x.view(), y.view()).unwrap();
    assert_ne!(trainer.forward(), 64.0, "while training, some inputs are dropped");
    assert_eq!(trainer.predict(x.view()).unwrap(), Array2::from_elem((5, 1), 8.0));
    assert_eq!(trainer.evaluate(&Dataset::with_values(x, y).unwrap()).unwrap().loss, 64.0);
}

#[test]
fn nothing_of_a_step_is_disturbed() {
    let data = data();
    let (mut plain, mut watched) = (trainer(), trainer());
    let labels = Array2::from_shape_fn((BATCH, 1), |(row, _)| (row % 3) as f64);
    let batch = data.features();
    let batch = batch.slice(s![..BATCH, ..]);
    for trainer in [&mut plain, &mut watched] {
        trainer.load(batch, labels.view()).unwrap();
    }
    // Of as many rows as the batch, of more, of fewer, and some that do not fit at all.
    let look = |trainer: &mut Trainer<f64>| {
        trainer.predict(Array2::ones((BATCH, 3)).view()).unwrap();
        trainer.evaluate(&data).unwrap();
        trainer.classify(Array2::ones((1, 3)).view()).unwrap();
        trainer.predict(Array2::ones((4, 7)).view()).unwrap_err();
    };
    for _ in 0..3 {
        look(&mut watched);
        assert_eq!(plain.forward(), watched.forward());
        look(&mut watched);
        plain.backward();
        watched.backward();
        let hidden = watched.value("1").unwrap().to_owned();
        let adjoint = watched.adjoint("1").unwrap().unwrap().to_owned();
        look(&mut watched);
        assert_eq!(watched.value("1").unwrap(), hidden);
        assert_eq!(watched.adjoint("1").unwrap().unwrap(), adjoint);
        plain.update().unwrap();
        watched.update().unwrap();
        look(&mut watched);
        assert_eq!(plain.verify(), watched.verify(), "the same batch, the same masks");
        assert_same(&plain, &watched, "after a step");
    }
}

#[test]
fn evaluating_after_every_epoch_changes_no_bit() {
    struct Evaluate(Dataset<f64>, u64);
    impl Observer<f64> for Evaluate {
        fn epoch(&mut self, trainer: &mut Trainer<f64>, _: &Epoch) -> Result<ControlFlow<()>, Error> {
            assert_eq!(trainer.evaluate(&self.0)?.rows, 23);
            trainer.predict(self.0.features().view())?;
            self.1 += 1;
            Ok(ControlFlow::Continue(()))
        }
    }
    let (mut plain, mut watched) = (trainer(), trainer());
    plain.fit(&data(), BATCH, BATCHES, &mut ()).unwrap();
    let mut observer = Evaluate(data(), 0);
    watched.fit(&data(), BATCH, BATCHES, &mut observer).unwrap();
    assert_eq!(observer.1, BATCHES);
    assert_same(&plain, &watched, "evaluated each epoch");
}

#[test]
fn rows_are_predicted_alike_alone_and_together() {
    let (mut trainer, data) = (trainer(), data());
    trainer.fit(&data, BATCH, 2, &mut ()).unwrap();
    let x = data.features();
    let all = trainer.predict(x.view()).unwrap().to_owned();
    let classes = trainer.classify(x.view()).unwrap();
    for (row, class) in classes.iter().enumerate() {
        let one = x.slice(s![row..=row, ..]);
        let alone = trainer.predict(one).unwrap();
        for (a, b) in alone.iter().zip(all.row(row)) {
            assert!((a - b).abs() <= 4.0 * f64::EPSILON * b.abs().max(1.0), "row {row}: {a:e}, {b:e}");
        }
        assert_eq!(trainer.classify(one).unwrap(), [*class]);
    }
    let right = classes.iter().enumerate().filter(|(row, class)| row * row % 3 == **class).count();
    assert_eq!(trainer.evaluate(&data).unwrap().accuracy, Some(right as f64 / 23.0));
}

/// ŷ = x: a network without layers.
fn classify(loss: &Loss, outputs: &Array2<f64>) -> Vec<usize> {
    let recipe = Recipe::new(Sgd::default());
    Trainer::new(&Chain::new(), outputs.ncols(), loss, recipe, 0).unwrap().classify(outputs.view()).unwrap()
}

#[test]
fn the_class_is_the_largest_output_or_the_side_of_one() {
    let outputs = array![[0.0, 2.0, 1.0], [5.0, 5.0, 0.0], [-3.0, -2.0, -1.0]];
    assert_eq!(classify(&Loss::CROSS_ENTROPY, &outputs), [1, 0, 2]);
    assert_eq!(classify(&Loss::BinaryCrossEntropy, &array![[-1.0], [0.0], [0.5]]), [0, 0, 1]);
}
