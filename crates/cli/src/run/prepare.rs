//! [`prepare`]: from what a run says to a trainer and data sets, ready to step.

use super::Run;
use super::model::{LossName, Tensor};
use super::names::{nearest, shortened};
use super::tally::Tally;
use crate::failure::Failure;
use crate::model::Real;
use glassgrad_autograd::Tape;
use glassgrad_data::{Dataset, Encoding, Input, Scaling, Standardize, Stream, Targets, Task, Training};
use glassgrad_interchange::{Conversion, npz, safetensors};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Notes, Trainer};
use std::fs;

/// Networks larger than this are taken for a slip of the finger: with its gradient and Adam's two moments, a
/// parameter takes 16 bytes, and so these take 1 GiB.
const MOST_PARAMETERS: u128 = 1 << 26;

/// Everything that a step needs, and what the data taught before the first.
#[derive(Debug)]
pub(crate) struct Prepared<T> {
    pub(crate) trainer: Trainer<T>,
    pub(crate) sets: Sets<T>,
    /// What a checkpoint says beside the trainer; its history has the epochs done.
    pub(crate) notes: Notes,
    /// θ after the best of these, if rows are held out.
    pub(crate) best: Option<Vec<T>>,
}

/// The parts of the data, encoded and scaled.
#[derive(Debug)]
pub(crate) struct Sets<T> {
    /// Where the data are streamed, the first block of them, as a sample.
    pub(crate) training: Dataset<T>,
    /// None if nothing is held out; where the data are streamed, a sample too.
    pub(crate) validation: Option<Dataset<T>>,
    pub(crate) test: Option<Dataset<T>>,
    /// What the samples are of, if the data stay in their file.
    pub(crate) stream: Option<Stream<T>>,
    pub(crate) learnt: Learnt,
    /// The line of the file that each training row stands on; nothing if it is no table in a file.
    pub(crate) lines: Vec<u64>,
    /// What a person should know of the data.
    pub(crate) remarks: Vec<String>,
}

/// How a table becomes what the network takes, learnt on the training part.
#[derive(Clone, Debug)]
pub(crate) struct Learnt {
    pub(crate) encoding: Encoding,
    pub(crate) scaling: Scaling,
    /// How the values of a regression are scaled, if they are.
    pub(crate) targets: Option<Standardize>,
    /// Whether features are pixels, divided by 255 before they are scaled.
    pub(crate) pixels: bool,
}

/// Reads the data and makes the trainer, at the start of the run.
pub(crate) fn prepare<T: Real>(run: &Run) -> Result<Prepared<T>, Failure> {
    run.check_together()?;
    let sets = if run.data.stream { Sets::streamed(run)? } else { Sets::read(run)? };
    let trainer = trainer(run, &sets)?;
    let notes = sets.notes(run);
    Ok(Prepared { trainer, sets, notes, best: None })
}

impl<T: Scalar> Sets<T> {
    /// Reads, splits, encodes and scales.
    pub(crate) fn read(run: &Run) -> Result<Self, Failure> {
        let input = run.data.read::<T>()?;
        let target = input.target(&run.data.targets(&input)?, run.task())?;
        let (training, validation) = if run.data.validation > 0.0 {
            let (training, validation) =
                input.split(&target, run.data.validation, run.seed).map_err(|error| {
                    Failure::Usage(format!(
                        "--validation {} (data.validation): {error}; 0 holds nothing out",
                        run.data.validation
                    ))
                })?;
            (training, Some(validation))
        } else {
            (input, None)
        };
        let encoding = training.fit(&target, run.data.encoding())?;
        let mut remarks = Vec::new();
        if let Input::Table(frame) = &training {
            let numbers = |name: &String| name.parse::<f64>().is_ok();
            if run.data.train.is_some() && frame.names().iter().all(numbers) {
                remarks.push(format!(
                    "{}the first line is all numbers, and was taken for the names of the columns; is the header missing?",
                    run.data.before_message(":1")
                ));
            }
        }
        remarks.extend(training.mixed(&encoding).iter().map(ToString::to_string));
        let rows = training.rows();
        let Training { outcome, scaling, values } =
            training.learn(&encoding, run.data.scaling(), run.scales_values())?;
        remarks.extend(Tally::of(&outcome, rows).remarks("the training rows"));
        let lines = match &training {
            Input::Table(frame) if run.data.train.is_some() => {
                outcome.rows.iter().map(|&row| frame.line(row)).collect()
            }
            _ => Vec::new(),
        };
        let training = outcome.data;
        remark_on_columns(run, &scaling, training.columns(), &mut remarks);
        remark_on_batch(run, training.rows(), &mut remarks);
        let learnt = Learnt { encoding, scaling, targets: values, pixels: run.data.pixels() };
        let validation =
            validation.map(|part| learnt.encode(&part, "the rows held out", &mut remarks)).transpose()?;
        let test = match &run.data.test {
            Some(path) => {
                let input = run.data.open(path, run.data.test_labels.as_deref())?;
                Some(learnt.encode(&input, "the test rows", &mut remarks)?)
            }
            None => None,
        };
        Ok(Sets { training, validation, test, stream: None, learnt, lines, remarks })
    }

