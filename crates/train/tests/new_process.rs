//! A run that is stopped, anywhere, saved, and gone on with in a new process writes, in the end, the file that
//! a run without a stop writes, byte for byte. The new process is this test's own program, started again.

#[path = "fixture/folder.rs"]
mod folder;

use folder::Folder;
use glassgrad_data::Dataset;
use glassgrad_layers::{Activation, Chain, Dense, Dropout, LayerNorm, Loss};
use glassgrad_optim::{Adam, Clip, Momentum, Plateau, Recipe, Schedule};
use glassgrad_tensor::{Scalar, pool};
use glassgrad_train::{Checkpoint, Element, Epoch, Error, Notes, Observer, Record, Step, Trainer};
use ndarray::Array2;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// A run with everything in it that could go another way the second time.
#[derive(Clone, Copy, Debug)]
struct Run {
    rows: usize,
    inputs: usize,
    width: usize,
    batch: usize,
    epochs: u64,
}

/// Of 23 rows in batches of 5, the last batch has 3.
const SMALL: Run = Run { rows: 23, inputs: 3, width: 8, batch: 5, epochs: 3 };

/// Its products are shared among threads: 250 × 301 × 256 ≈ 19 M multiplications take one thread about a
/// millisecond, and the short batch of 70 has 5 M. 78 000 parameters are enough to share an update, too.
const LARGE: Run = Run { rows: 320, inputs: 301, width: 256, batch: 250, epochs: 2 };

impl Run {
    fn data<T: Scalar>(self) -> Dataset<T> {
        let number = |(row, column)| T::from_f64(((7 * row + 3 * column) as f64).sin());
        let x = Array2::from_shape_fn((self.rows, self.inputs), number);
        Dataset::with_labels(x, (0..self.rows as u32).map(|row| row * row % 3).collect(), 3).unwrap()
    }

    fn trainer<T: Scalar>(self, rule: &str) -> Trainer<T> {
        let network = Chain::new()
            .then(Dense::new(self.width))
            .then(LayerNorm::new())
            .then(Activation::Tanh)
            .then(Dropout::new(0.4))
            .then(Dense::new(3));
        let cosine = Schedule::Cosine { steps: 40, min_lr: 0.001 };
        let recipe = match rule {
            "Adam" => Recipe::new(Adam { lr: 0.05, ..Adam::default() }),
            "Momentum" => Recipe::new(Momentum { lr: 0.1, ..Momentum::default() }),
            other => panic!("no rule {other}"),
        };
        let recipe = recipe
            .schedule(Schedule::WarmUp { steps: 4, start: 0.1, then: Box::new(cosine) })
            // Nothing is ever better by 90 %, so every epoch lowers the rate.
            .plateau(Plateau { patience: 0, threshold: 0.9, factor: 0.5, ..Plateau::default() })
            .clip(Clip::Norm(0.5));
        let loss = Loss::CrossEntropy { class_weights: vec![1.0, 0.5, 2.0], smoothing: 0.1 };
        Trainer::new(&network, self.inputs, &loss, recipe, 11).unwrap()
    }

    fn steps(self) -> u64 {
        self.epochs * self.rows.div_ceil(self.batch) as u64
    }

    /// From wherever the trainer is, and for so many steps, or to the end.
    fn go<T: Scalar>(self, trainer: &mut Trainer<T>, notes: &mut Notes, steps: u64) {
        notes.batch = self.batch as u64;
        notes.fingerprint = Some(self.data::<T>().fingerprint());
        trainer.fit(&self.data(), self.batch, self.epochs, &mut Stop { steps, notes }).unwrap();
    }
}

/// Breaks after so many steps; after each epoch shows its loss to the plateau, and notes it.
struct Stop<'a> {
    steps: u64,
    notes: &'a mut Notes,
}

impl<T: Scalar> Observer<T> for Stop<'_> {
    fn step(&mut self, _: &Trainer<T>, _: &Step<T>) -> ControlFlow<()> {
        self.steps -= 1;
        if self.steps == 0 { Break(()) } else { Continue(()) }
    }

    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        trainer.descent_mut().observe(epoch.loss);
        let record = Record { epoch: epoch.epoch, train_loss: epoch.loss, validation: None };
        self.notes.history.push(record);
        Ok(Continue(()))
    }
}

