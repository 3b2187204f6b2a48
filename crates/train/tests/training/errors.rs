//! Every mistake, and the whole of what is said of it.

use glassgrad_data::Dataset;
use glassgrad_layers::{Chain, Dense, Loss};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Error, Trainer};
use ndarray::{Array2, array};
use std::error::Error as _;

fn sgd(lr: f64) -> Recipe<f64> {
    Recipe::new(Sgd { lr, ..Sgd::default() })
}

fn new(outputs: usize, loss: &Loss) -> Trainer<f64> {
    Trainer::new(&Dense::new(outputs), 2, loss, sgd(0.1), 0).unwrap()
}

fn labels(columns: usize, classes: usize) -> Dataset<f64> {
    Dataset::with_labels(Array2::ones((2, columns)), vec![0, 1], classes).unwrap()
}

fn values(outputs: usize) -> Dataset<f64> {
    Dataset::with_values(Array2::ones((2, 2)), Array2::ones((2, outputs))).unwrap()
}

#[test]
fn data_that_do_not_fit() {
    let cross_entropy = Loss::CROSS_ENTROPY;
    for (loss, outputs, data, expected) in [
        (&cross_entropy, 3, labels(5, 3), "feature columns: found 5, expected 2 as the network has"),
        (&cross_entropy, 3, labels(2, 4), "classes: found 4, expected 3 as the network has"),
        (&Loss::MeanSquaredError, 3, values(1), "target columns: found 1, expected 3 as the network has"),
        (
            &Loss::BinaryCrossEntropy,
            2,
            labels(2, 2),
            "target columns: found 1, expected 2 as the network has",
        ),
        (&Loss::BinaryCrossEntropy, 1, labels(2, 3), "classes: found 3, expected 2 as the network has"),
        (&cross_entropy, 2, values(1), "targets: found values, expected class labels for this loss"),
        (
            &Loss::MeanSquaredError,
            1,
            labels(2, 2),
            "targets: found class labels, expected values for this loss",
        ),
    ] {
        let mut trainer = new(outputs, loss);
        let fitting = trainer.fit(&data, 1, 1, &mut ()).unwrap_err();
        let evaluating = trainer.evaluate(&data).unwrap_err();
        for error in [fitting, evaluating] {
            assert_eq!(error.to_string(), expected);
            assert!(error.source().is_none());
        }
        assert_eq!(trainer.position().batch, 0);
    }
}

#[test]
fn targets_of_binary_cross_entropy_are_probabilities() {
    let y = array![[1.0], [-1.0]];
    let expected = "targets: row 1, column 0 (counted from 0) is -1, expected a number from 0 to 1 for binary \
                    cross-entropy";
    let mut trainer = new(1, &Loss::BinaryCrossEntropy);
    let data = Dataset::with_values(Array2::ones((2, 2)), y.view()).unwrap();
    assert_eq!(trainer.fit(&data, 1, 1, &mut ()).unwrap_err().to_string(), expected);
    assert_eq!(trainer.load(Array2::ones((2, 2)).view(), y.view()).unwrap_err().to_string(), expected);
    let error = trainer.load(array![[1.0, 1.0]].view(), array![[f64::NAN]].view()).unwrap_err();
    assert!(error.to_string().contains("is NaN, expected"), "{error}");
}

#[test]
fn what_is_wrong_below_passes_through() {
    let loss = Loss::MeanSquaredError;
    let network = |n: usize| Trainer::new(&Chain::new().then(Dense::new(n)), 2, &loss, sgd(0.1), 0);
    let width = "0.weight: found a width of 0, expected at least 1 row and 1 column";
    assert_eq!(network(0).unwrap_err().to_string(), width);
    let nothing = Trainer::new(&Dense::new(1), 0, &loss, sgd(0.1), 0).unwrap_err();
    assert_eq!(nothing.to_string(), "x: found a width of 0, expected at least 1 row and 1 column");
    let rate = Trainer::new(&Dense::new(1), 2, &loss, sgd(f64::NAN), 0).unwrap_err();
    assert_eq!(rate.to_string(), "Sgd: lr is NaN; it must be a finite number >= 0");
    let batch = new(1, &loss).fit(&values(1), 0, 1, &mut ()).unwrap_err();
    assert_eq!(batch.to_string(), "batch size 0; expected at least 1");
    assert!(matches!(
        (network(0).unwrap_err(), rate, batch),
        (Error::Network(_), Error::Optimizer(_), Error::Data(_))
    ));
}

#[test]
fn a_batch_that_does_not_fit() {
    let mut trainer = new(3, &Loss::CROSS_ENTROPY);
    let mut load = |x: Array2<f64>, y: Array2<f64>| trainer.load(x.view(), y.view()).unwrap_err().to_string();
    let empty = "found a batch of 0 rows, expected at least 1";
    assert_eq!(load(Array2::zeros((0, 2)), Array2::zeros((0, 1))), empty);
    let short = "input \"y\": found shape [1, 1], expected [2, 1]";
    assert_eq!(load(Array2::zeros((2, 2)), Array2::zeros((1, 1))), short);
    let wide = "input \"x\": found shape [1, 4], expected [1, 2]";
    assert_eq!(load(Array2::zeros((1, 4)), Array2::zeros((1, 1))), wide);
    let label = "input \"y\", row 0: found label 3, expected a whole number from 0 to 2";
    assert_eq!(load(Array2::zeros((1, 2)), array![[3.0]]), label);
    assert_eq!(trainer.predict(Array2::zeros((0, 2)).view()).unwrap_err().to_string(), empty);
    assert_eq!(trainer.classify(Array2::zeros((1, 4)).view()).unwrap_err().to_string(), wide);
}

#[test]
fn an_error_has_no_second_copy_of_itself_as_its_source() {
    let reading = glassgrad_data::read_csv::<f64>(
        env!("CARGO_MANIFEST_DIR"),
        &glassgrad_data::CsvOptions::classification("y"),
    );
    let error = Error::from(reading.unwrap_err());
    assert!(error.source().is_none(), "{:?}", error.source());
    let source = std::io::Error::other("the disk is on fire");
    let error = Error::from(glassgrad_data::Error::Read { file: "a.csv".into(), source });
    assert_eq!(error.source().unwrap().to_string(), "the disk is on fire");
}
