//! `[train]`: how long, and in which batches.

use super::range;
use glassgrad_data::Batches;
use serde::{Deserialize, Serialize};

/// How long, and in which batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TrainSettings {
    /// Passes over the training rows, counted from the start of the run.
    #[serde(deserialize_with = "range::at_least_1")]
    pub(crate) epochs: u64,
    /// Rows a step.
    #[serde(deserialize_with = "range::count")]
    pub(crate) batch: usize,
    /// Whether each epoch has the rows in another order.
    pub(crate) shuffle: bool,
    pub(crate) early_stopping: EarlyStopping,
}

impl Default for TrainSettings {
    fn default() -> Self {
        TrainSettings { epochs: 50, batch: 32, shuffle: true, early_stopping: EarlyStopping::default() }
    }
}

/// When training ends before its last epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EarlyStopping {
    /// Epochs without a lower validation loss; 0 for as many as there are.
    #[serde(deserialize_with = "range::any_count")]
    pub(crate) patience: u64,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        EarlyStopping { patience: 10 }
    }
}

impl TrainSettings {
    /// The batches of `rows` rows.
    pub(crate) fn batches(&self, rows: usize, seed: u64) -> Result<Batches, glassgrad_data::Error> {
        if self.shuffle {
            Batches::shuffled(rows, self.batch, seed)
        } else {
            Batches::sequential(rows, self.batch)
        }
    }
}
