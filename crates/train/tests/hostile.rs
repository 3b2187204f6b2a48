//! Files with every checksum right that no trainer has saved: each is refused, and takes little memory.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;
#[path = "fixture/everything.rs"]
mod everything;
#[path = "fixture/folder.rs"]
mod folder;

use counting::peak;
use everything::{notes, untrained};
use folder::Folder;
use glassgrad_autograd::{Op, Shape, Var};
use glassgrad_data::{Kind, Scaling};
use glassgrad_layers::{Loss, Reduction};
use glassgrad_optim::{Adam, Clip, Plan, Progress, Rule, WarmUp};
use glassgrad_store::{Format, Image, Reader, Section};
use glassgrad_train::{Checkpoint, Error, Notes, Origin, Position, Precision};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

const FORMAT: Format = Format::new("checkpoint", *b"GLASS\r\n\x1a", 1, 1);

/// The header of format 1, with everything open.
#[derive(Serialize, Deserialize)]
struct Header {
    origin: Origin,
    precision: Precision,
    program: Program,
    x: Var,
    prediction: Var,
    loss: Loss,
    reduction: Reduction,
    plan: Plan,
    progress: Progress,
    seed: u64,
    position: Position,
    so_far: (f64, f64, u64),
    notes: Notes,
}

#[derive(Serialize, Deserialize)]
struct Program {
    instructions: Vec<(String, Op, Shape)>,
    further: Vec<(String, Var)>,
}

/// A variable of no tape in particular.
fn var(index: u64) -> Var {
    serde_json::from_value(index.into()).unwrap()
}

/// A file of a trainer with notes, and its header.
fn whole(path: &Path) -> Header {
    untrained().save(path, &notes(), None).unwrap();
    Reader::open(path, &FORMAT).unwrap().header().unwrap()
}

