//! [`Sets::streamed`]: data that stay in their file.

use super::Run;
use super::data::check_file;
use super::sets::{Learnt, Sets, remark_on_batch, remark_on_columns, remark_on_names};
use super::tally::Tally;
use crate::failure::Failure;
use glassgrad_data::{Error as DataError, Part, Stream, StreamOptions};
use glassgrad_tensor::Scalar;

impl<T: Scalar> Sets<T> {
    /// Reads the file, learns, and keeps samples.
    pub(super) fn streamed(run: &Run) -> Result<Self, Failure> {
        let path = match (&run.data.train, &run.data.test) {
            (Some(path), None) => path,
            (None, _) => {
                let why = "found no file to stream; expected --data (data.train), or leave it out";
                return Err(run.refusal("data.stream", why));
            }
            (_, Some(test)) => {
                let why = format!(
                    "found with --stream (data.stream), which does not read it; leave it out, and have the model \
                     evaluated on it: glassgrad evaluate MODEL {}",
                    test.display()
                );
                return Err(run.refusal("data.test", why));
            }
        };
        if run.train.shards > 0 {
            return Err(
                run.refusal("train.shards", "found with --stream (data.stream); expected one of them")
            );
        }
        check_file(path)?;
        let options = StreamOptions {
            target: run.data.target.clone(),
            task: run.task(),
            held_out: run.data.validation,
            seed: run.seed,
            window: run.data.window,
            delimiter: run.data.reading().delimiter,
            ignore: run.data.ignore.clone(),
            encoding: run.data.encoding(),
            scaling: run.data.scaling(),
            scale_values: run.scales_values(),
        };
        let stream = Stream::<T>::open(path, run.data.labels.as_deref(), &options)
            .map_err(|error| run.data_failure(error))?;
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
        let mut remarks = tally.remarks("the rows");
        remarks.extend(found.mixed.iter().map(ToString::to_string));
        remark_on_columns(run, &found.scaling, training.columns(), &mut remarks);
        remark_on_names(run, &found.encoding, stream.rows(), &mut remarks);
        remark_on_batch(run, stream.rows(), &mut remarks);
        let learnt = Learnt {
            encoding: found.encoding.clone(),
            scaling: found.scaling.clone(),
            targets: found.values.clone(),
            pixels: run.data.pixels(),
        };
        Ok(Sets {
            training,
            validation,
            test: None,
            stream: Some(stream),
            learnt,
            lines: Vec::new(),
            remarks,
        })
    }
}
