//! A run that stops, anywhere, and goes on is the run that never stopped, bit for bit.

use crate::fixture::{BATCH, BATCHES, assert_same, data, trainer};
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_train::{Epoch, Error, Observer, Position, Step, Trainer};
use ndarray::{Array2, s};
use std::ops::ControlFlow::{self, Break, Continue};

/// Breaks after so many steps, and keeps what each epoch was.
struct Stop {
    steps: usize,
    epochs: Vec<Epoch>,
}

impl Observer<f64> for Stop {
    fn step(&mut self, _: &Trainer<f64>, _: &Step<f64>) -> ControlFlow<()> {
        self.steps -= 1;
        if self.steps == 0 { Break(()) } else { Continue(()) }
    }

    fn epoch(&mut self, _: &mut Trainer<f64>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.epochs.push(*epoch);
        Ok(Continue(()))
    }
}

fn straight(epochs: u64) -> (Trainer<f64>, Vec<Epoch>) {
    let (mut trainer, mut stop) = (trainer(), Stop { steps: usize::MAX, epochs: Vec::new() });
    trainer.fit(&data(), BATCH, epochs, &mut stop).unwrap();
    (trainer, stop.epochs)
}

#[test]
fn epochs_count_from_the_start_of_the_run() {
    let (whole, _) = straight(4);
    let mut parts = trainer();
    for epochs in [1, 3, 3, 2, 4] {
        parts.fit(&data(), BATCH, epochs, &mut ()).unwrap();
    }
    assert_eq!(parts.position(), Position { epoch: 4, batch: 0 });
    assert_same(&whole, &parts, "to 1, to 3, twice nothing, to 4");
    assert_ne!(straight(3).0.theta(), whole.theta(), "an epoch makes a difference");
}

#[test]
fn stopping_at_any_step_and_going_on() {
    let (whole, epochs) = straight(3);
    for steps in 1..3 * BATCHES as usize {
        let (mut parts, mut stop) = (trainer(), Stop { steps, epochs: Vec::new() });
        parts.fit(&data(), BATCH, 3, &mut stop).unwrap();
        // On the last batch of an epoch, breaking leaves the epoch's end to the next fit.
        let last = (steps as u64 - 1) / BATCHES;
        let expected = Position { epoch: last, batch: steps as u64 - last * BATCHES };
        assert_eq!(parts.position(), expected, "after {steps} steps");
        stop.steps = usize::MAX;
        parts.fit(&data(), BATCH, 3, &mut stop).unwrap();
        assert_same(&whole, &parts, &format!("stopped after {steps} steps"));
        let losses =
            |epochs: &[Epoch]| epochs.iter().map(|e| (e.epoch, e.loss.to_bits())).collect::<Vec<_>>();
        assert_eq!(losses(&stop.epochs), losses(&epochs), "losses of epochs, stopped after {steps} steps");
    }
}

#[test]
fn an_epoch_goes_on_only_with_the_batches_it_began_with() {
    let mut trainer = trainer();
    trainer.fit(&data(), BATCH, 1, &mut Stop { steps: 2, epochs: Vec::new() }).unwrap();
    let before = trainer.theta().to_vec();
    let error = trainer.fit(&data(), 4, 1, &mut ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "epoch 1 was left after 2 batches, 10 rows in all, which is not how 23 rows in batches \
         of 4 begin; go on with the same data and batch size, or call end_epoch first"
    );
    assert_eq!(trainer.theta(), before, "nothing was trained");
    trainer.end_epoch();
    trainer.fit(&data(), 4, 2, &mut ()).unwrap();
    assert_eq!(trainer.position(), Position { epoch: 2, batch: 0 });
}

#[test]
fn steps_by_hand_beyond_an_epoch_are_not_taken_for_one() {
    let mut trainer = trainer();
    let data = data();
    trainer.load(data.features().view(), ndarray::Array2::zeros((23, 1)).view()).unwrap();
    for _ in 0..9 {
        trainer.step().unwrap();
    }
    assert!(matches!(trainer.fit(&data, 23, 1, &mut ()), Err(Error::Resume { done: 207, .. })));
    assert_eq!(trainer.end_epoch().epoch, 0);
    trainer.fit(&data, 23, 2, &mut ()).unwrap();
}

#[test]
fn rows_in_their_own_order() {
    let data = data();
    let (mut by_fit, mut by_hand) = (trainer(), trainer());
    let mut batches = Batches::sequential(data.rows(), BATCH).unwrap();
    by_fit.fit_batches(&data, &mut batches, 2, &mut ()).unwrap();
    let (x, y) = (data.features(), labels(&data));
    for _ in 0..2 {
        for start in (0..data.rows()).step_by(BATCH) {
            let rows = start..(start + BATCH).min(data.rows());
            by_hand.load(x.slice(s![rows.clone(), ..]), y.slice(s![rows, ..])).unwrap();
            by_hand.step().unwrap();
        }
        by_hand.end_epoch();
    }
    assert_same(&by_fit, &by_hand, "in order");
    let error =
        by_fit.fit_batches(&data, &mut Batches::sequential(24, BATCH).unwrap(), 3, &mut ()).unwrap_err();
    assert_eq!(error.to_string(), "row 23 (counted from 0) of a table of 23 rows");
}

fn labels(data: &Dataset<f64>) -> Array2<f64> {
    match data.targets() {
        Targets::Labels { labels, .. } => {
            Array2::from_shape_fn((labels.len(), 1), |(row, _)| f64::from(labels[row]))
        }
        Targets::Values(_) => unreachable!("the data have labels"),
    }
}
