//! [`Sets`]: the data of a run in its parts, encoded and scaled by what the training part taught.

use super::Run;
use super::model::LossName;
use super::names::{counted, shortened, shown};
use super::tally::Tally;
use crate::failure::Failure;
use glassgrad_data::{Dataset, Encoded, Encoding, Input, Kind, Scaling, Standardize, Stream, Task, Training};
use glassgrad_tensor::Scalar;

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

impl<T: Scalar> Sets<T> {
    /// Reads, splits, encodes and scales.
    pub(crate) fn read(run: &Run) -> Result<Self, Failure> {
        let input = run.input::<T>()?;
        if let Input::Table(frame) = &input {
            frame.check_ignored(&run.data.ignore).map_err(|error| run.data_failure(error))?;
        }
        let target =
            input.target(&run.data.targets(&input)?, run.task()).map_err(|error| run.data_failure(error))?;
        let (training, validation) = if run.data.validation > 0.0 {
            let (training, validation) = input
                .split(&target, run.data.validation, run.seed)
                .map_err(|error| run.data_failure(error))?;
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
        remark_on_names(run, &encoding, training.rows(), &mut remarks);
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

/// Whether a column of text with so many different texts seems to name the rows.
pub(crate) fn names_rows(different: usize, rows: usize) -> bool {
    const FEW: usize = 20;
    different > FEW.max(rows / 2)
}

/// Which columns of text seem to name the rows.
pub(super) fn remark_on_names(run: &Run, encoding: &Encoding, rows: usize, remarks: &mut Vec<String>) {
    for Encoded { name, kind } in &encoding.columns {
        if let Kind::Categories { names, .. } = kind
            && names_rows(names.len(), rows)
        {
            remarks.push(format!(
                "{}column {}: {} different texts in {} training rows, each a feature; if they only name the rows, leave the \
                 column out: --ignore (data.ignore)",
                run.data.before_message(""),
                shown([name]),
                names.len(),
                rows
            ));
        }
    }
}

/// Whether a batch is larger than the set.
pub(super) fn remark_on_batch(run: &Run, rows: usize, remarks: &mut Vec<String>) {
    // That a default is too large is no news.
    if run.train.batch > rows && run.train.batch != super::TrainSettings::default().batch {
        remarks.push(format!(
            "{}: the training part has {}; each step takes them all",
            run.told("train.batch"),
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
