//! Runs with nothing wrong, on which no rule may fire.
//!
//! Thresholds were set on the seeds from 1000 on (`GLASSGRAD_FIRST_SEED=1000`); these are the seeds from 0.

mod fixture;

use fixture::{chapter, scaled, trainer, two_layers};
use glassgrad_data::Dataset;
use glassgrad_diagnose::{Diagnosis, Recorder, diagnose};
use glassgrad_layers::{Activation, Chain, Dense, Init, LayerNorm, Loss};
use glassgrad_optim::{Adam, AdamW, Momentum, Nesterov, Optimizer, RmsProp, Sgd};
use glassgrad_tensor::random::{Purpose, stream, unit};
use glassgrad_train::Trainer;
use ndarray::Array2;
use std::fmt::Write;
use std::sync::LazyLock;
use std::thread;

/// Seeds of each kind of run.
const SEEDS: u64 = 10;

static IRIS: LazyLock<Dataset<f64>> = LazyLock::new(|| scaled("iris"));
/// Half of them.
static DIGITS: LazyLock<Dataset<f64>> =
    LazyLock::new(|| scaled("digits").select(&(0..898).collect::<Vec<_>>()).unwrap());

type Run = fn(u64) -> Diagnosis;

/// Twenty kinds of run, of ten seeds each.
const KINDS: &[(&str, Run)] = &[
    ("iris, Adam", |seed| iris(Adam { lr: 0.01, ..Adam::default() }, Activation::Relu, seed)),
    ("iris, SGD", |seed| iris(Sgd { lr: 0.1, ..Sgd::default() }, Activation::Tanh, seed)),
    ("iris, momentum", |seed| iris(Momentum { lr: 0.02, ..Momentum::default() }, Activation::Sigmoid, seed)),
    ("iris, RMSProp", |seed| iris(RmsProp { lr: 0.003, ..RmsProp::default() }, Activation::Gelu, seed)),
    ("iris, full batch, SGD", |seed| whole_iris(Sgd { lr: 0.2, ..Sgd::default() }, seed)),
    ("iris, full batch, Adam", |seed| whole_iris(Adam { lr: 0.01, ..Adam::default() }, seed)),
    ("digits, Adam", |seed| digits(Adam::default(), Activation::Relu, seed)),
    ("digits, SGD", |seed| digits(Sgd { lr: 0.1, ..Sgd::default() }, Activation::Relu, seed)),
    ("digits, AdamW", |seed| digits(AdamW { lr: 0.002, ..AdamW::default() }, Activation::Tanh, seed)),
    ("digits, Nesterov", |seed| digits(Nesterov { lr: 0.01, ..Nesterov::default() }, Activation::Relu, seed)),
    ("digits, deeper, Adam", deeper_digits),
    ("digits, normalised, Adam", normalised_digits),
    ("chapter, η = 0.1", |_| chapter_at(0.1)),
    ("chapter, η = 0.2 to 0.65", |seed| chapter_at(0.2 + 0.05 * (seed % 10) as f64)),
    ("chapter's network from other weights", other_weights),
    ("line, SGD", |seed| line(Sgd { lr: 0.1, ..Sgd::default() }, seed)),
    ("line, Adam", |seed| line(Adam { lr: 0.05, ..Adam::default() }, seed)),
    ("plane, full batch, SGD", |seed| plane(Sgd { lr: 0.2, ..Sgd::default() }, 100, seed)),
    ("plane, momentum", |seed| plane(Momentum { lr: 0.01, ..Momentum::default() }, 20, seed)),
    ("wave, Adam", wave),
];

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    // Every other kind in a thread of its own.
    let [even, odd] = [0, 1].map(|part| KINDS.iter().skip(part).step_by(2));
    let wrong = thread::scope(|scope| {
        let other = scope.spawn(|| findings(odd));
        findings(even) + &other.join().unwrap()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// What is found in runs of these kinds.
fn findings<'a>(kinds: impl Iterator<Item = &'a (&'static str, Run)>) -> String {
    let first: u64 = std::env::var("GLASSGRAD_FIRST_SEED").map_or(0, |seed| seed.parse().unwrap());
    let mut wrong = String::new();
    for (name, run) in kinds {
        for seed in first..first + SEEDS {
            let found = run(seed);
            if !found.findings.is_empty() {
                let _ = writeln!(wrong, "{name}, seed {seed}:\n{found}");
            }
        }
    }
    wrong
}

fn fit(mut trainer: Trainer<f64>, data: &Dataset<f64>, batch: usize, epochs: u64) -> Diagnosis {
    let mut recorder = Recorder::new(&trainer);
    trainer.fit(data, batch, epochs, &mut recorder).unwrap();
    diagnose(&trainer, &recorder.finish(), Some(data)).unwrap()
}

fn iris(rule: impl Optimizer<f64> + 'static, activation: Activation, seed: u64) -> Diagnosis {
    let network = two_layers(16, activation, 3);
    fit(trainer(network, 4, &Loss::CROSS_ENTROPY, rule, seed), &IRIS, 16, 40)
}

fn whole_iris(rule: impl Optimizer<f64> + 'static, seed: u64) -> Diagnosis {
    let network = two_layers(16, Activation::Tanh, 3);
    fit(trainer(network, 4, &Loss::CROSS_ENTROPY, rule, seed), &IRIS, 150, 150)
}

fn digits(rule: impl Optimizer<f64> + 'static, activation: Activation, seed: u64) -> Diagnosis {
    let network = two_layers(64, activation, 10);
    fit(trainer(network, 64, &Loss::CROSS_ENTROPY, rule, seed), &DIGITS, 32, 5)
}

fn deeper_digits(seed: u64) -> Diagnosis {
    let dense = |width| Dense::new(width).weight(Init::HeUniform);
    let network = Chain::new()
        .then(dense(48))
        .then(Activation::Relu)
        .then(dense(32))
        .then(Activation::Relu)
        .then(dense(24))
        .then(Activation::Relu)
        .then(Dense::new(10));
    fit(trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), seed), &DIGITS, 32, 6)
}

