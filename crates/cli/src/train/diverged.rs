//! [`why()`]: what there is to say of a run whose loss, or parameters, are no numbers.

use crate::model::Real;
use crate::run::{Run, Sets};
use glassgrad_autograd::Rows;
use glassgrad_data::Batches;
use glassgrad_diagnose::{BadValue, first_bad};
use glassgrad_train::{Error, Trainer};

/// The first bad value: its layer, what made it, and its rows, of the batch and of the file.
pub(super) fn why<T: Real>(
    error: &Error,
    trainer: &Trainer<T>,
    sets: &Sets<T>,
    run: &Run,
    batches: &mut Batches,
) -> String {
    let Ok(Some(bad)) = first_bad(trainer) else { return error.to_string() };
    let rows = match *error {
        // Of a batch that is cut into shards, the trainer has a piece.
        Error::Diverged { epoch, batch, .. } if run.train.shards == 0 => {
            batches.batch(epoch, batch as usize).unwrap_or_default()
        }
        _ => &[],
    };
    let place = match (lines(&bad, trainer, sets, rows), &run.data.train) {
        (Some(lines), Some(file)) => {
            format!("\n  {} has these rows of the batch on line {lines}", file.display())
        }
        _ => String::new(),
    };
    format!("{error}\n{}{place}", bad.to_string().trim_end())
}

/// The lines of the bad rows, if the value has a row for each of the batch.
fn lines<T: Real>(bad: &BadValue, trainer: &Trainer<T>, sets: &Sets<T>, rows: &[usize]) -> Option<String> {
    const SHOWN: usize = 8;
    let tape = trainer.tape();
    let value = tape.vars().find(|&var| tape.name_of(var) == bad.name)?;
    if tape.shape(value).rows != Rows::Batch {
        return None;
    }
    let line = |&row: &usize| Some(sets.lines.get(*rows.get(row)?)?.to_string());
    let lines: Vec<String> = bad.rows.iter().take(SHOWN).map(line).collect::<Option<_>>()?;
    Some(lines.join(", ") + if bad.rows.len() > SHOWN { ", …" } else { "" })
}
