//! Files of format 1 stay readable, and are written as they were.
//!
//! To write the files anew after an intended change, which is a new format version, set
//! `GLASSGRAD_WRITE_GOLDEN=1` and run this test.

use crate::everything::{midway, midway_data, notes, origin, untrained};
use crate::folder::Folder;
use glassgrad_layers::{Loss, Reduction};
use glassgrad_optim::{AdaGrad, Adam, AdamW, Clip, Course, Mode, Momentum, Nesterov, RmsProp, Rule, Sgd};
use glassgrad_store::{Format, Image};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Checkpoint, Element, Notes, Position, Precision, Trainer};
use serde::Serialize;
use std::fs;
use std::path::PathBuf;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The file is what this trainer writes, and what it reads it writes again.
fn compare<T: Scalar + Element>(name: &str, trainer: &Trainer<T>, notes: &Notes) -> Trainer<T> {
    let folder = Folder::new(name);
    let (path, golden) = (folder.path("again.ckpt"), golden(name));
    let best: Vec<T> = trainer.theta().iter().map(|x| *x + T::one()).collect();
    trainer.save_as(&path, notes, Some(&best), &origin()).unwrap();
    if std::env::var_os("GLASSGRAD_WRITE_GOLDEN").is_some() {
        fs::copy(&path, &golden).unwrap();
    }
    let expected = fs::read(&golden).unwrap();
    assert!(fs::read(&path).unwrap() == expected, "{name}: what is written has changed");

    let checkpoint = Checkpoint::open(&golden).unwrap();
    assert_eq!((checkpoint.written_by(), checkpoint.cpu()), ("0.1.0", "pdp11 fpp"));
    assert_eq!(checkpoint.precision(), T::DTYPE);
    let (read, read_notes, read_best) = checkpoint.into_trainer::<T>().unwrap();
    assert_eq!(read_best.as_ref(), Some(&best));
    read.save_as(&path, &read_notes, read_best.as_deref(), &origin()).unwrap();
    assert!(fs::read(&path).unwrap() == expected, "{name}: what is read is not written again");
    assert_eq!(read.theta(), trainer.theta());
    assert_eq!(read.position(), trainer.position());
    assert_eq!(read.tape().program(), trainer.tape().program());
    read
}

#[test]
fn every_op_and_note() {
    let trainer = compare("version1_everything.ckpt", &untrained(), &notes());
    assert_eq!(trainer.parameter("all.weight").unwrap()[[1, 2]], 0.375);
    assert!(trainer.value("all.z").is_err(), "no batch is loaded");
    let checkpoint = Checkpoint::open(golden("version1_everything.ckpt")).unwrap();
    assert_eq!(checkpoint.precision(), Precision::F32);
    assert_eq!(checkpoint.seed(), u64::MAX);
    assert_eq!(checkpoint.plan().rule, Rule::AdamW(AdamW { lr: 0.25, ..AdamW::default() }));
    assert_eq!(checkpoint.tape().layout().segment("all.bias").unwrap().range(), 6..8);
    let (read, mut noted) = (checkpoint.notes(), notes());
    assert!(read.history[0].train_loss.is_nan());
    // NaN is not equal to itself; with it out of the way, all else is.
    noted.history[0] = read.history[0];
    assert_eq!(
        (&read.history[1..], &read.run, &read.encoding),
        (&noted.history[1..], &noted.run, &noted.encoding)
    );
    assert_eq!((&read.scaling, &read.target_scaling), (&noted.scaling, &noted.target_scaling));
    assert_eq!(read.shards, 4);
    assert_eq!((read.batch, read.shuffle, read.fingerprint), (2, true, noted.fingerprint));
}

#[test]
fn a_run_in_the_middle_of_an_epoch() {
    let mut trainer = midway();
    let mut read = compare("version1_midway.ckpt", &trainer, &Notes::default());
    assert_eq!(read.position(), Position { epoch: 1, batch: 1 });
    assert_eq!(read.descent().progress().watch.best, Some(2.5));
    for trainer in [&mut trainer, &mut read] {
        trainer.fit(&midway_data(), 2, 4, &mut ()).unwrap();
    }
    assert_eq!(read.theta(), trainer.theta());
    assert_eq!(read.descent().state(), trainer.descent().state());
}

/// The number by which a file tells the variants of an enumeration apart.
fn number(value: &impl Serialize) -> u8 {
    const FORMAT: Format = Format::new("number", *b"NUMBER\r\n", 1, 1);
    let mut bytes = Vec::new();
    Image::new(&FORMAT, value, &[]).unwrap().write_to(&mut bytes).unwrap();
    bytes[24 + 8] // after the start of the file and the length of an empty table
}

#[test]
fn variants_keep_their_numbers() {
    let rules = [
        Rule::Sgd(Sgd::default()),
        Rule::Momentum(Momentum::default()),
        Rule::Nesterov(Nesterov::default()),
        Rule::AdaGrad(AdaGrad::default()),
        Rule::RmsProp(RmsProp::default()),
        Rule::Adam(Adam::default()),
        Rule::AdamW(AdamW::default()),
    ];
    assert_eq!(rules.each_ref().map(number), [0, 1, 2, 3, 4, 5, 6]);
    let courses = [
        Course::Constant,
        Course::Step { every: 1, factor: 1.0 },
        Course::Exponential { factor: 1.0 },
        Course::Cosine { steps: 1, min_lr: 0.0 },
        Course::OneCycle { steps: 1, pct_start: 0.0, div_factor: 1.0, final_div_factor: 1.0 },
    ];
    assert_eq!(courses.each_ref().map(number), [0, 1, 2, 3, 4]);
    let losses = [
        Loss::HalfSquaredError,
        Loss::MeanSquaredError,
        Loss::MeanAbsoluteError,
        Loss::Huber { delta: 1.0 },
        Loss::CROSS_ENTROPY,
        Loss::BinaryCrossEntropy,
    ];
    assert_eq!(losses.each_ref().map(number), [0, 1, 2, 3, 4, 5]);
    assert_eq!([Reduction::Mean, Reduction::Sum].each_ref().map(number), [0, 1]);
    assert_eq!([Clip::Value(1.0), Clip::Norm(1.0)].each_ref().map(number), [0, 1]);
    assert_eq!([Mode::Min, Mode::Max].each_ref().map(number), [0, 1]);
    assert_eq!([Precision::F32, Precision::F64].each_ref().map(number), [0, 1]);
}
