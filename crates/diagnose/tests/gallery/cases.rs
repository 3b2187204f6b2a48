//! Failures made on purpose, and what should be found in each.

use crate::fixture::{chapter, example, raw, scaled, trainer, two_layers, unit};
use glassgrad_autograd::{Tape, Var};
use glassgrad_data::{Dataset, Targets};
use glassgrad_diagnose::{Diagnosis, Recorder, diagnose};
use glassgrad_layers::{Activation, Chain, Dense, Init, Layer, Loss, Reduction, Residual};
use glassgrad_optim::{Adam, At, Error as OptimError, Optimizer, Recipe, Sgd, Slot, State};
use glassgrad_tensor::random::{Purpose, shuffle, stream, unit as unit_number};
use glassgrad_train::Trainer;
use ndarray::{Array2, array, s};
use std::ops::Range;

/// A failure.
pub(crate) struct Case {
    /// Its file name.
    pub(crate) name: &'static str,
    /// What was done, in a line.
    pub(crate) what: &'static str,
    /// The rules that should fire, in the order of the report.
    #[allow(dead_code)] // the example that writes the page has no use for it
    pub(crate) expected: &'static [&'static str],
    /// Makes the run: what was found, and the loss of each step.
    pub(crate) run: fn() -> (Diagnosis, Vec<f64>),
}

