//! What a checkpoint is asked for, and what stands in the way.

use crate::everything::{midway, midway_data};
use crate::folder::Folder;
use glassgrad_data::Dataset;
use glassgrad_layers::{Activation, Dense, Loss};
use glassgrad_optim::{Adam, At, Error as OptimError, Optimizer, Recipe, Sgd, Slot, State};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Checkpoint, Error, Notes, Origin, Position, Precision, Trainer};
use ndarray::array;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn open(path: &Path) -> Checkpoint {
    Checkpoint::open(path).unwrap()
}

#[test]
fn what_it_says_of_itself() {
    let folder = Folder::new("says");
    let path = folder.path("model.ckpt");
    midway().save(&path, &Notes { run: "a run".into(), ..Notes::default() }, None).unwrap();
    let mut checkpoint = open(&path);
    let here = Origin::here();
    assert_eq!((checkpoint.written_by(), checkpoint.cpu()), (&*here.version, &*here.cpu));
    assert!(here.cpu.starts_with(env::consts::ARCH));
    assert_eq!(checkpoint.precision(), Precision::F64);
    assert_eq!(checkpoint.seed(), 3);
    assert_eq!(checkpoint.position(), Position { epoch: 1, batch: 1 });
    assert_eq!(checkpoint.notes().run, "a run");
    assert_eq!(checkpoint.tape(), midway_without_start().tape());
    assert_eq!(checkpoint.theta::<f64>().unwrap(), midway().theta());
    let (_, notes, best) = checkpoint.into_trainer::<f64>().unwrap();
    assert_eq!((notes.run.as_str(), best), ("a run", None));
}

/// The network of [`midway`] as a file keeps it: without the values that it began with.
fn midway_without_start() -> Trainer<f64> {
    let network = Dense::new(1).weight(glassgrad_layers::Init::ZEROS);
    let reduction = glassgrad_layers::Reduction::Sum;
    let sgd = Recipe::new(Sgd::default());
    Trainer::with_reduction(&network, 2, &Loss::HalfSquaredError, reduction, sgd, 0).unwrap()
}

#[test]
fn predictions_are_the_same() {
    let folder = Folder::new("predictions");
    let path = folder.path("model.ckpt");
    let mut trainer = midway();
    trainer.save(&path, &Notes::default(), None).unwrap();
    let mut read = open(&path).into_trainer::<f64>().unwrap().0;
    let data = midway_data();
    let x = data.features();
    assert_eq!(read.predict(x.view()).unwrap(), trainer.predict(x.view()).unwrap());
    assert_eq!(read.evaluate(&midway_data()).unwrap(), trainer.evaluate(&midway_data()).unwrap());
}

#[test]
fn another_number_type_is_named() {
    let folder = Folder::new("type");
    let path = folder.path("model.ckpt");
    midway().save(&path, &Notes::default(), None).unwrap();
    let error = open(&path).into_trainer::<f32>().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: found numbers of type f64, expected f32; load it as a trainer of f64", path.display())
    );
    assert!(matches!(open(&path).theta::<f32>(), Err(Error::Precision { .. })));
}

#[test]
fn nan_can_be_looked_at_but_not_gone_on_from() {
    let folder = Folder::new("nan");
    let path = folder.path("model.ckpt");
    let mut trainer = midway();
    let best = trainer.theta().to_vec();
    trainer.theta_mut()[1] = f64::NAN;
    trainer.save(&path, &Notes::default(), Some(&best)).unwrap();

    let mut checkpoint = open(&path);
    let found = checkpoint.non_finite().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].to_string(), "theta, parameter weight: 1 of 2 numbers are NaN or infinite");
    assert!(checkpoint.theta::<f64>().unwrap()[1].is_nan());
    let error = checkpoint.into_trainer::<f64>().unwrap_err();
    let place = format!("{}: theta, parameter weight: 1 of 2", path.display());
    assert!(error.to_string().starts_with(&place), "{error}");

    let infinite = [f64::INFINITY; 3];
    midway().save(&path, &Notes::default(), Some(&infinite)).unwrap();
    let found = open(&path).non_finite().unwrap();
    assert_eq!(found.iter().map(|f| (f.section, f.count)).collect::<Vec<_>>(), [("best", 2), ("best", 1)]);
    assert!(matches!(open(&path).into_trainer::<f64>(), Err(Error::NonFinite { .. })));
}

#[test]
fn a_best_of_another_length_is_not_written() {
    let folder = Folder::new("best");
    let path = folder.path("model.ckpt");
    let error = midway().save(&path, &Notes::default(), Some(&[1.0])).unwrap_err();
    assert_eq!(error.to_string(), "the best θ: found 1 numbers, expected 3");
    assert!(!path.exists());
}

