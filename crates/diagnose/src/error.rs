use std::fmt;

/// What can be wrong with an examination.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// In the network, or in what was asked of it.
    Network(glassgrad_autograd::Error),
    /// In training, as that there is no batch.
    Training(glassgrad_train::Error),
    /// In the data.
    Data(glassgrad_data::Error),
    /// A network with nothing to move.
    NoParameters,
    /// A learning rate that is not a finite number above 0.
    Rate {
        /// The rate.
        found: f64,
    },
    /// A Hessian that is not finite, so that it has no eigenvalues.
    Curvature {
        /// The step of the run, from 0.
        step: usize,
        /// The loss there.
        loss: f64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Training(error) => error.fmt(f),
            Self::Data(error) => error.fmt(f),
            Self::NoParameters => {
                write!(f, "the network: found no parameters, expected at least one; add a dense layer")
            }
            Self::Rate { found } => {
                write!(f, "learning rate: found {found:?}, expected a finite number above 0")
            }
            Self::Curvature { step, loss } => write!(
                f,
                "step {step} (counted from 0), loss {loss:e}: found a Hessian that is not finite; first_bad says \
                 where the first NaN or infinity is"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // What these say is already said by this error's own message.
            Self::Network(error) => error.source(),
            Self::Training(error) => error.source(),
            Self::Data(error) => error.source(),
            _ => None,
        }
    }
}

impl From<glassgrad_autograd::Error> for Error {
    fn from(error: glassgrad_autograd::Error) -> Self {
        Self::Network(error)
    }
}

impl From<glassgrad_train::Error> for Error {
    fn from(error: glassgrad_train::Error) -> Self {
        Self::Training(error)
    }
}

impl From<glassgrad_data::Error> for Error {
    fn from(error: glassgrad_data::Error) -> Self {
        Self::Data(error)
    }
}
