//! The first NaN or infinity is found where it arises, not where it is first noticed.

mod fixture;

use fixture::{trainer, two_layers};
use glassgrad_autograd::{Memory, Tape, Unary, Var};
use glassgrad_data::Dataset;
use glassgrad_diagnose::{Record, Sentinel, Stage, diagnose, examine, first_bad, locate};
use glassgrad_layers::{Activation, Chain, Dense, Init, Layer, Loss};
use glassgrad_optim::{Adam, Sgd};
use glassgrad_train::{Error, Trainer};
use ndarray::{Array2, array};

/// ŷ = √(√(x − 2)): NaN already in the inner root where x < 2.
fn roots() -> Trainer<f64> {
    let network = Chain::new()
        .then(Dense::new(1).weight(Init::rows([[1.0]])).bias(Init::Constant(-2.0)))
        .then(Activation::Sqrt)
        .then(Activation::Sqrt);
    trainer(network, 1, &Loss::MeanSquaredError, Sgd::default(), 0)
}

#[test]
fn the_first_of_two_roots_and_the_rows_that_did_it() {
    let mut trainer = roots();
    trainer.load(array![[3.0], [1.0], [6.0], [-7.0]].view(), Array2::zeros((4, 1)).view()).unwrap();
    assert!(matches!(trainer.step(), Err(Error::Diverged { .. })));
    let bad = first_bad(&trainer).unwrap().unwrap();
    assert_eq!((bad.stage, bad.name.as_str(), bad.op), (Stage::Forward, "1", "sqrt"));
    assert_eq!((bad.entry, bad.bad, bad.rows.as_slice()), ([1, 0], 2, &[1, 3][..]));
    assert!(bad.found.is_nan());
    assert_eq!(bad.operands.len(), 1);
    let operand = &bad.operands[0];
    assert_eq!((operand.name.as_str(), operand.least, operand.most), ("0", -9.0, 4.0));
    assert_eq!(operand.row, [-1.0]);
    assert_eq!(
        bad.to_string(),
        "1[1, 0] is NaN, by sqrt going forward; bad entries: 2, in rows 1, 3\n  0: from -9e0 to 4e0; this row [-1.0]\n"
    );
}

#[test]
fn a_slope_that_is_infinite_while_the_loss_is_finite() {
    let mut trainer = roots();
    // √0 = 0, but its slope is 1/0; what comes back to it is finite only from the inner root's result.
    trainer.load(array![[3.0], [2.0]].view(), Array2::ones((2, 1)).view()).unwrap();
    assert!(trainer.forward().is_finite());
    let bad = first_bad(&trainer).unwrap().unwrap();
    assert_eq!((bad.stage, bad.name.as_str(), bad.op, bad.by.as_str()), (Stage::Backward, "1", "sqrt", "2"));
    assert_eq!((bad.entry, bad.rows.as_slice()), ([1, 0], &[1][..]));
    assert_eq!(bad.operands.last().unwrap().name, "∂loss/∂2");
}

#[test]
fn what_is_given_comes_before_what_is_computed() {
    let mut trainer = roots();
    trainer.load(array![[3.0], [4.0]].view(), array![[0.0], [f64::INFINITY]].view()).unwrap();
    let bad = first_bad(&trainer).unwrap().unwrap();
    assert_eq!((bad.stage, bad.name.as_str(), bad.entry), (Stage::Given, "y", [1, 0]));
    trainer.load(array![[3.0]].view(), array![[0.0]].view()).unwrap();
    assert_eq!(first_bad(&trainer).unwrap(), None);
    trainer.theta_mut()[1] = f64::NAN;
    let bad = first_bad(&trainer).unwrap().unwrap();
    assert_eq!((bad.stage, bad.name.as_str()), (Stage::Given, "0.bias"));
    assert!(bad.to_string().starts_with("0.bias[0, 0] is NaN, as it was given"), "{bad}");
}

#[test]
fn without_a_batch_there_is_nothing_to_search() {
    assert!(first_bad(&roots()).unwrap_err().to_string().contains("found no batch"));
    assert!(examine(&roots(), None).unwrap_err().to_string().contains("found no batch"));
}

/// Of two ways back to h, only one is bad, though h's adjoint is their sum.
#[test]
fn the_contribution_that_is_bad_is_named() {
    let mut parts = [None::<Var>; 2];
    let (tape, loss) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::Constant(1.0));
        let h = tape.map(Unary::Shift(-1.0), w);
        let root = tape.map(Unary::Sqrt, h);
        let square = tape.map(Unary::Square, h);
        parts = [Some(root), Some(square)];
        tape.add(root, square)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.resize(&tape, 1).unwrap();
    let bad = locate(&tape, loss, &[1.0], &memory).unwrap();
    assert_eq!((bad.name.as_str(), bad.by.as_str()), ("shift", "sqrt"));
    assert_eq!(locate(&tape, loss, &[2.0], &memory), None);
}

