//! `[train]`: how long, and in which batches.

use super::range;
use glassgrad_data::Batches;
use serde::{Deserialize, Serialize};

/// The fewest epochs of a run that does not say how many.
const FEWEST_EPOCHS: u64 = 50;

/// The fewest steps of such a run.
const STEPS: u64 = 2000;

/// How long, and in which batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TrainSettings {
    /// Passes over the training rows, counted from the start of the run; see [`epochs`](Self::epochs).
    #[serde(deserialize_with = "range::at_least_1_or_none", skip_serializing_if = "Option::is_none")]
    pub(crate) epochs: Option<u64>,
    /// Rows a step.
    #[serde(deserialize_with = "range::count")]
    pub(crate) batch: usize,
    /// Into how many shards each batch is cut, on which the bits depend; 0 for none.
    #[serde(deserialize_with = "range::shards")]
    pub(crate) shards: u64,
    /// Whether each epoch has the rows in another order.
    pub(crate) shuffle: bool,
    pub(crate) early_stopping: EarlyStopping,
}

impl Default for TrainSettings {
    fn default() -> Self {
        TrainSettings {
            epochs: None,
            batch: 32,
            shards: 0,
            shuffle: true,
            early_stopping: EarlyStopping::default(),
        }
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
    /// The epochs of a run of `steps` steps an epoch: as set; else 50, or as many more as make [`STEPS`] steps, since an
    /// epoch of a small set is but a few.
    pub(crate) fn epochs(&self, steps: usize) -> u64 {
        self.epochs.unwrap_or(FEWEST_EPOCHS.max(STEPS.div_ceil(steps as u64)))
    }

    /// The batches of `rows` rows.
    pub(crate) fn batches(&self, rows: usize, seed: u64) -> Result<Batches, glassgrad_data::Error> {
        if self.shuffle {
            Batches::shuffled(rows, self.batch, seed)
        } else {
            Batches::sequential(rows, self.batch)
        }
    }
}