#[test]
fn a_network_without_parameters() {
    let folder = Folder::new("empty");
    let path = folder.path("model.ckpt");
    let recipe = Recipe::new(Adam::default());
    let trainer = Trainer::<f32>::new(&Activation::Tanh, 2, &Loss::MeanSquaredError, recipe, 0).unwrap();
    trainer.save(&path, &Notes::default(), Some(&[])).unwrap();
    assert_eq!(open(&path).non_finite().unwrap(), []);
    let (mut read, _, best) = open(&path).into_trainer::<f32>().unwrap();
    assert_eq!((read.theta(), best), (&[][..], None));
    assert_eq!(read.predict(array![[0.0, 0.0]].view()).unwrap(), array![[0.0, 0.0]]);
}

#[test]
fn only_with_the_same_data_and_batches() {
    let (trainer, data) = (midway(), midway_data());
    let notes = Notes { batch: 2, fingerprint: Some(data.fingerprint()), ..Notes::default() };
    trainer.check_resumable(&notes, &data, 2).unwrap();
    let error = trainer.check_resumable(&notes, &data, 3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "batch size: found 3, expected 2 as the run was begun with; only with the same does it go on as if it had \
         never stopped"
    );
    let other = data.select(&[1, 0, 2, 3, 4]).unwrap();
    let error = trainer.check_resumable(&notes, &other, 2).unwrap_err();
    let [found, expected] = [&other, &data].map(|data| format!("{:016x}", data.fingerprint()));
    let start = format!("training data: found the fingerprint {found}, expected {expected} as the run");
    assert!(error.to_string().starts_with(&start), "{error}");
    // What is not known is not compared, but data must fit the network.
    trainer.check_resumable(&Notes::default(), &other, 3).unwrap();
    let wide = Dataset::with_values(array![[1.0, 2.0, 3.0]], array![[1.0]]).unwrap();
    assert!(matches!(trainer.check_resumable(&Notes::default(), &wide, 1), Err(Error::Mismatch { .. })));
}

/// A rule of the user's own.
#[derive(Debug)]
struct Mine;

impl<T: Scalar> Optimizer<T> for Mine {
    fn lr(&self) -> f64 {
        0.5
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
    fn update(&self, _: &At, _: &mut [T], _: &[T], _: State<'_, T>) {}
}

#[test]
fn a_rule_of_ones_own_is_named() {
    let folder = Folder::new("mine");
    let path = folder.path("model.ckpt");
    let trainer =
        Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, Recipe::new(Mine), 0).unwrap();
    let error = trainer.save(&path, &Notes::default(), None).unwrap_err();
    assert!(matches!(&error, Error::Optimizer(OptimError::Foreign { rule }) if rule == "Mine"), "{error}");
    assert!(!path.exists());
}

#[test]
fn other_files_are_named() {
    let folder = Folder::new("others");
    let path = folder.path("model.ckpt");
    let error = Checkpoint::open(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: no such file; check the path and the working directory", path.display())
    );
    fs::write(&path, "not a checkpoint, but long enough to be one").unwrap();
    let error = Checkpoint::open(&path).unwrap_err();
    assert!(error.to_string().contains("not a checkpoint"), "{error}");
}

const AT: &str = "GLASSGRAD_TEST_AT";

#[test]
#[ignore = "the process of the test of a full disk"]
fn saves_on_a_full_disk() {
    let Some(path) = env::var_os(AT) else { return };
    let mut trainer = open(Path::new(&path)).into_trainer::<f64>().unwrap().0;
    trainer.end_epoch();
    let error = trainer.save(&path, &Notes::default(), None).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with(Path::new(&path).to_str().unwrap()), "{message}");
    assert!(message.ends_with("what was there before is untouched"), "{message}");
}

#[test]
#[cfg(unix)]
fn a_save_that_fails_leaves_the_old_file() {
    let folder = Folder::new("full");
    let path = folder.path("model.ckpt");
    midway().save(&path, &Notes::default(), None).unwrap();
    let before = fs::read(&path).unwrap();
    // No file may grow beyond 0 blocks, and to try is an error instead of the process's end.
    let limited = "trap '' XFSZ; ulimit -f 0; exec \"$0\" --ignored --exact checkpoint::saves_on_a_full_disk";
    let mut again = Command::new("sh");
    again.args(["-c", limited]).arg(env::current_exe().unwrap()).env(AT, &path);
    let output = again.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    open(&path).into_trainer::<f64>().unwrap();
}
