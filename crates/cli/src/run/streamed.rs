//! [`Sets::streamed`]: data that stay in their file.

use super::Run;
use super::data::{check_file, of_files};
use super::remarks;
use super::sets::{Learnt, Sets, Test};
use super::tally::Tally;
use super::unread::Unread;
use crate::failure::Failure;
use glassgrad_data::{Error as DataError, Inputs, Part, Stream, StreamOptions};
use glassgrad_tensor::Scalar;

impl<T: Scalar> Sets<T> {
    /// Reads the file, learns, and keeps samples.
    pub(super) fn streamed(run: &Run) -> Result<Self, Failure> {
        let Some(path) = run.file()? else {
            let why = "found data.rows, which are in memory as it is; expected a file (data.train), or leave it out";
            return Err(run.refusal("data.stream", why));
        };
        if run.train.shards > 0 {
            let why = "found with --shards (train.shards) or several workers, whose shards are cut from data in memory; \
                       expected one of them";
            return Err(run.refusal("data.stream", why));
        }
        check_file(path)?;
        let (labels, reading) = (run.data.labels.as_deref(), run.data.reading());
        if run.data.target.is_empty() {
            let first = Inputs::<T>::open(path, labels, &reading, 1)?.next().transpose()?;
            first.map(|first| run.data.targets(&first)).transpose()?;
        }
        let options = StreamOptions {
            target: run.data.target.clone(),
            task: run.task(),
            held_out: run.data.validation,
            seed: run.seed,
            window: run.data.window,
            reading,
            encoding: run.data.encoding(),
            scaling: run.data.scaling(),
            scale_values: run.scales_values(),
            probabilities: run.wants_probabilities(),
        };
        let stream = Stream::<T>::open(path, labels, &options).map_err(|error| match error {
            error @ DataError::RowCounts { .. } => of_files(error, path, labels),
            error => run.data_failure(error),
        })?;
        let sample = |part| stream.blocks(part).next().transpose();
        let training = sample(Part::Training)?.ok_or(DataError::Empty { what: "rows" })?;
        let validation = sample(Part::HeldOut)?;
        let found = stream.learnt();
        let tally = Tally {
            rows: stream.rows() + stream.held_out() + found.dropped,
            dropped: found.dropped,
            filled: found.filled,
            unseen: found.unseen.iter().cloned().collect(),
        };
        let columns = found.encoding.columns.iter().map(|column| &column.name);
        let mut said = Vec::new();
        remarks::on_header(run, columns.chain(&found.encoding.targets), &mut said);
        said.extend(tally.remarks("the rows"));
        said.extend(found.mixed.iter().map(ToString::to_string));
        let learnt = Learnt {
            encoding: found.encoding.clone(),
            scaling: found.scaling.clone(),
            targets: found.values.clone(),
            pixels: run.data.pixels(),
            probabilities: run.wants_probabilities(),
        };
        remarks::on_learnt(run, &learnt, stream.rows(), &mut said);
        let test = run.data.test.clone().map(|path| {
            let test = Unread { path, labels: run.data.test_labels.clone(), settings: run.data.clone() };
            test.check::<T>(&learnt)?;
            Ok::<_, Failure>(Test::Unread(test))
        });
        Ok(Sets {
            training,
            validation,
            test: test.transpose()?,
            stream: Some(stream),
            learnt,
            lines: Vec::new(),
            remarks: said,
        })
    }
}
