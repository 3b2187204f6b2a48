//! [`why()`]: what there is to say of a run whose loss, or parameters, are no numbers.

use crate::model::Real;
use crate::run::{Run, Sets};
use glassgrad_autograd::Rows;
use glassgrad_data::input::has_lines;
use glassgrad_data::{Batches, Stream};
use glassgrad_diagnose::{BadValue, first_bad};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Error, Trainer};
use std::path::Path;

/// The first bad value: its layer, what made it, and its rows, of the batch and of the file.
pub(super) fn why<T: Real>(
    error: &Error,
    trainer: &Trainer<T>,
    sets: &Sets<T>,
    run: &Run,
    batches: &mut Batches,
) -> String {
    let Ok(Some(bad)) = first_bad(trainer) else { return error.to_string() };
    let places = match (error, &sets.stream) {
        (&Error::Diverged { epoch, batch, .. }, Some(stream)) => streamed(stream, run, epoch, batch),
        // Of a batch that is cut into shards, the trainer has a piece.
        (&Error::Diverged { epoch, batch, .. }, None) if run.train.shards == 0 => {
            let rows = batches.batch(epoch, batch as usize).unwrap_or_default();
            rows.iter().filter_map(|&row| sets.lines.get(row).copied()).collect()
        }
        _ => Vec::new(),
    };
    let place = match (shown(&bad, trainer, &places), &run.data.train) {
        (Some(places), Some(file)) => at(file, &places),
        _ => String::new(),
    };
    format!("{error}\n{}{place}", bad.to_string().trim_end())
}

/// Where the rows of a batch are, for which a window of the file is read again; nothing if that fails.
fn streamed<T: Scalar>(stream: &Stream<T>, run: &Run, epoch: u64, batch: u64) -> Vec<u64> {
    let size = run.train.batch.min(stream.rows());
    let pass = stream.pass(run.train.shuffle.then_some(run.seed), epoch, batch as usize * size);
    pass.and_then(|mut pass| pass.lines(size)).unwrap_or_default()
}

/// Where the bad rows are, if the value has a row for each of the batch.
fn shown<T: Real>(bad: &BadValue, trainer: &Trainer<T>, places: &[u64]) -> Option<String> {
    const SHOWN: usize = 8;
    let tape = trainer.tape();
    let value = tape.vars().find(|&var| tape.name_of(var) == bad.name)?;
    if tape.shape(value).rows != Rows::Batch {
        return None;
    }
    let place = |&row: &usize| Some(places.get(row)?.to_string());
    let shown: Vec<String> = bad.rows.iter().take(SHOWN).map(place).collect::<Option<_>>()?;
    Some(shown.join(", ") + if bad.rows.len() > SHOWN { ", …" } else { "" })
}

fn at(file: &Path, places: &str) -> String {
    let file_name = file.display();
    if has_lines(file) {
        format!("\n  {file_name} has these rows of the batch on line {places}")
    } else {
        format!("\n  {file_name} has these rows of the batch as row {places}, counted from 1")
    }
}