/// Writes a file with θ and AdamW's moments of so many numbers.
fn write(path: &Path, header: &impl Serialize, numbers: usize) {
    let vector = vec![0.5_f32; numbers];
    let names = ["theta", "state.first moment", "state.second moment"];
    let sections = names.map(|name| Section::new(name, 1, numbers, &vector[..]));
    let mut bytes = Vec::new();
    Image::new(&FORMAT, header, &sections).unwrap().write_to(&mut bytes).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Why a file is not opened, and the most memory that took.
fn refusal(path: &Path) -> (Error, usize) {
    let mut result = None;
    let bytes = peak(|| result = Some(Checkpoint::open(path).map(drop)));
    (result.unwrap().expect_err("a refusal"), bytes)
}

#[test]
fn the_mirror_is_true() {
    let folder = Folder::new("mirror");
    let path = folder.path("model.ckpt");
    write(&path, &whole(&path), 8);
    Checkpoint::open(&path).unwrap();
}

type Change = fn(&mut Header);

#[test]
fn headers_that_contradict_themselves() {
    let folder = Folder::new("headers");
    let path = folder.path("model.ckpt");
    let cases: [(&str, &str, Change); 39] = [
        // The program.
        ("the network", "another tape", |h| h.prediction = var(1000)),
        ("the network", "another tape", |h| h.prediction = var(u64::MAX)),
        ("the network", "another tape", |h| h.program.instructions.clear()),
        ("the network", "another tape", |h| h.program.further[0].1 = var(u64::MAX)),
        ("the network", "given twice", |h| h.program.further[0].0 = "x".into()),
        ("the network", "given twice", |h| h.program.instructions[1].0 = "y".into()),
        ("the network", "width of 0", |h| h.program.instructions[0].2.columns = 0),
        ("the network", "expected an input", |h| h.program.instructions[0].2.columns = usize::MAX),
        ("the network", "more numbers than", |h| {
            h.program.instructions[1].2 = Shape::fixed(1 << 40, 1 << 40);
        }),
        ("the network", "do not follow", |h| h.program.instructions[4].2.columns = 1 << 50),
        ("the network", "", |h| h.loss = Loss::Huber { delta: f64::NAN }),
        ("the network", "class weights", |h| {
            h.loss = Loss::CrossEntropy { class_weights: vec![1.0; 5], smoothing: 0.0 };
        }),
        ("the network", "numbers a row", |h| {
            // Beyond what anything else is compared with.
            let input = ("more".into(), Op::Input { classes: None }, Shape::batch(1 << 40));
            h.program.instructions.push(input);
        }),
        ("the network", "numbers a row", |h| {
            let mut last = var(h.program.instructions.len() as u64 - 1);
            for i in 0..40 {
                let columns = 4 << i;
                let next = var(h.program.instructions.len() as u64);
                let double = (format!("{i}"), Op::Concat(vec![last, last]), Shape::batch(columns));
                h.program.instructions.push(double);
                last = next;
            }
        }),
        ("the input", "no input", |h| h.x = var(1)),
        ("the input", "no input", |h| h.x = var(u64::MAX)),
        ("the input", "no input", |h| h.x = var(h.program.instructions.len() as u64)),
        // θ.
        ("the network", "a bias [1, out]", |h| h.program.instructions[1].2 = Shape::fixed(1 << 30, 3)),
        ("the sections", "[1, 8]", |h| {
            let (segment, shape) = (2, Shape::fixed(1 << 20, 1 << 20));
            h.program.instructions.push(("all.more".into(), Op::Param { segment }, shape));
        }),
        ("the sections", "expected f64", |h| h.precision = Precision::F64),
        // The optimiser.
        ("the sections", "velocity", |h| h.plan.rule = Rule::Momentum(glassgrad_optim::Momentum::default())),
        ("the optimiser", "beta2", |h| h.plan.rule = Rule::Adam(Adam { beta2: 1.0, ..Adam::default() })),
        ("the optimiser", "Clip", |h| h.plan.clip = Some(Clip::Norm(-1.0))),
        ("the optimiser", "fits no parameter", |h| h.plan.groups[0].0 = "z*".into()),
        ("the optimiser", "warm-ups", |h| h.plan.warm_ups = vec![WarmUp { steps: 1, start: 0.5 }; 5000]),
        ("the optimiser", "t is", |h| h.progress.t = u64::MAX),
        ("the optimiser", "scale", |h| h.progress.watch.scale = f64::NAN),
        // The position.
        ("the position", "2^53", |h| h.position.epoch = u64::MAX),
        ("the position", "batches", |h| h.position.batch = 3),
        ("the position", "batches", |h| (h.position.batch, h.so_far.2) = (3, 30)),
        ("the position", "batches", |h| h.so_far.2 = 1),
        ("the loss of the epoch", "terms", |h| h.so_far.1 = -1.0),
        // The notes.
        ("the scaling", "expected 3", |h| h.notes.scaling = Some(Scaling::Standard(scale(2, 3)))),
        ("the scaling", "", |h| {
            if let Some(Scaling::MinMax(scale)) = &mut h.notes.scaling {
                scale.constant = vec![3];
            }
        }),
        ("the scaling of targets", "", |h| h.notes.target_scaling = Some(scale(2, 1))),
        ("the encoding", "expected 3", |h| h.notes.encoding.as_mut().unwrap().columns.truncate(1)),
        ("the encoding", "target columns", |h| h.notes.encoding.as_mut().unwrap().targets.truncate(1)),
        ("the encoding", "most frequent", |h| {
            let columns = &mut h.notes.encoding.as_mut().unwrap().columns;
            columns[1].kind = Kind::Categories { names: vec![], most_frequent: 0 };
        }),
        ("the encoding", "too long", |h| {
            // Each category makes a feature's name of the column's: 100 KB of file become 500 MB.
            let columns = &mut h.notes.encoding.as_mut().unwrap().columns;
            columns[1].name = "n".repeat(100_000);
            columns[1].kind = Kind::Categories { names: vec![String::new(); 5000], most_frequent: 0 };
        }),
    ];
    for (place, (item, problem, change)) in cases.into_iter().enumerate() {
        let mut header = whole(&path);
        change(&mut header);
        write(&path, &header, 8);
        let length = fs::metadata(&path).unwrap().len();
        let (error, bytes) = refusal(&path);
        let message = error.to_string();
        assert!(matches!(error, Error::Checkpoint { .. }), "case {place}: {error:?}");
        let start = format!("{}: {item}: ", path.display());
        assert!(message.starts_with(&start) && message.contains(problem), "case {place}: {message}");
        assert!(
            bytes < (1 << 20) + 4 * length as usize,
            "case {place}: {bytes} bytes of memory for {length}"
        );
    }
}

fn scale(means: usize, deviations: usize) -> glassgrad_data::Standardize {
    let (mean, std) = (vec![0.0; means], vec![1.0; deviations]);
    glassgrad_data::Standardize { mean, std, constant: vec![] }
}

#[test]
fn lengths_that_there_are_no_bytes_for() {
    let folder = Folder::new("lengths");
    let path = folder.path("model.ckpt");
    for length in [1_u64 << 20, 1 << 32, 1 << 40, u64::MAX] {
        let Header { origin, precision, program, .. } = whole(&path);
        let check = || {
            let (error, bytes) = refusal(&path);
            assert!(matches!(error, Error::Store(_)), "{error:?}");
            assert!(error.to_string().contains("the header at byte"), "{error}");
            assert!(bytes < 2 << 20, "{length}: {bytes} bytes of memory");
        };
        // The version's text, the instructions, the further names.
        write(&path, &(length, 0_u64), 8);
        check();
        write(&path, &(&origin, precision, length), 8);
        check();
        write(&path, &(&origin, precision, &program.instructions, length), 8);
        check();
    }
}

#[test]
fn vectors_that_the_optimiser_cannot_have() {
    let folder = Folder::new("vectors");
    let path = folder.path("model.ckpt");
    let header = whole(&path);
    // A mean of squares below 0: found as it is read.
    let (numbers, squares) = ([0.5_f32; 8], [-1.0_f32; 8]);
    let sections = [
        Section::new("theta", 1, 8, &numbers[..]),
        Section::new("state.first moment", 1, 8, &numbers[..]),
        Section::new("state.second moment", 1, 8, &squares[..]),
    ];
    let mut bytes = Vec::new();
    Image::new(&FORMAT, &header, &sections).unwrap().write_to(&mut bytes).unwrap();
    fs::write(&path, bytes).unwrap();
    let error = Checkpoint::open(&path).unwrap().into_trainer::<f32>().unwrap_err();
    assert!(error.to_string().contains("the optimiser: saved state: second moment[0] is -1"), "{error}");

    for numbers in [7, 9] {
        write(&path, &header, numbers);
        let (error, _) = refusal(&path);
        assert!(error.to_string().contains("the sections: theta: found f32 [1, "), "{error}");
    }
}

#[test]
fn opening_takes_no_memory_for_vectors() {
    let folder = Folder::new("memory");
    let path = folder.path("model.ckpt");
    let network = glassgrad_layers::Dense::new(1000);
    let recipe = glassgrad_optim::Recipe::new(Adam::default());
    let trainer =
        glassgrad_train::Trainer::<f64>::new(&network, 1000, &Loss::MeanSquaredError, recipe, 0).unwrap();
    trainer.save(&path, &Notes::default(), None).unwrap();
    drop(trainer);
    let length = fs::metadata(&path).unwrap().len() as usize;
    let bytes = peak(|| drop(Checkpoint::open(&path).unwrap()));
    assert!(bytes < 256 << 10, "{bytes} bytes to open a file of {length}");
    // θ, both moments, and the gradient; beside them one vector at a time.
    let bytes = peak(|| drop(Checkpoint::open(&path).unwrap().into_trainer::<f64>().unwrap()));
    assert!(bytes < length / 3 * 4 + (1 << 20), "{bytes} bytes to load a file of {length}");
}
