//! [`Sets`]: the data of a run in its parts, encoded and scaled by what the training part taught.

use super::Run;
use super::model::LossName;
use super::remarks;
use super::tally::Tally;
use super::unread::Unread;
use crate::failure::Failure;
use glassgrad_data::{Dataset, Encoding, Input, Scaling, Standardize, Stream, Task, Training};
use glassgrad_tensor::Scalar;

/// The parts of the data, encoded and scaled.
#[derive(Debug)]
pub(crate) struct Sets<T> {
    /// Where the data are streamed, the first block of them, as a sample.
    pub(crate) training: Dataset<T>,
    /// None if nothing is held out; where the data are streamed, a sample too.
    pub(crate) validation: Option<Dataset<T>>,
    pub(crate) test: Option<Test<T>>,
    /// What the samples are of, if the data stay in their file.
    pub(crate) stream: Option<Stream<T>>,
    pub(crate) learnt: Learnt,
    /// Where in its file each training row is, as of [`Input::line`]; nothing if it is in none, or streamed.
    pub(crate) lines: Vec<u64>,
    /// What a person should know of the data.
    pub(crate) remarks: Vec<String>,
}

/// What is looked at once, when training is over.
#[derive(Debug)]
pub(crate) enum Test<T> {
    /// In memory.
    Held(Dataset<T>),
    /// In a file, of a run whose data are streamed.
    Unread(Unread),
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
    /// Whether the values of a regression are probabilities.
    pub(crate) probabilities: bool,
}

impl<T: Scalar> Sets<T> {
    /// Reads, splits, encodes and scales.
    pub(crate) fn read(run: &Run) -> Result<Self, Failure> {
        Self::of(run, run.input::<T>()?)
    }

    /// The same of data that have been read.
    pub(crate) fn of(run: &Run, input: Input<T>) -> Result<Self, Failure> {
        if let Input::Table(frame) = &input {
            frame.check_ignored(&run.data.ignore).map_err(|error| run.data_failure(error))?;
        }
        let target =
            input.target(&run.data.targets(&input)?, run.task()).map_err(|error| run.data_failure(error))?;
        let (input, validation) = if run.data.validation > 0.0 {
            let (training, validation) = input
                .split(&target, run.data.validation, run.seed)
                .map_err(|error| run.data_failure(error))?;
            (training, Some(validation))
        } else {
            (input, None)
        };
        let encoding = input.fit(&target, run.data.encoding()).map_err(|error| run.data_failure(error))?;
        let mut said = Vec::new();
        if let Input::Table(frame) = &input {
            remarks::on_header(run, &frame.names(), &mut said);
        }
        said.extend(input.mixed(&encoding).iter().map(ToString::to_string));
        let rows = input.rows();
        let Training { outcome, scaling, values } =
            input.learn(&encoding, run.data.scaling(), run.scales_values())?;
        said.extend(Tally::of(&outcome, rows).remarks("the training rows"));
        let lines = match run.data.train {
            Some(_) => outcome.rows.iter().map(|&row| input.line(row)).collect(),
            None => Vec::new(),
        };
        let training = outcome.data;
        let (pixels, probabilities) = (run.data.pixels(), run.wants_probabilities());
        let learnt = Learnt { encoding, scaling, targets: values, pixels, probabilities };
        learnt.check_values(&input, &outcome.rows)?;
        remarks::on_learnt(run, &learnt, training.rows(), &mut said);
        remarks::on_classes(run, &training, &mut said);
        let validation =
            validation.map(|part| learnt.encode(&part, "the rows held out", &mut said)).transpose()?;
        let test = match &run.data.test {
            Some(path) => {
                let input = run.data.open(path, run.data.test_labels.as_deref())?;
                Some(Test::Held(learnt.encode(&input, "the test rows", &mut said)?))
            }
            None => None,
        };
        Ok(Sets { training, validation, test, stream: None, learnt, lines, remarks: said })
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
        self.check_values(input, &outcome.rows)?;
        remarks.extend(Tally::of(&outcome, input.rows()).remarks(what));
        Ok(outcome.data)
    }

    /// Whether these rows have targets that the loss is one for.
    pub(super) fn check_values<T: Scalar>(&self, input: &Input<T>, rows: &[usize]) -> Result<(), Failure> {
        if self.probabilities {
            input.check_probabilities::<T>(&self.encoding, rows)?;
        }
        Ok(())
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

    /// Whether the values of a regression are probabilities.
    pub(super) fn wants_probabilities(&self) -> bool {
        self.model.loss == LossName::BinaryCrossEntropy
    }

    /// Whether the values of a regression are brought to mean 0 and standard deviation 1: wherever features are
    /// scaled, unless the values are probabilities.
    pub(super) fn scales_values(&self) -> bool {
        self.data.scale != super::Scale::None && !self.wants_probabilities()
    }
}