/// All of them.
pub(crate) const CASES: &[Case] = &[
    Case {
        name: "w1-20",
        what: "the chapter's network from w1 = 20, η = 1",
        expected: &[
            "residual-sign-flips",
            "update-to-weight-large",
            "no-progress",
            "saturated",
            "vanishing-gradient",
        ],
        run: || by_stages(far(), 100),
    },
    Case {
        name: "lr-0.01",
        what: "the chapter's network, η = 0.01, 50 steps",
        expected: &["lr-far-below-best"],
        run: || chapter_at(0.01, 50),
    },
    Case {
        name: "lr-1",
        what: "the chapter's network as printed, η = 1",
        expected: &["residual-sign-flips"],
        run: || chapter_at(1.0, 50),
    },
    Case {
        name: "lr-1.35",
        what: "the chapter's network, η = 1.35",
        expected: &["residual-sign-flips"],
        run: || chapter_at(1.35, 200),
    },
    Case {
        name: "lr-1.4",
        what: "the chapter's network, η = 1.4",
        expected: &["lr-above-critical", "residual-sign-flips"],
        run: || chapter_at(1.4, 200),
    },
    Case {
        name: "lr-1.6",
        what: "the chapter's network, η = 1.6",
        expected: &["lr-above-critical", "residual-sign-flips"],
        run: || chapter_at(1.6, 200),
    },
    Case {
        name: "lr-1.9",
        what: "the chapter's network, η = 1.9",
        expected: &["lr-above-critical", "residual-sign-flips", "update-to-weight-large"],
        run: || chapter_at(1.9, 200),
    },
    Case {
        name: "lr-2",
        what: "the chapter's network, η = 2",
        expected: &["lr-above-critical", "residual-sign-flips", "update-to-weight-large", "loss-grew"],
        run: || chapter_at(2.0, 200),
    },
    Case {
        name: "lr-2.5",
        what: "the chapter's network, η = 2.5",
        expected: &["lr-above-critical", "loss-grew", "saturated", "vanishing-gradient"],
        run: || chapter_at(2.5, 200),
    },
    Case {
        name: "lr-3-to-the-end",
        what: "the chapter's network, η = 3, until the loss is infinite",
        expected: &["non-finite", "lr-above-critical", "loss-grew", "saturated", "vanishing-gradient"],
        run: || chapter_at(3.0, 2000),
    },
    Case {
        name: "uphill",
        what: "the chapter's network, the gradient added instead of subtracted, η = 1",
        expected: &["uphill-steps", "update-to-weight-large", "loss-grew"],
        run: || by_stages(trainer(unit(0.5), 1, &Loss::HalfSquaredError, Ascent, 0), 10),
    },
    Case {
        name: "sum-of-32",
        what: "the chapter's example 32 times, the sum of the losses, η = 1",
        expected: &["lr-above-critical", "sum-for-mean", "saturated", "vanishing-gradient"],
        run: || sum_of(32, 8),
    },
    Case {
        name: "never-cleared",
        what: "the chapter's network, gradients added to those of all steps before, η = 1",
        expected: &["gradient-accumulated"],
        run: never_cleared,
    },
    Case {
        name: "no-half",
        what: "the chapter's network, (ŷ − y)² without the ½, η = 1",
        expected: &[
            "lr-above-critical",
            "missing-half",
            "residual-sign-flips",
            "update-to-weight-large",
            "loss-grew",
        ],
        run: || by_stages(chapter(1.0, &Loss::MeanSquaredError), 100),
    },
    Case {
        name: "digits-dead-relu",
        what: "digits, 64-32-10, ReLU, all biases of the first layer −30",
        expected: &["no-progress", "dead-relu", "no-gradient"],
        run: dead_relu,
    },
    Case {
        name: "digits-unscaled",
        what: "digits, pixels from 0 to 16 as they are, 64-32-10, ReLU, SGD at 0.1",
        expected: &["unscaled-inputs", "lr-above-critical", "start-above-chance"],
        run: || {
            let data = raw("digits");
            let sgd = Sgd { lr: 0.1, ..Sgd::default() };
            fit(trainer(two_layers(32, Activation::Relu, 10), 64, &Loss::CROSS_ENTROPY, sgd, 1), &data, 32, 3)
        },
    },
    Case {
        name: "digits-unscaled-sigmoid",
        what: "digits, pixels times 100, 64-32-10, sigmoid, Adam",
        expected: &["unscaled-inputs", "saturated"],
        run: || {
            let mut data = raw("digits");
            data.features_mut().mapv_inplace(|x| 100.0 * x);
            let network = two_layers(32, Activation::Sigmoid, 10);
            fit(trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), 1), &data, 32, 3)
        },
    },
    Case {
        name: "digits-shuffled-labels",
        what: "digits, each row with the label of another, 64-32-10, ReLU, Adam",
        expected: &["no-progress"],
        run: || fit(digits(Adam::default(), 1), &shuffled_labels(), 32, 3),
    },
    Case {
        name: "digits-lr-too-small",
        what: "digits, Adam at 1e-9",
        expected: &["update-to-weight-small", "no-progress"],
        run: || fit(digits(Adam { lr: 1e-9, ..Adam::default() }, 1), &scaled("digits"), 32, 3),
    },
    Case {
        name: "digits-lr-too-large",
        what: "digits, Adam at 3",
        expected: &["worse-than-chance"],
        run: || fit(digits(Adam { lr: 3.0, ..Adam::default() }, 1), &scaled("digits"), 32, 3),
    },
    Case {
        name: "digits-deep-sigmoid",
        what: "digits, ten sigmoid layers of 16, Adam",
        expected: &["no-progress", "vanishing-gradient"],
        run: || {
            fit(
                trainer(deep(Activation::Sigmoid, 0.2), 64, &Loss::CROSS_ENTROPY, Adam::default(), 1),
                &scaled("digits"),
                32,
                3,
            )
        },
    },
    Case {
        name: "digits-exploding",
        what: "digits, ten ReLU layers of 16 whose weights have a deviation of 2, SGD",
        expected: &["lr-above-critical", "start-above-chance", "no-progress", "exploding-gradient"],
        run: || {
            fit(
                trainer(deep(Activation::Relu, 2.0), 64, &Loss::CROSS_ENTROPY, Sgd::default(), 1),
                &scaled("digits"),
                32,
                3,
            )
        },
    },
    Case {
        name: "digits-detached",
        what: "digits, a stop-gradient after the hidden layer, 64-32-10, ReLU, Adam",
        expected: &["no-gradient"],
        run: || {
            let network = Chain::new()
                .then(Dense::new(32).weight(Init::HeUniform))
                .then(Activation::Relu)
                .then(Detached)
                .then(Dense::new(10));
            fit(trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), 1), &scaled("digits"), 32, 3)
        },
    },
    Case {
        name: "broadcast",
        what: "a residual layer of width 4 around an input of one column",
        expected: &["broadcast"],
        run: || {
            let network =
                Chain::new().then(Residual::new(Dense::new(4))).then(Activation::Tanh).then(Dense::new(1));
            fit(
                trainer(network, 1, &Loss::HalfSquaredError, Adam { lr: 0.02, ..Adam::default() }, 1),
                &parabola(),
                16,
                60,
            )
        },
    },
    Case {
        name: "overshoot",
        what: "two classes that overlap, one layer, all rows a step, SGD at 5",
        expected: &["overshoot"],
        run: || {
            let sgd = Sgd { lr: 5.0, ..Sgd::default() };
            fit(trainer(Dense::new(2), 1, &Loss::CROSS_ENTROPY, sgd, 1), &overlapping(), 64, 60)
        },
    },
    Case {
        name: "iris-small-inputs",
        what: "iris, standardised and divided by 10,000, SGD",
        expected: &["unscaled-inputs-small", "no-progress"],
        run: || {
            let sgd = Sgd { lr: 0.1, ..Sgd::default() };
            let network = two_layers(16, Activation::Tanh, 3);
            fit(trainer(network, 4, &Loss::CROSS_ENTROPY, sgd, 1), &times(1e-4, 0..4), 16, 40)
        },
    },
    Case {
        name: "iris-one-large-column",
        what: "iris, standardised, then one measurement times 1000, ReLU, Adam",
        expected: &["unscaled-column", "start-above-chance", "worse-than-chance"],
        run: || {
            let (network, adam) = (two_layers(16, Activation::Relu, 3), Adam { lr: 0.01, ..Adam::default() });
            fit(trainer(network, 4, &Loss::CROSS_ENTROPY, adam, 1), &times(1e3, 1..2), 16, 40)
        },
    },
    Case {
        name: "iris-not-untrained",
        what: "iris, a run that is meant to begin afresh, from weights that are trained, Adam",
        expected: &["start-below-chance"],
        run: || {
            let (mut trained, mut again) = (iris(), iris());
            trained.fit(&scaled("iris"), 16, 20, &mut ()).unwrap();
            again.theta_mut().copy_from_slice(trained.theta());
            fit(again, &scaled("iris"), 16, 40)
        },
    },
    Case {
        name: "iris-imbalanced",
        what: "iris, 50 rows of two classes and 3 of the third, Adam",
        expected: &["class-imbalance"],
        run: || fit(iris(), &scaled("iris").select(&(0..103).collect::<Vec<_>>()).unwrap(), 16, 40),
    },
    Case {
        name: "iris-leak",
        what: "iris, the class number in place of one measurement, Adam",
        expected: &["target-in-feature"],
        run: || fit(iris(), &leaking(), 16, 40),
    },
];

