use std::fmt;

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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Optimizer(error) => error.fmt(f),
            Self::Data(error) => error.fmt(f),
            Self::Mismatch { what, expected, found } => {
                write!(f, "{what}: found {found}, expected {expected} as the network has")
            }
            Self::TargetKind { expected, found } => {
                write!(f, "targets: found {found}, expected {expected} for this loss")
            }
            Self::Diverged { epoch, batch, loss, lr } => write!(
                f,
                "epoch {epoch}, batch {batch}: found a loss of {loss}, expected a finite number; \
                 the learning rate is {lr}, try a smaller one, or scale the inputs"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Network(error) => Some(error),
            Self::Optimizer(error) => Some(error),
            Self::Data(error) => Some(error),
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

impl From<glassgrad_data::Error> for Error {
    fn from(error: glassgrad_data::Error) -> Self {
        Self::Data(error)
    }
}
