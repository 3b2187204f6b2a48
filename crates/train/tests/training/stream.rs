//! Training on a set that stays in its file is training: the same steps as in memory where all fits a window, and a run
//! that stops anywhere and goes on is the run that never stopped.

use crate::fixture::{SEED, assert_same};
use glassgrad_data::{Batches, Dataset, Part, Stream, StreamOptions};
use glassgrad_layers::{Activation, Chain, Dense, Dropout, Loss};
use glassgrad_optim::{Adam, Recipe};
use glassgrad_train::{Epoch, Error, Observer, Step, Trainer};
use std::fmt::Write;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::PathBuf;

const ROWS: usize = 203;
const BATCH: usize = 16;

/// A file of one's own, removed when it is done with.
struct File(PathBuf);

impl File {
    fn new(name: &str, target: impl Fn(usize) -> String) -> Self {
        let mut text = "a,b,y\n".to_owned();
        for i in 0..ROWS {
            writeln!(text, "{},{},{}", (i as f64).sin(), (i as f64).cos(), target(i)).unwrap();
        }
        let path = std::env::temp_dir().join(format!("glassgrad-train-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        File(path)
    }

    fn stream(&self, window: usize, held_out: f64) -> Stream<f64> {
        let target = vec!["y".into()];
        let options = StreamOptions { target, window, held_out, seed: SEED, ..StreamOptions::default() };
        Stream::open(&self.0, None, &options).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn classes(i: usize) -> String {
    (i * 7 % 5 % 3).to_string()
}

fn trainer() -> Trainer<f64> {
    let network =
        Chain::new().then(Dense::new(8)).then(Activation::Tanh).then(Dropout::new(0.3)).then(Dense::new(3));
    Trainer::new(&network, 2, &Loss::CROSS_ENTROPY, Recipe::new(Adam::default()), SEED).unwrap()
}

fn whole(data: &Stream<f64>, part: Part) -> Dataset<f64> {
    let mut blocks = data.blocks(part).map(Result::unwrap);
    let first = blocks.next().unwrap();
    let all: Vec<_> = std::iter::once(first).chain(blocks).collect();
    let x: Vec<f64> = all.iter().flat_map(|block| block.features().into_owned()).collect();
    let y = all.iter().flat_map(|block| match block.targets() {
        glassgrad_data::Targets::Labels { labels, .. } => {
            labels.iter().map(|&y| f64::from(y)).collect::<Vec<_>>()
        }
        glassgrad_data::Targets::Values(values) => values.iter().copied().collect(),
    });
    let y: Vec<f64> = y.collect();
    let x = ndarray::Array2::from_shape_vec((y.len(), 2), x).unwrap();
    match all[0].targets().classes() {
        Some(classes) => {
            Dataset::with_labels(x, y.iter().map(|&y| y as u32).collect(), classes.len()).unwrap()
        }
        None => Dataset::with_values(x, ndarray::Array2::from_shape_vec((y.len(), 1), y).unwrap()).unwrap(),
    }
}

#[test]
fn a_window_of_all_rows_makes_the_steps_of_memory() {
    let file = File::new("whole.csv", classes);
    let data = file.stream(ROWS, 0.0);
    let memory = whole(&data, Part::Training);
    for shuffled in [true, false] {
        let (mut streamed, mut plain) = (trainer(), trainer());
        streamed.fit_stream(&data, BATCH, shuffled, 3, &mut ()).unwrap();
        let mut batches = Batches::shuffled(ROWS, BATCH, SEED).unwrap();
        if !shuffled {
            batches = Batches::sequential(ROWS, BATCH).unwrap();
        }
        plain.fit_batches(&memory, &mut batches, 3, &mut ()).unwrap();
        assert_same(&plain, &streamed, "three epochs");
    }
    // In small windows without shuffling it is the file's order as well.
    let (mut streamed, mut plain) = (trainer(), trainer());
    streamed.fit_stream(&file.stream(32, 0.0), BATCH, false, 2, &mut ()).unwrap();
    plain.fit_batches(&memory, &mut Batches::sequential(ROWS, BATCH).unwrap(), 2, &mut ()).unwrap();
    let far = streamed.theta().iter().zip(plain.theta()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(far < 1e-9, "{far}: means of blocks are rounded otherwise");
}

/// Breaks after so many steps.
struct Stop(usize);

impl Observer<f64> for Stop {
    fn step(&mut self, _: &Trainer<f64>, _: &Step<f64>) -> ControlFlow<()> {
        self.0 -= 1;
        if self.0 == 0 { Break(()) } else { Continue(()) }
    }
}

#[test]
fn stopping_at_any_step_and_going_on() {
    let file = File::new("stop.csv", classes);
    let data = file.stream(40, 0.2);
    let mut straight = trainer();
    let mut losses = Vec::new();
    straight
        .fit_stream(&data, BATCH, true, 2, &mut |_: &mut _, epoch: &Epoch| {
            losses.push(epoch.loss);
            Ok(Continue(()))
        })
        .unwrap();
    let per_epoch = data.rows().div_ceil(BATCH);
    for steps in 1..2 * per_epoch {
        let mut parts = trainer();
        parts.fit_stream(&data, BATCH, true, 2, &mut Stop(steps)).unwrap();
        let mut again = Vec::new();
        parts
            .fit_stream(&data, BATCH, true, 2, &mut |_: &mut _, epoch: &Epoch| {
                again.push(epoch.loss);
                Ok(Continue(()))
            })
            .unwrap();
        assert_same(&straight, &parts, &format!("stopped after {steps} steps"));
        assert_eq!(again.last(), losses.last());
    }
    let mut other = trainer();
    other.fit_stream(&data, BATCH, true, 2, &mut Stop(3)).unwrap();
    let error = other.fit_stream(&data, BATCH + 1, true, 2, &mut ()).unwrap_err();
    assert!(matches!(error, Error::Resume { .. }), "{error}");
}

#[test]
fn parts_are_evaluated_as_the_whole() {
    let file = File::new("parts.csv", classes);
    let data = file.stream(40, 0.3);
    let mut classifier = trainer();
    let parts =
        classifier.evaluate_parts(data.blocks(Part::HeldOut).map(|part| part.map_err(Error::from))).unwrap();
    let memory = classifier.evaluate(&whole(&data, Part::HeldOut)).unwrap();
    assert_eq!((parts.rows, parts.accuracy), (memory.rows, memory.accuracy));
    assert!((parts.loss - memory.loss).abs() < 1e-12);

    let file = File::new("values.csv", |i| format!("{}", 1e3 + (i as f64).sqrt()));
    let data = file.stream(40, 0.3);
    let sgd = Recipe::new(Adam::default());
    let mut values = Trainer::<f64>::new(&Dense::new(1), 2, &Loss::MeanSquaredError, sgd, SEED).unwrap();
    let parts =
        values.evaluate_parts(data.blocks(Part::HeldOut).map(|part| part.map_err(Error::from))).unwrap();
    let memory = values.evaluate(&whole(&data, Part::HeldOut)).unwrap();
    for (parts, memory) in
        [(parts.r2, memory.r2), (parts.mae, memory.mae), (Some(parts.loss), Some(memory.loss))]
    {
        let (parts, memory) = (parts.unwrap(), memory.unwrap());
        assert!((parts - memory).abs() <= 1e-11 * memory.abs(), "{parts} and {memory}");
    }
    let none = values.evaluate_parts(std::iter::empty::<Result<_, Error>>()).unwrap_err();
    assert_eq!(none.to_string(), "no rows; expected at least one");
}