    /// Rows to train on.
    pub(crate) fn rows(&self) -> usize {
        self.stream.as_ref().map_or(self.training.rows(), Stream::rows)
    }

    /// Rows held out.
    pub(crate) fn held_out(&self) -> usize {
        let in_memory = || self.validation.as_ref().map_or(0, Dataset::rows);
        self.stream.as_ref().map_or_else(in_memory, Stream::held_out)
    }

    /// What a checkpoint of this run says beside the trainer, before the first epoch.
    fn notes(&self, run: &Run) -> Notes {
        Notes {
            batch: run.train.batch as u64,
            shards: run.train.shards,
            shuffle: run.train.shuffle,
            fingerprint: Some(
                self.stream.as_ref().map_or_else(|| self.training.fingerprint(), Stream::fingerprint),
            ),
            encoding: Some(self.learnt.encoding.clone()),
            scaling: Some(self.learnt.scaling.clone()),
            target_scaling: self.learnt.targets.clone(),
            run: run.to_text(),
            ..Notes::default()
        }
    }

    /// How many outputs the network has: one a class or value; but yes or no is one.
    fn outputs(&self, loss: &Loss) -> usize {
        match self.training.targets() {
            Targets::Labels { .. } if *loss == Loss::BinaryCrossEntropy => 1,
            Targets::Labels { classes, .. } => classes.len(),
            Targets::Values(values) => values.ncols(),
        }
    }
}

impl Learnt {
    /// Another part of the data, as the network takes it.
    pub(crate) fn encode<T: Scalar>(
        &self,
        input: &Input<T>,
        what: &str,
        remarks: &mut Vec<String>,
    ) -> Result<Dataset<T>, Failure> {
        self.check_units(input)?;
        let outcome = input.encode_scaled(&self.encoding, &self.scaling, self.targets.as_ref())?;
        remarks.extend(Tally::of(&outcome, input.rows()).remarks(what));
        Ok(outcome.data)
    }
}

/// Which columns say nothing.
pub(super) fn remark_on_columns(run: &Run, scaling: &Scaling, columns: &[String], remarks: &mut Vec<String>) {
    if let [_, ..] = scaling.constant() {
        let constant = scaling.constant();
        let which = if constant.len() == 1 { "column" } else { "columns" };
        remarks.push(format!(
            "{}{which} {}: the same in every training row, and so of no use",
            run.data.before_message(""),
            shortened(constant.iter().map(|&column| &columns[column]))
        ));
    }
}

/// Whether a batch is larger than the set.
pub(super) fn remark_on_batch(run: &Run, rows: usize, remarks: &mut Vec<String>) {
    // That a default is too large is no news.
    if run.train.batch > rows && run.train.batch != super::TrainSettings::default().batch {
        remarks.push(format!(
            "--batch {} (train.batch): the training part has {}; each step takes them all",
            run.train.batch,
            counted(rows, "row")
        ));
    }
}

impl Run {
    /// What is to be learnt: as set; else as the loss wants it; else told apart by the target.
    pub(super) fn task(&self) -> Task {
        match (self.data.task(), self.model.loss) {
            (Task::Auto, LossName::CrossEntropy) => Task::Classification,
            (Task::Auto, LossName::Mse | LossName::HalfSquaredError | LossName::Mae | LossName::Huber) => {
                Task::Regression
            }
            (task, _) => task,
        }
    }

    /// Whether the values of a regression are brought to mean 0 and standard deviation 1: wherever features are
    /// scaled, unless the values are probabilities.
    pub(super) fn scales_values(&self) -> bool {
        self.data.scale != super::Scale::None && self.model.loss != LossName::BinaryCrossEntropy
    }
}