#[test]
fn contributions_that_are_finite_while_their_sum_is_not() {
    let (tape, loss) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::Constant(1.0));
        let h = tape.map(Unary::Shift(-1.0), w);
        let [a, b] = [h, h].map(|h| tape.map(Unary::Scale(1.5e308), h));
        tape.add(a, b)
    })
    .unwrap();
    let mut memory = Memory::new();
    memory.resize(&tape, 1).unwrap();
    let bad = locate(&tape, loss, &[1.0], &memory).unwrap();
    assert_eq!((bad.stage, bad.name.as_str(), bad.op), (Stage::Backward, "shift", "a sum of contributions"));
}

#[test]
fn a_bad_gradient_stops_the_run_before_the_loss_shows_it() {
    let data = Dataset::with_values(array![[3.0], [2.0], [4.0]], Array2::ones((3, 1))).unwrap();
    // Nobody watches: θ is NaN at the end of the epoch, and one step later so is the loss.
    let mut blind = roots();
    assert!(matches!(blind.fit(&data, 3, 5, &mut ()), Err(Error::Spoiled { epoch: 0, .. })));
    assert_eq!(first_bad(&blind).unwrap().unwrap().name, "0.weight");
    let mut blind = roots();
    assert!(matches!(blind.fit(&data, 1, 5, &mut ()), Err(Error::Diverged { epoch: 0, .. })));
    let mut watched = roots();
    let mut sentinel = Sentinel::new(&watched);
    watched.fit(&data, 3, 5, &mut sentinel).unwrap();
    let bad = sentinel.found().unwrap();
    assert_eq!((bad.stage, bad.name.as_str(), bad.op, bad.by.as_str()), (Stage::Backward, "1", "sqrt", "2"));
    assert_eq!(watched.position().epoch, 0);
    let record = Record { first_bad: Some(bad.clone()), ..Record::default() };
    let found = diagnose(&watched, &record, None).unwrap();
    assert_eq!((found.ids(), found.first_bad.as_ref()), (vec!["non-finite"], Some(bad)));
}

#[test]
fn a_sentinel_that_sees_nothing_changes_nothing() {
    let data = fixture::scaled("iris");
    let new = || trainer(two_layers(8, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, Adam::default(), 3);
    let (mut plain, mut watched) = (new(), new());
    plain.fit(&data, 16, 3, &mut ()).unwrap();
    let mut sentinel = Sentinel::new(&watched);
    watched.fit(&data, 16, 3, &mut sentinel).unwrap();
    assert_eq!(plain.theta(), watched.theta());
    assert_eq!(sentinel.found(), None);
}

#[test]
fn a_run_that_ended_in_infinity_says_where() {
    let mut trainer =
        trainer(Dense::new(1), 1, &Loss::MeanSquaredError, Sgd { lr: 1e200, ..Sgd::default() }, 1);
    let data = Dataset::with_values(Array2::ones((4, 1)), Array2::zeros((4, 1))).unwrap();
    let mut recorder = glassgrad_diagnose::Recorder::new(&trainer);
    trainer.fit(&data, 4, 5, &mut recorder).unwrap_err();
    let found = diagnose(&trainer, &recorder.finish(), Some(&data)).unwrap();
    assert_eq!(found.findings[0].rule.id, "non-finite");
    assert_eq!(found.findings[0].place, "loss.square");
    assert_eq!(found.first_bad.unwrap().rows, [0, 1, 2, 3]);
}

/// A layer of one's own on the way.
#[derive(Debug)]
struct Log;

impl Layer for Log {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.map(Unary::Ln, x)
    }
}

#[test]
fn single_precision_is_searched_in_single_precision() {
    // 1e-50 is 0 as an f32, and ln 0 = −∞.
    let network = Chain::new().then(Dense::new(1).weight(Init::rows([[1e-25]]))).then(Log);
    let recipe = glassgrad_optim::Recipe::new(Sgd::default());
    let mut trainer = Trainer::<f32>::new(&network, 1, &Loss::MeanSquaredError, recipe, 0).unwrap();
    trainer.load(array![[1e-25_f32]].view(), array![[0.0]].view()).unwrap();
    let bad = first_bad(&trainer).unwrap().unwrap();
    assert_eq!((bad.name.as_str(), bad.op, bad.found), ("1", "ln", f64::NEG_INFINITY));
}