fn normalised_digits(seed: u64) -> Diagnosis {
    let network =
        Chain::new().then(Dense::new(48)).then(LayerNorm::new()).then(Activation::Silu).then(Dense::new(10));
    fit(trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), seed), &DIGITS, 32, 5)
}

fn by_stages(mut trainer: Trainer<f64>, steps: usize) -> Diagnosis {
    let mut recorder = Recorder::new(&trainer);
    for _ in 0..steps {
        let step = trainer.step().unwrap();
        recorder.record(&trainer, &step);
    }
    diagnose(&trainer, &recorder.finish(), None).unwrap()
}

fn chapter_at(lr: f64) -> Diagnosis {
    by_stages(chapter(lr, &Loss::HalfSquaredError), 100)
}

/// w1 and w2 between ½ and 3/2, from the seed.
fn other_weights(seed: u64) -> Diagnosis {
    let mut trainer = chapter(0.4, &Loss::HalfSquaredError);
    let mut rng = stream(seed, Purpose::Check, 1, 0);
    let theta = trainer.theta_mut();
    theta[0] = 0.5 + unit(&mut rng);
    theta[2] = 0.5 + unit(&mut rng);
    by_stages(trainer, 100)
}

/// Rows of numbers between −√3 and √3, of variance 1.
fn noise(seed: u64, rows: usize, columns: usize) -> Array2<f64> {
    let mut rng = stream(seed, Purpose::Check, 2, columns as u64);
    Array2::from_shape_simple_fn((rows, columns), || 12_f64.sqrt() * (unit(&mut rng) - 0.5))
}

/// y = 2x − ½ + noise, by a line.
fn line(rule: impl Optimizer<f64> + 'static, seed: u64) -> Diagnosis {
    let x = noise(seed, 64, 1);
    let y = &x * 2.0 - 0.5 + noise(seed + 7, 64, 1) * 0.1;
    let data = Dataset::with_values(x, y).unwrap();
    fit(trainer(Dense::new(1), 1, &Loss::MeanSquaredError, rule, seed), &data, 8, 40)
}

/// Two outputs of three inputs, linear with noise, by a plane each.
fn plane(rule: impl Optimizer<f64> + 'static, batch: usize, seed: u64) -> Diagnosis {
    let x = noise(seed, 100, 3);
    let w = ndarray::array![[1.0, -0.5], [0.5, 1.0], [-1.0, 0.3]];
    let y = x.dot(&w) + noise(seed + 7, 100, 2) * 0.2;
    let data = Dataset::with_values(x, y).unwrap();
    fit(trainer(Dense::new(2), 3, &Loss::HalfSquaredError, rule, seed), &data, batch, 60)
}

/// sin 2x + noise, by a hidden layer of 16.
fn wave(seed: u64) -> Diagnosis {
    let x = noise(seed, 96, 1);
    let y = x.mapv(|x: f64| (2.0 * x).sin()) + noise(seed + 7, 96, 1) * 0.1;
    let data = Dataset::with_values(x, y).unwrap();
    let adam = Adam { lr: 0.01, ..Adam::default() };
    fit(trainer(two_layers(16, Activation::Tanh, 1), 1, &Loss::HalfSquaredError, adam, seed), &data, 16, 80)
}
