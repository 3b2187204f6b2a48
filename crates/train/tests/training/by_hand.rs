//! `fit` is a loop of the four stages and nothing else: steps made by hand give the same bits.

use crate::fixture::{BATCH, BATCHES, SEED, assert_same, data, trainer};
use glassgrad_data::{Batches, Targets};
use glassgrad_train::{Epoch, Trainer};
use ndarray::{Array2, Axis};
use std::ops::ControlFlow;

/// One epoch of stages called one by one on batches selected and loaded by hand.
fn epoch_by_hand(trainer: &mut Trainer<f64>, epoch: u64) -> Epoch {
    let data = data();
    let Targets::Labels { labels, .. } = data.targets() else { panic!("labels") };
    let mut batches = Batches::shuffled(data.rows(), BATCH, SEED).unwrap();
    batches.start(epoch);
    for rows in &batches {
        let x = data.features().select(Axis(0), rows);
        let y = Array2::from_shape_fn((rows.len(), 1), |(i, _)| f64::from(labels[rows[i]]));
        trainer.load(x.view(), y.view()).unwrap();
        let loss = trainer.forward();
        trainer.backward();
        let step = trainer.update().unwrap();
        assert_eq!(step.loss, loss);
        assert!(step.norm.is_some(), "clipped by norm");
        // A look between steps changes nothing.
        trainer.verify();
    }
    trainer.end_epoch()
}

#[test]
fn fit_is_its_stages_bit_for_bit() {
    let (mut fitted, mut stepped) = (trainer(), trainer());
    let mut losses = Vec::new();
    let mut keep = |_: &mut Trainer<f64>, epoch: &Epoch| {
        losses.push(*epoch);
        Ok(ControlFlow::Continue(()))
    };
    fitted.fit(&data(), BATCH, 3, &mut keep).unwrap();
    let by_hand: Vec<_> = (0..3).map(|epoch| epoch_by_hand(&mut stepped, epoch)).collect();
    assert_same(&fitted, &stepped, "after 3 epochs");
    assert_eq!(losses, by_hand);
}

#[test]
fn fit_goes_on_from_steps_made_by_hand() {
    let (mut fitted, mut mixed) = (trainer(), trainer());
    fitted.fit(&data(), BATCH, 2, &mut ()).unwrap();
    epoch_by_hand(&mut mixed, 0);
    mixed.fit(&data(), BATCH, 2, &mut ()).unwrap();
    assert_same(&fitted, &mixed, "one epoch by hand, one fitted");
}

#[test]
fn a_step_is_three_stages_and_says_where_it_was() {
    let (mut stepped, mut staged) = (trainer(), trainer());
    let data = data();
    let (x, y) = (data.features(), Array2::from_elem((data.rows(), 1), 1.0));
    for expected in 0..BATCHES {
        stepped.load(x.view(), y.view()).unwrap();
        let step = stepped.step().unwrap();
        staged.load(x.view(), y.view()).unwrap();
        let lr = staged.descent().lr();
        let loss = staged.forward();
        staged.backward();
        staged.update().unwrap();
        assert_same(&stepped, &staged, "after a step");
        assert_eq!((step.position.epoch, step.position.batch), (0, expected));
        assert_eq!((step.loss, step.lr), (loss, lr));
        assert_eq!(stepped.position().batch, expected + 1);
    }
}
