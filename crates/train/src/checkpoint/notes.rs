//! [`Notes`]: what a checkpoint holds beside the trainer.

use crate::Metrics;
use glassgrad_data::{Encoding, Scaling, Standardize};
use serde::{Deserialize, Serialize};

/// What belongs to a run but not to its trainer: how its data was made, and what has been measured so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    /// Rows a batch; 0 where it is not known.
    pub batch: u64,
    /// Into how many shards batches were cut, on which the bits depend; 0 where they were not.
    pub shards: u64,
    /// Whether each epoch has an order of its own.
    pub shuffle: bool,
    /// The [fingerprint](glassgrad_data::Dataset::fingerprint) of the training data, as it is trained on.
    pub fingerprint: Option<u64>,
    /// How the columns of a table became features, with the names of columns and classes.
    pub encoding: Option<Encoding>,
    /// How features were scaled.
    pub scaling: Option<Scaling>,
    /// How the values of a regression were scaled.
    pub target_scaling: Option<Standardize>,
    /// What each epoch was.
    pub history: Vec<Record>,
    /// The configuration of the run, as text.
    pub run: String,
}

/// What one epoch was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which, counted from 0.
    pub epoch: u64,
    /// The mean loss of its rows while training.
    pub train_loss: f64,
    /// What was measured on held-out data after it.
    pub validation: Option<Metrics>,
}
