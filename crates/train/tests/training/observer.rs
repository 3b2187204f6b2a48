//! What an observer sees, in which order, and how it stops a run.

use crate::fixture::{BATCH, BATCHES, assert_same, data, trainer};
use glassgrad_train::{Epoch, Error, Observer, Step, Trainer};
use std::ops::ControlFlow::{self, Break, Continue};

/// What was called, as text.
#[derive(Default)]
struct Calls {
    log: Vec<String>,
    break_at: &'static str,
}

impl Calls {
    fn call(&mut self, call: String) -> ControlFlow<()> {
        self.log.push(call);
        if self.log[self.log.len() - 1] == self.break_at { Break(()) } else { Continue(()) }
    }
}

impl Observer<f64> for Calls {
    fn step(&mut self, trainer: &Trainer<f64>, step: &Step<f64>) -> ControlFlow<()> {
        assert_eq!(trainer.position().batch, step.position.batch + 1, "the step is done");
        assert_eq!(trainer.value("loss").unwrap()[[0, 0]], step.loss, "values are those of the step");
        assert!(trainer.adjoint("0").unwrap().is_some(), "so are adjoints");
        self.call(format!("step {}.{}", step.position.epoch, step.position.batch))
    }

    fn epoch(&mut self, trainer: &mut Trainer<f64>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        assert_eq!((trainer.position().epoch, trainer.position().batch), (epoch.epoch + 1, 0));
        assert!(epoch.loss.is_finite());
        Ok(self.call(format!("epoch {}", epoch.epoch)))
    }
}

fn calls(epochs: u64, break_at: &'static str) -> Vec<String> {
    let mut calls = Calls { log: Vec::new(), break_at };
    trainer().fit(&data(), BATCH, epochs, &mut calls).unwrap();
    calls.log
}

#[test]
fn each_step_then_the_epoch() {
    let mut expected = Vec::new();
    for epoch in 0..2 {
        expected.extend((0..BATCHES).map(|batch| format!("step {epoch}.{batch}")));
        expected.push(format!("epoch {epoch}"));
    }
    assert_eq!(calls(2, ""), expected);
    assert!(calls(0, "").is_empty());
}

#[test]
fn watching_changes_nothing() {
    let (mut plain, mut watched) = (trainer(), trainer());
    plain.fit(&data(), BATCH, 2, &mut ()).unwrap();
    watched.fit(&data(), BATCH, 2, &mut Calls::default()).unwrap();
    assert_same(&plain, &watched, "watched");
}

#[test]
fn breaking_ends_the_run_at_once() {
    assert_eq!(calls(3, "step 0.1"), ["step 0.0", "step 0.1"]);
    let log = calls(3, "epoch 1");
    assert_eq!(log.len() as u64, 2 * (BATCHES + 1));
    assert_eq!(log.last().unwrap(), "epoch 1");
}

#[test]
fn an_epoch_whose_last_step_broke_off_is_ended_by_the_next_fit() {
    let (mut trainer, mut calls) = (trainer(), Calls { break_at: "step 0.4", ..Calls::default() });
    trainer.fit(&data(), BATCH, 1, &mut calls).unwrap();
    assert_eq!(calls.log.last().unwrap(), "step 0.4");
    trainer.fit(&data(), BATCH, 1, &mut calls).unwrap();
    assert_eq!(calls.log.last().unwrap(), "epoch 0");
    assert_eq!(calls.log.len() as u64, BATCHES + 1);
}

#[test]
fn an_error_of_the_observer_ends_the_run() {
    let mut trainer = trainer();
    let mut fail = |trainer: &mut Trainer<f64>, _: &Epoch| {
        trainer.predict(ndarray::array![[1.0]].view())?;
        Ok(Continue(()))
    };
    let error = trainer.fit(&data(), BATCH, 9, &mut fail).unwrap_err();
    assert_eq!(error.to_string(), "input \"x\": found shape [1, 1], expected [1, 3]");
    assert_eq!(trainer.position().epoch, 1);
}

#[test]
fn a_closure_watches_epochs() {
    let mut losses = Vec::new();
    let mut watch = |_: &mut Trainer<f64>, epoch: &Epoch| {
        losses.push(epoch.loss);
        Ok(if losses.len() == 3 { Break(()) } else { Continue(()) })
    };
    trainer().fit(&data(), BATCH, 9, &mut watch).unwrap();
    assert_eq!(losses.len(), 3);
}
