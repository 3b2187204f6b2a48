#![doc = include_str!("../README.md")]
#![doc = "\n# The crates\n"]
//! This crate only re-exports. Begin with the [`prelude`]; each module below is a crate of its own with
//! its own introduction. `interchange`, `glass` and `diagnose` are features, off unless asked for.

pub use glassgrad_autograd as autograd;
pub use glassgrad_data as data;
#[cfg(feature = "diagnose")]
pub use glassgrad_diagnose as diagnose;
#[cfg(feature = "glass")]
pub use glassgrad_glass as glass;
#[cfg(feature = "interchange")]
pub use glassgrad_interchange as interchange;
pub use glassgrad_layers as layers;
pub use glassgrad_optim as optim;
pub use glassgrad_tensor as tensor;
pub use glassgrad_train as train;
pub use ndarray;

/// What most programs need: `use glassgrad::prelude::*;`.
pub mod prelude {
    pub use glassgrad_autograd::{
        Axis, Binary, Error as NetworkError, Inference, Init, Memory, Tape, Unary, Var, Wrt,
    };
    pub use glassgrad_data::{
        Batches, CsvOptions, Dataset, Error as DataError, MinMax, Standardize, Targets, read_csv, split,
    };
    pub use glassgrad_layers::{
        Activation, Chain, Dense, Dropout, Layer, LayerNorm, LogSoftmax, Loss, Reduction, Residual, Softmax,
    };
    pub use glassgrad_optim::{
        AdaGrad, Adam, AdamW, Clip, Error as OptimError, Group, Momentum, Nesterov, Plateau, Recipe, RmsProp,
        Schedule, Sgd,
    };
    pub use glassgrad_tensor::{Dual, Scalar};
    pub use glassgrad_train::{
        Checkpoint, Epoch, Error as TrainError, Metrics, Notes, Observer, Position, Step, Trainer,
    };
}
