//! [`Header`]: everything of a checkpoint that is not a vector.

use super::Origin;
use crate::mean::LossMean;
use crate::{Position, Precision};
use glassgrad_autograd::{Program, Var};
use glassgrad_layers::{Loss, Reduction};
use glassgrad_optim::{Plan, Progress};
use serde::{Deserialize, Serialize};

/// The header of format 1. `N` is [`Notes`](super::Notes), lent in writing and owned in reading.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header<N> {
    pub(super) origin: Origin,
    pub(super) precision: Precision,
    /// Up to the prediction; targets and loss follow from what is said of the loss.
    pub(super) program: Program,
    pub(super) x: Var,
    pub(super) prediction: Var,
    pub(super) loss: Loss,
    pub(super) reduction: Reduction,
    pub(super) plan: Plan,
    pub(super) progress: Progress,
    pub(super) seed: u64,
    pub(super) position: Position,
    /// The loss of the epoch at hand.
    pub(super) so_far: LossMean,
    pub(super) notes: N,
}
