//! [`SharedTrain`]: `glassgrad train` on several workers, for a program that has a way to let them reach each
//! other.

use crate::failure::Failure;
use crate::model::Real;
use crate::output::{Output, Reader};
use crate::run::Prepared;
use crate::train::Train;
use crate::{Global, set_threads};
use clap::Args;
use glassgrad_train::Collective;

/// The workers of a run: how they add up the numbers of either type, and how many at once.
#[derive(Debug)]
pub struct Workers<'a> {
    /// For a run with `precision = "f32"`.
    pub f32: &'a mut dyn Collective<f32>,
    /// The same workers, for `"f64"`.
    pub f64: &'a mut dyn Collective<f64>,
    /// [`Team::bucket`](glassgrad_train::Team::bucket).
    pub bucket: usize,
}

/// The flags of `glassgrad train`.
#[derive(Args, Debug)]
pub struct SharedTrain {
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    train: Box<Train>,
}

impl SharedTrain {
    /// `glassgrad train`, where each of several workers calls this with the same flags, on one thread unless a
    /// number is given.
    ///
    /// Every worker reads the run and its data. Rank 0 alone speaks, and writes files. A run that does not say into
    /// how many shards its batches are cut has [`Team::SHARDS`](glassgrad_train::Team::SHARDS). A signal to any
    /// worker stops all of them after the same step.
    ///
    /// # Errors
    /// Whatever ends the program. All workers come to the same failure, unless it is
    /// [alone](Failure::is_alone) this one's, or rank 0's in writing.
    pub fn run(self, mut workers: Workers<'_>) -> Result<(), Failure> {
        let Self { global, train } = self;
        set_threads(global.threads.unwrap_or(1));
        let reader = if workers.lead() { Reader::Needed } else { Reader::Nobody };
        let out = Output { json: global.json, quiet: global.quiet, reader };
        train.run(out, global.seed, Some(&mut workers))
    }
}

impl Workers<'_> {
    /// Whether this is the worker that speaks and writes.
    pub(crate) fn lead(&self) -> bool {
        self.f64.rank() == 0
    }

    /// What is the same for all workers of a run: a failure of rank 0 is one of all, and then its message is
    /// enough; one that rank 0 does not have is this worker's alone.
    pub(crate) fn agree<R, const N: usize>(
        &mut self,
        outcome: Result<R, Failure>,
        facts: impl FnOnce(&R) -> [(&'static str, f64); N],
    ) -> Result<R, Failure> {
        let rank = self.f64.rank();
        let facts = outcome.as_ref().ok().map(facts);
        let mut numbers = vec![f64::from(u8::from(facts.is_some()))];
        numbers.extend(facts.map_or([0.0; N], |facts| facts.map(|(_, fact)| fact)));
        self.f64.broadcast(&mut numbers);
        let [lead_is_well, theirs @ ..] = &numbers[..] else { unreachable!("there are N + 1 numbers") };
        if *lead_is_well == 0.0 {
            return outcome.and(Err(Failure::Led));
        }
        let result = outcome.map_err(|failure| failure.of_rank(rank))?;
        let same = facts.into_iter().flatten().zip(theirs);
        match same.into_iter().find(|((_, own), theirs)| own != *theirs) {
            None => Ok(result),
            Some(((what, _), _)) => Err(Failure::Alone(
                65,
                format!(
                    "rank {rank}: found another {what} than rank 0 has, expected the same; give every host the same \
                     files"
                ),
            )),
        }
    }
}

/// What has to be the same before the first step. A 64-bit fingerprint is told in two halves, which an `f64` holds.
pub(crate) fn facts<T: Real>(prepared: &Prepared<T>) -> [(&'static str, f64); 6] {
    let fingerprint = prepared.notes.fingerprint.unwrap_or_default();
    let (position, progress) = (prepared.trainer.position(), prepared.trainer.descent().progress());
    [
        ("training set", (fingerprint >> 32) as f64),
        ("training set", (fingerprint & 0xffff_ffff) as f64),
        ("number of parameters", prepared.trainer.theta().len() as f64),
        ("model to resume", position.epoch as f64),
        ("model to resume", position.batch as f64),
        ("model to resume", progress.t as f64),
    ]
}
