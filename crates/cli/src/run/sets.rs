//! [`Sets`]: the data of a run in its parts, encoded and scaled by what the training part taught.

use super::Run;
use super::model::LossName;
use super::names::{counted, shortened, shown};
use super::tally::Tally;
use super::unread::Unread;
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
        Self::of(run, run.data.read::<T>()?)
    }

    /// The same of data that have been read.
    pub(crate) fn of(run: &Run, input: Input<T>) -> Result<Self, Failure> {
        if let Input::Table(frame) = &input {
            frame.check_ignored(&run.data.ignore)?;
        }
        let target = input.target(&run.data.targets(&input)?, run.task())?;
        let (input, validation) = if run.data.validation > 0.0 {
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
        let encoding = input.fit(&target, run.data.encoding())?;
        let mut remarks = Vec::new();
        if let Input::Table(frame) = &input {
            remark_on_header(run, &frame.names(), &mut remarks);
        }
        remarks.extend(input.mixed(&encoding).iter().map(ToString::to_string));
        let rows = input.rows();
        let Training { outcome, scaling, values } =
            input.learn(&encoding, run.data.scaling(), run.scales_values())?;
        remarks.extend(Tally::of(&outcome, rows).remarks("the training rows"));
        let lines = match run.data.train {
            Some(_) => outcome.rows.iter().map(|&row| input.line(row)).collect(),
            None => Vec::new(),
        };
        let training = outcome.data;
        remark_on_columns(run, &scaling, training.columns(), &mut remarks);
        remark_on_names(run, &encoding, training.rows(), &mut remarks);
        remark_on_batch(run, training.rows(), &mut remarks);
        let (pixels, probabilities) = (run.data.pixels(), run.wants_probabilities());
        let learnt = Learnt { encoding, scaling, targets: values, pixels, probabilities };
        learnt.check_values(&input, &outcome.rows)?;
        let validation =
            validation.map(|part| learnt.encode(&part, "the rows held out", &mut remarks)).transpose()?;
        let test = match &run.data.test {
            Some(path) => {
                let input = run.data.open(path, run.data.test_labels.as_deref())?;
                Some(Test::Held(learnt.encode(&input, "the test rows", &mut remarks)?))
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

/// Whether the names of the columns may be the first row.
pub(super) fn remark_on_header<'a>(
    run: &Run,
    names: impl IntoIterator<Item = &'a String>,
    remarks: &mut Vec<String>,
) {
    if run.data.train.is_some() && names.into_iter().all(|name| name.parse::<f64>().is_ok()) {
        remarks.push(format!(
            "{}the first line is all numbers, and was taken for the names of the columns; is the header missing?",
            run.data.before_message(":1")
        ));
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