fn far() -> Trainer<f64> {
    trainer(unit(20.0), 1, &Loss::HalfSquaredError, Sgd { lr: 1.0, ..Sgd::default() }, 0)
}

fn chapter_at(lr: f64, steps: usize) -> (Diagnosis, Vec<f64>) {
    by_stages(chapter(lr, &Loss::HalfSquaredError), steps)
}

/// Steps on the chapter's example in a loop of one's own, until the loss is not finite.
fn by_stages(mut trainer: Trainer<f64>, steps: usize) -> (Diagnosis, Vec<f64>) {
    trainer.load(array![[1.0]].view(), array![[0.5]].view()).unwrap();
    let mut recorder = Recorder::new(&trainer);
    for _ in 0..steps {
        let Ok(step) = trainer.step() else { break };
        recorder.record(&trainer, &step);
    }
    result(&trainer, &recorder, None)
}

fn fit(mut trainer: Trainer<f64>, data: &Dataset<f64>, batch: usize, epochs: u64) -> (Diagnosis, Vec<f64>) {
    let mut recorder = Recorder::new(&trainer);
    // A run that fails is what this is about.
    let _ = trainer.fit(data, batch, epochs, &mut recorder);
    result(&trainer, &recorder, Some(data))
}

fn result(
    trainer: &Trainer<f64>,
    recorder: &Recorder<f64>,
    data: Option<&Dataset<f64>>,
) -> (Diagnosis, Vec<f64>) {
    let record = recorder.finish();
    (diagnose(trainer, &record, data).unwrap(), record.losses)
}

fn sum_of(rows: usize, steps: u64) -> (Diagnosis, Vec<f64>) {
    let recipe = Recipe::new(Sgd { lr: 1.0, ..Sgd::default() });
    let loss = &Loss::HalfSquaredError;
    let trainer = Trainer::with_reduction(&unit(0.5), 1, loss, Reduction::Sum, recipe, 0).unwrap();
    fit(trainer, &example(rows), rows, steps)
}