const FROM: &str = "GLASSGRAD_TEST_FROM";
const TO: &str = "GLASSGRAD_TEST_TO";
const THREADS: &str = "GLASSGRAD_TEST_THREADS";

/// What the new process does: goes on from one file to the end of the run, and writes another.
fn go_on<T: Scalar + Element>(run: Run) {
    // Without these, all ignored tests are being run, and there is nothing to do.
    let (Some(from), Some(to)) = (env::var_os(FROM), env::var_os(TO)) else { return };
    pool::set_threads(env::var(THREADS).unwrap().parse().unwrap());
    let (mut trainer, mut notes, best) = Checkpoint::open(&from).unwrap().into_trainer::<T>().unwrap();
    trainer.check_resumable(&notes, &run.data(), run.batch).unwrap();
    run.go(&mut trainer, &mut notes, u64::MAX);
    trainer.save(to, &notes, best.as_deref()).unwrap();
}

#[test]
#[ignore = "the new process of the test of small networks"]
fn small_goes_on() {
    go_on::<f64>(SMALL);
}

#[test]
#[ignore = "the new process of the test of large networks"]
fn large_goes_on() {
    go_on::<f32>(LARGE);
}

/// Stops after so many steps, and lets a new process do the rest; the file that comes out.
fn in_two<T: Scalar + Element>(
    run: Run,
    rule: &str,
    folder: &Folder,
    stop: u64,
    threads: [usize; 2],
) -> Vec<u8> {
    let (from, to) = (folder.path("half.ckpt"), folder.path("whole.ckpt"));
    pool::set_threads(threads[0]);
    let (mut trainer, mut notes) = (run.trainer::<T>(rule), Notes::default());
    run.go(&mut trainer, &mut notes, stop);
    trainer.save(&from, &notes, Some(&best(&trainer))).unwrap();
    new_process(
        if run.width == SMALL.width { "small_goes_on" } else { "large_goes_on" },
        &from,
        &to,
        threads[1],
    );
    let written = fs::read(&to).unwrap();
    fs::remove_file(to).unwrap();
    written
}

fn new_process(test: &str, from: &Path, to: &Path, threads: usize) {
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--ignored", "--exact", test]).env(FROM, from).env(TO, to).env(THREADS, threads.to_string());
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The file of a run without a stop.
fn in_one<T: Scalar + Element>(run: Run, rule: &str, folder: &Folder, threads: usize) -> Vec<u8> {
    pool::set_threads(threads);
    let (mut trainer, mut notes) = (run.trainer::<T>(rule), Notes::default());
    run.go(&mut trainer, &mut notes, u64::MAX);
    assert_eq!(trainer.descent().progress().t, run.steps());
    let path = folder.path("straight.ckpt");
    trainer.save(&path, &notes, Some(&best(&trainer))).unwrap();
    fs::read(path).unwrap()
}

/// Something that goes along unchanged.
fn best<T: Scalar>(trainer: &Trainer<T>) -> Vec<T> {
    (0..trainer.theta().len()).map(|i| T::from_f64(i as f64 / 7.0)).collect()
}

/// One test, since the number of threads is the whole process's.
#[test]
fn every_step_is_a_place_to_stop() {
    let folder = Folder::new("stops");
    for rule in ["Adam", "Momentum"] {
        let straight = in_one::<f64>(SMALL, rule, &folder, 1);
        for stop in 1..=SMALL.steps() {
            let threads = [[1, 1], [1, 2], [2, 1], [2, 2]][stop as usize % 4];
            let written = in_two::<f64>(SMALL, rule, &folder, stop, threads);
            assert!(written == straight, "{rule}, stopped after {stop} steps");
        }
    }
    for rule in ["Adam", "Momentum"] {
        let straight = in_one::<f32>(LARGE, rule, &folder, 1);
        assert!(in_one::<f32>(LARGE, rule, &folder, 2) == straight, "{rule}: 2 threads give other bits");
        for (stop, threads) in [(1, [1, 2]), (2, [2, 1]), (3, [2, 2])] {
            let written = in_two::<f32>(LARGE, rule, &folder, stop, threads);
            assert!(written == straight, "{rule}, {threads:?} threads, stopped after {stop} steps");
        }
    }
}
