use crate::{NonFinite, Position, Precision};
use std::fmt;
use std::path::PathBuf;

/// What can be wrong with training.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// In the network, or in what was loaded into it.
    Network(glassgrad_autograd::Error),
    /// In the optimiser's settings.
    Optimizer(glassgrad_optim::Error),
    /// In the data.
    Data(glassgrad_data::Error),
    /// In writing or reading a file.
    Store(glassgrad_store::Error),
    /// A checkpoint that is whole, but says what no trainer has saved.
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What in it.
        item: String,
        /// What was found, what was expected.
        problem: String,
    },
    /// A checkpoint of another number type.
    Precision {
        /// The file.
        path: PathBuf,
        /// That of the file.
        found: Precision,
        /// That asked for.
        expected: Precision,
    },
    /// A checkpoint that cannot be gone on from, with numbers that are NaN or infinite.
    NonFinite {
        /// The file.
        path: PathBuf,
        /// The first parameter that has some.
        first: NonFinite,
    },
    /// A run that is to go on with something else than it was begun with.
    Changed {
        /// What is different.
        what: &'static str,
        /// What the run was begun with.
        expected: String,
        /// What it is to go on with.
        found: String,
    },
    /// Data that does not fit the network.
    Mismatch {
        /// What does not fit.
        what: &'static str,
        /// What the network has.
        expected: usize,
        /// What the data has.
        found: usize,
    },
    /// Labels where the loss wants values, or values where it wants labels.
    TargetKind {
        /// What the loss wants.
        expected: &'static str,
        /// What the data has.
        found: &'static str,
    },
    /// A target of binary cross-entropy that is no probability.
    Probability {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The target.
        found: f64,
    },
    /// A stage before there is a batch to run it on.
    NoBatch {
        /// What was asked for.
        before: &'static str,
    },
    /// An epoch that was left where these batches have no boundary.
    Resume {
        /// Where it was left.
        position: Position,
        /// Rows done of that epoch.
        done: u64,
        /// Rows of the data to go on with.
        rows: u64,
        /// Rows a batch to go on with.
        batch: u64,
    },
    /// A batch without a mean loss, since the class of each of its rows has a weight of 0.
    Weightless {
        /// Epoch, from 0.
        epoch: u64,
        /// Batch of the epoch, from 0.
        batch: u64,
    },
    /// The loss became NaN or infinite.
    Diverged {
        /// Epoch, from 0.
        epoch: u64,
        /// Batch of the epoch, from 0.
        batch: u64,
        /// The loss.
        loss: f64,
        /// The learning rate of the step that would have followed.
        lr: f64,
    },
    /// Parameters that an epoch left NaN or infinite, although the loss of each step was finite: the gradient of
    /// one was not, or a step was too long.
    Spoiled {
        /// Epoch, from 0.
        epoch: u64,
        /// The learning rate of the step that would have followed.
        lr: f64,
        /// The first parameter that has some.
        first: NonFinite,
    },
    /// A batch cannot be cut into so many shards.
    Shards {
        /// What was asked for.
        found: usize,
        /// The most there may be.
        most: usize,
    },
    /// So many workers cannot share the shards evenly.
    Workers {
        /// How many there are.
        found: usize,
        /// How many shards a batch has.
        shards: usize,
    },
    /// A worker has another θ than rank 0.
    Apart {
        /// Which worker.
        rank: usize,
        /// The first parameter that differs, as an index into θ.
        index: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Optimizer(error) => error.fmt(f),
            Self::Data(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Checkpoint { path, item, problem } => write!(
                f,
                "{}: {item}: {problem}; the file is whole, but no trainer has saved it like this",
                path.display()
            ),
            Self::Precision { path, found, expected } => write!(
                f,
                "{}: found numbers of type {found}, expected {expected}; load it as a trainer of {found}",
                path.display()
            ),
            Self::NonFinite { path, first } => write!(
                f,
                "{}: {first}, expected finite numbers; training cannot go on from there, take an earlier checkpoint",
                path.display()
            ),
            Self::Changed { what, expected, found } => write!(
                f,
                "{what}: found {found}, expected {expected} as the run was begun with; only with the same does it \
                 go on as if it had never stopped"
            ),
            Self::Mismatch { what, expected, found } => {
                write!(f, "{what}: found {found}, expected {expected} as the network has")
            }
            Self::TargetKind { expected, found } => {
                write!(f, "targets: found {found}, expected {expected} for this loss")
            }
            Self::Probability { row, column, found } => write!(
                f,
                "targets: row {row}, column {column} (counted from 0) is {found}, expected a number from 0 to 1 \
                 for binary cross-entropy"
            ),
            Self::NoBatch { before } => write!(f, "{before}: found no batch, expected one; call load first"),
            Self::Resume { position: Position { epoch, batch: batches }, done, rows, batch } => write!(
                f,
                "epoch {} was left after {batches} batches, {done} rows in all, which is not \
                 how {rows} rows in batches of {batch} begin; go on with the same data and batch size, or call \
                 end_epoch first",
                epoch + 1
            ),
            Self::Weightless { epoch, batch } => write!(
                f,
                "epoch {}, batch {}: the class of every row has weight 0, expected at least one row that counts; \
                 raise the weights, or the batch size",
                epoch + 1,
                batch + 1
            ),
            Self::Diverged { epoch, batch, loss, lr } => write!(
                f,
                "epoch {}, batch {}: found a loss of {loss}, expected a finite number; the learning rate is {lr:?}, \
                 try a smaller one, or scale the inputs",
                epoch + 1,
                batch + 1
            ),
            Self::Spoiled { epoch, lr, first } => write!(
                f,
                "epoch {}, at its end: {first}, expected finite numbers, as the loss of each \
                 step was; the learning rate is {lr:?}, try a smaller one, or scale the inputs",
                epoch + 1
            ),
            Self::Shards { found, most } => {
                write!(f, "shards: found {found}, expected a power of two from 1 to {most}")
            }
            Self::Workers { found, shards } => write!(
                f,
                "workers: found {found}, expected a power of two up to the {shards} shards of a batch; start \
                 another number, or cut batches into more shards"
            ),
            Self::Apart { rank, index } => write!(
                f,
                "rank {rank}: found another θ than rank 0 has, from number {index} on, expected the same bits; use \
                 the same program on the same kind of CPU for every rank, and suspect the memory of this one"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // What these say is already said by this error's own message.
            Self::Network(error) => error.source(),
            Self::Optimizer(error) => error.source(),
            Self::Data(error) => error.source(),
            Self::Store(error) => error.source(),
            _ => None,
        }
    }
}

impl From<glassgrad_autograd::Error> for Error {
    fn from(error: glassgrad_autograd::Error) -> Self {
        Self::Network(error)
    }
}

impl From<glassgrad_optim::Error> for Error {
    fn from(error: glassgrad_optim::Error) -> Self {
        Self::Optimizer(error)
    }
}

impl From<glassgrad_store::Error> for Error {
    fn from(error: glassgrad_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<glassgrad_data::Error> for Error {
    fn from(error: glassgrad_data::Error) -> Self {
        Self::Data(error)
    }
}