/// The loop of somebody who adds up gradients and forgets to clear them.
fn never_cleared() -> (Diagnosis, Vec<f64>) {
    let mut trainer = chapter(1.0, &Loss::HalfSquaredError);
    let mut recorder = Recorder::new(&trainer);
    let mut sum = vec![0.0; trainer.theta().len()];
    for _ in 0..100 {
        trainer.forward();
        trainer.backward();
        sum.iter_mut().zip(trainer.grad()).for_each(|(sum, g)| *sum += g);
        let before = trainer.theta().to_vec();
        let step = trainer.update().unwrap();
        for ((x, before), sum) in trainer.theta_mut().iter_mut().zip(before).zip(&sum) {
            *x = before - step.lr * sum;
        }
        recorder.record(&trainer, &step);
    }
    result(&trainer, &recorder, None)
}

fn digits(rule: impl Optimizer<f64> + 'static, seed: u64) -> Trainer<f64> {
    trainer(two_layers(32, Activation::Relu, 10), 64, &Loss::CROSS_ENTROPY, rule, seed)
}

fn iris() -> Trainer<f64> {
    let adam = Adam { lr: 0.01, ..Adam::default() };
    trainer(two_layers(16, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, adam, 1)
}

fn dead_relu() -> (Diagnosis, Vec<f64>) {
    let hidden = Dense::new(32).weight(Init::HeUniform).bias(Init::Constant(-30.0));
    let network = Chain::new().then(hidden).then(Activation::Relu).then(Dense::new(10));
    let trainer = trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), 1);
    fit(trainer, &scaled("digits"), 32, 3)
}

fn deep(activation: Activation, deviation: f64) -> Chain {
    let dense = |width| Dense::new(width).weight(Init::Normal { mean: 0.0, std: deviation });
    (0..10).fold(Chain::new(), |chain, _| chain.then(dense(16)).then(activation)).then(dense(10))
}

fn shuffled_labels() -> Dataset<f64> {
    let data = scaled("digits");
    let Targets::Labels { labels, .. } = data.targets() else { unreachable!("digits have labels") };
    let mut labels = labels.clone();
    shuffle(&mut stream(1, Purpose::Shuffle, 0, 0), &mut labels);
    Dataset::with_labels(data.features(), labels, 10).unwrap()
}

/// Of 64 numbers from −2 to 2, each of class 1 with probability σ(2x).
fn overlapping() -> Dataset<f64> {
    let x = Array2::from_shape_fn((64, 1), |(i, _)| i as f64 / 16.0 - 2.0);
    let mut rng = stream(1, Purpose::Check, 0, 0);
    let labels =
        x.iter().map(|x| u32::from(unit_number(&mut rng) < 1.0 / (1.0 + (-2.0 * x).exp()))).collect();
    Dataset::with_labels(x, labels, 2).unwrap()
}

/// Iris, standardised, these columns times a factor.
fn times(factor: f64, columns: Range<usize>) -> Dataset<f64> {
    let mut data = scaled("iris");
    data.features_mut().slice_mut(s![.., columns]).mapv_inplace(|x| factor * x);
    data
}

fn leaking() -> Dataset<f64> {
    let data = scaled("iris");
    let Targets::Labels { labels, .. } = data.targets() else { unreachable!("irises have labels") };
    let mut features = data.features().to_owned();
    features.column_mut(2).iter_mut().zip(labels).for_each(|(x, &label)| *x = f64::from(label) - 1.0);
    Dataset::with_labels(features, labels.clone(), 3).unwrap()
}

fn parabola() -> Dataset<f64> {
    let x = Array2::from_shape_fn((64, 1), |(i, _)| i as f64 / 16.0 - 2.0);
    let y = x.mapv(|x: f64| x * x - 1.0);
    Dataset::with_values(x, y).unwrap()
}

/// y = x, through which no gradient passes.
#[derive(Debug)]
struct Detached;

impl Layer for Detached {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.stop_gradient(x)
    }
}

/// θ ← θ + g: the slip of a sign.
#[derive(Debug)]
struct Ascent;

impl Optimizer<f64> for Ascent {
    fn lr(&self) -> f64 {
        1.0
    }
    fn weight_decay(&self) -> f64 {
        0.0
    }
    fn validate(&self) -> Result<(), OptimError> {
        Ok(())
    }
    fn slots(&self) -> &'static [Slot] {
        &[]
    }
    fn update(&self, at: &At, theta: &mut [f64], grad: &[f64], _: State<'_, f64>) {
        theta.iter_mut().zip(grad).for_each(|(x, g)| *x += at.lr * g);
    }
}
