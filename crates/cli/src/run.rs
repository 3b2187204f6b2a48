//! [`Run`]: everything that says what a run is, as RUN.toml has it and flags change it.
//!
//! Each field is a key of the file; [`keys`] lists them all with their defaults, as `docs/run.md` does.

mod data;
mod file;
pub(crate) mod flags;
mod input;
pub(crate) mod keys;
mod model;
mod names;
mod optimizer;
mod parameters;
mod prepare;
mod range;
mod remarks;
mod rounding;
mod rows;
mod said;
mod sets;
mod streamed;
mod tally;
mod together;
mod training;
pub(crate) mod units;
mod unread;
mod weights;

pub(crate) use data::{DataSettings, Scale, TaskName, check_delimiter};
pub(crate) use flags::RunFlags;
pub(crate) use model::ModelSettings;
pub(crate) use names::{Named, Precision, counted, listed as names_listed, shortened, shown};
pub(crate) use optimizer::OptimizerSettings;
pub(crate) use prepare::{Prepared, prepare};
pub(crate) use remarks::names_rows;
pub(crate) use rows::Rows;
pub(crate) use sets::{Learnt, Sets, Test};
pub(crate) use tally::Tally;
pub(crate) use training::TrainSettings;
pub(crate) use unread::Unread;
pub(crate) use weights::read_weights;

use said::Said;
pub(crate) use said::written;
use serde::{Deserialize, Serialize};

/// What a run is: the same `Run`, data and program give the same bits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Run {
    /// Of the split, the initial parameters, the shuffles and the dropout masks.
    #[serde(deserialize_with = "range::seed")]
    pub(crate) seed: u64,
    /// The number type of everything that is learnt.
    #[serde(with = "names")]
    pub(crate) precision: Precision,
    /// What is learnt from.
    pub(crate) data: DataSettings,
    /// The network and its loss.
    pub(crate) model: ModelSettings,
    /// How θ is moved.
    pub(crate) optimizer: OptimizerSettings,
    /// How long, and in which batches.
    pub(crate) train: TrainSettings,
    /// Where all this was said.
    #[serde(skip)]
    said: Said,
}