/// The trainer, at the start of the run.
fn trainer<T: Real>(run: &Run, sets: &Sets<T>) -> Result<Trainer<T>, Failure> {
    let loss = run.model.loss(sets.training.targets());
    check_loss(run, sets, &loss)?;
    let (inputs, outputs) = (sets.training.columns().len(), sets.outputs(&loss));
    check_size(run, inputs, outputs)?;
    let network = run.model.network(outputs);
    let mut trainer = Trainer::new(&network, inputs, &loss, run.optimizer.recipe(), run.seed)?;
    if let Some(path) = &run.model.parameters.file {
        let theta = read_weights(trainer.tape(), path)?;
        trainer.theta_mut().copy_from_slice(&theta);
    }
    for (name, tensor) in &run.model.parameters.named {
        set_parameter(&mut trainer, name, tensor)?;
    }
    Ok(trainer)
}

/// θ of a file of weights: NPZ by its name, else safetensors.
pub(crate) fn read_weights<T: Real>(tape: &Tape, path: &std::path::Path) -> Result<Vec<T>, Failure> {
    let bytes = fs::read(path).map_err(|source| {
        let file = path.display().to_string();
        match source.kind() {
            std::io::ErrorKind::NotFound => glassgrad_data::Error::NotFound { file },
            _ => glassgrad_data::Error::Read { file, source },
        }
    })?;
    let read = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npz")) {
        npz::read(tape, &bytes, Conversion::Rounding)
    } else {
        safetensors::read(tape, &bytes, Conversion::Rounding)
    };
    read.map_err(|error| Failure::Data(format!("{}: {error}", path.display())))
}

fn set_parameter<T: Scalar>(trainer: &mut Trainer<T>, name: &str, tensor: &Tensor) -> Result<(), Failure> {
    let wrong = |what: String| Failure::Usage(format!("model.parameters.{name:?}: {what}"));
    let layout = trainer.tape().layout();
    let known: Vec<String> = layout.segments().iter().map(|segment| segment.name.clone()).collect();
    let segment = layout.segment(name).map_err(|_| {
        let hint = nearest(name, &known).map_or(String::new(), |near| format!("did you mean {near:?}? "));
        wrong(format!("no such parameter; {hint}the network has {}", known.join(", ")))
    })?;
    let rows: &[Vec<f64>] = match tensor {
        Tensor::Row(row) => std::slice::from_ref(row),
        Tensor::Rows(rows) => rows,
    };
    let expected =
        format!("expected {} of {}", counted(segment.rows, "row"), counted(segment.columns, "number"));
    if rows.len() != segment.rows {
        return Err(wrong(format!("found {}; {expected}", counted(rows.len(), "row"))));
    }
    if let Some((row, numbers)) = rows.iter().enumerate().find(|(_, row)| row.len() != segment.columns) {
        let found = counted(numbers.len(), "number");
        return Err(wrong(format!("found {found} in row {row} (counted from 0); {expected}")));
    }
    let range = segment.range();
    for (to, &number) in trainer.theta_mut()[range].iter_mut().zip(rows.iter().flatten()) {
        *to = T::from_f64(number);
        if !to.is_finite() {
            return Err(wrong(format!("found {number}; expected finite numbers that fit the precision")));
        }
    }
    Ok(())
}

/// "1 row", "2 rows".
pub(crate) fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Whether the loss is one for such targets.
fn check_loss<T: Scalar>(run: &Run, sets: &Sets<T>, loss: &Loss) -> Result<(), Failure> {
    let name = super::Named::name(&run.model.loss);
    let found = match (sets.training.targets(), loss.wants_labels()) {
        (Targets::Labels { classes, .. }, false) if *loss == Loss::BinaryCrossEntropy => {
            if classes.len() == 2 {
                return Ok(());
            }
            format!("found {} classes; expected 2, or cross_entropy", classes.len())
        }
        (Targets::Labels { .. }, false) => {
            "found classes; expected cross_entropy, or --task regression".into()
        }
        (Targets::Values(_), true) => {
            "found values; expected a loss for them, such as mse, or --task classification".into()
        }
        _ => return Ok(()),
    };
    Err(Failure::Usage(format!("--loss {name} (model.loss): {found}")))
}

/// Nobody means a network that does not fit into the memory.
fn check_size(run: &Run, inputs: usize, outputs: usize) -> Result<(), Failure> {
    let parameters = run.model.count_parameters(inputs, outputs);
    if parameters <= MOST_PARAMETERS {
        return Ok(());
    }
    let widths: Vec<_> = run.model.hidden.iter().map(ToString::to_string).collect();
    Err(Failure::Usage(format!(
        "--hidden {} (model.hidden): a network of {parameters} parameters; expected at most {MOST_PARAMETERS}, for \
         which training takes 1 GiB; choose smaller widths",
        widths.join(",")
    )))
}
