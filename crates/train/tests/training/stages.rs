//! Forward, backward, update, verify: each stage on numbers worked out by hand.

use glassgrad_layers::{Chain, Dense, Dropout, Init, Loss, Reduction};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Error, Trainer};
use ndarray::{Array2, array};

/// ŷ = w·x + b with w = 2, b = 0.
fn line(reduction: Reduction, lr: f64) -> Trainer<f64> {
    let network = Chain::new().then(Dense::new(1).weight(Init::rows([[2.0]])));
    let sgd = Recipe::new(Sgd { lr, ..Sgd::default() });
    Trainer::with_reduction(&network, 1, &Loss::MeanSquaredError, reduction, sgd, 0).unwrap()
}

#[test]
fn the_cycle() {
    let mut trainer = line(Reduction::Mean, 0.125);
    trainer.load(array![[1.0], [3.0]].view(), array![[1.0], [4.0]].view()).unwrap();
    // Residuals 1 and 2: (1 + 4)/2.
    assert_eq!(trainer.forward(), 2.5);
    assert_eq!(trainer.value("0").unwrap(), array![[2.0], [6.0]]);
    assert_eq!(trainer.value("loss.residual").unwrap(), array![[1.0], [2.0]]);
    trainer.backward();
    // ∂L/∂ŷ = 2r/2; ∂L/∂w = 1·1 + 2·3; ∂L/∂b = 1 + 2.
    assert_eq!(trainer.adjoint("0").unwrap().unwrap(), array![[1.0], [2.0]]);
    assert_eq!(trainer.grad(), [7.0, 3.0]);
    assert_eq!(trainer.theta(), [2.0, 0.0], "backward does not move θ");
    let step = trainer.update().unwrap();
    assert_eq!((step.loss, step.lr, step.norm), (2.5, 0.125, None));
    assert_eq!(trainer.theta(), [1.125, -0.375]);
    assert_eq!(trainer.value("0").unwrap(), array![[2.0], [6.0]], "values are those before the update");
    // Residuals −0.25 and −1.
    assert_eq!(trainer.verify(), 1.0625 / 2.0);
    assert_eq!(trainer.value("0").unwrap(), array![[0.75], [3.0]]);
}

#[test]
fn the_sum_steps_as_much_further_as_the_batch_has_rows() {
    let (x, y) = (array![[1.0], [3.0], [-1.0], [2.0]], array![[1.0], [4.0], [0.0], [0.0]]);
    let (mut mean, mut sum) = (line(Reduction::Mean, 0.5), line(Reduction::Sum, 0.125));
    for trainer in [&mut mean, &mut sum] {
        trainer.load(x.view(), y.view()).unwrap();
    }
    let (of_mean, of_sum) = (mean.step().unwrap(), sum.step().unwrap());
    // Powers of two: nothing rounds.
    assert_eq!(of_sum.loss, 4.0 * of_mean.loss);
    assert!(mean.grad().iter().zip(sum.grad()).all(|(mean, sum)| *sum == 4.0 * mean));
    assert_eq!(mean.theta(), sum.theta(), "at a quarter of the rate");
}

#[test]
fn verify_uses_the_masks_of_its_step_and_the_next_step_others() {
    let network = Chain::new().then(Dropout::new(0.5)).then(Dense::new(1));
    let still = Recipe::new(Sgd { lr: 0.0, ..Sgd::default() });
    let mut trainer = Trainer::<f64>::new(&network, 64, &Loss::MeanSquaredError, still, 3).unwrap();
    trainer.load(Array2::ones((4, 64)).view(), Array2::zeros((4, 1)).view()).unwrap();
    let before = trainer.forward();
    assert_eq!(trainer.forward(), before, "the same step draws the same masks");
    trainer.backward();
    trainer.update().unwrap();
    assert_eq!(trainer.verify(), before, "the rate is 0 and the masks are the same");
    let next = trainer.forward();
    assert_ne!(next, before, "another batch, other masks");
    trainer.end_epoch();
    let of_epoch = trainer.forward();
    assert!(of_epoch != before && of_epoch != next, "another epoch, other masks");
}

#[test]
fn nothing_runs_without_a_batch() {
    let mut trainer = line(Reduction::Mean, 0.1);
    let name = |error| match error {
        Error::NoBatch { before } => before,
        other => panic!("{other}"),
    };
    assert_eq!(name(trainer.step().unwrap_err()), "step");
    assert_eq!(name(trainer.update().unwrap_err()), "update");
    assert_eq!(name(trainer.value("0").unwrap_err()), "value");
    assert_eq!(name(trainer.adjoint("0").unwrap_err()), "adjoint");
    assert_eq!(trainer.position().batch, 0);
    assert_eq!(trainer.parameter("0.weight").unwrap(), array![[2.0]], "parameters are there from the start");
    assert_eq!(trainer.gradient("0.weight").unwrap(), array![[0.0]]);
    assert!(trainer.end_epoch().loss.is_nan());
}

#[test]
fn a_batch_that_does_not_fit_is_not_trained_on_by_halves() {
    let mut trainer = line(Reduction::Mean, 0.1);
    trainer.load(array![[1.0], [2.0]].view(), array![[1.0], [2.0]].view()).unwrap();
    trainer.step().unwrap();
    trainer.load(array![[9.0], [9.0]].view(), array![[1.0]].view()).unwrap_err();
    assert!(matches!(trainer.step(), Err(Error::NoBatch { before: "step" })));
}

#[test]
#[should_panic(expected = "load a batch before running a stage on it")]
fn forward_without_a_batch_says_so() {
    line(Reduction::Mean, 0.1).forward();
}

#[test]
fn a_network_without_parameters_can_be_run() {
    let sgd = Recipe::new(Sgd::default());
    let mut trainer = Trainer::<f32>::new(&Chain::new(), 1, &Loss::MeanSquaredError, sgd, 0).unwrap();
    trainer.load(array![[3.0]].view(), array![[1.0]].view()).unwrap();
    assert_eq!(trainer.step().unwrap().loss, 4.0);
    assert!(trainer.theta().is_empty() && trainer.grad().is_empty());
}

#[test]
fn a_trainer_can_be_sent_to_another_thread() {
    fn sent<T: Send + Sync>(_: &T) {}
    sent(&line(Reduction::Mean, 0.1));
}
