//! Why the program ends early, and with which exit code.

use glassgrad_data::Error as DataError;
use glassgrad_train::Error as TrainError;
use std::io::{self, Write};
use std::process::ExitCode;

/// What ended the program. The codes are for scripts: BSD's sysexits, as far as they fit.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A flag's value that is not allowed: 2, as for any other misuse of the command line.
    Usage(String),
    /// Data that are not as they must be: 65.
    Data(String),
    /// A file that is not there or cannot be read: 66.
    NoInput(String),
    /// Training that diverged: 70.
    Diverged(String),
    /// Results that could not be written: 74.
    Output(io::Error),
    /// Whoever read the results has had enough, as `head` has. That is no failure: 0.
    Enough,
}

impl Failure {
    /// Says why on stderr, if there is anything to say.
    pub(crate) fn report(self) -> ExitCode {
        let (code, message) = match self {
            Self::Usage(message) => (2, message),
            Self::Data(message) => (65, message),
            Self::NoInput(message) => (66, message),
            Self::Diverged(message) => (70, message),
            Self::Output(error) => (74, format!("stdout: {error}")),
            Self::Enough => return ExitCode::SUCCESS,
        };
        // If stderr is closed as well, the code must do.
        let _ = writeln!(io::stderr(), "error: {message}");
        ExitCode::from(code)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let message = error.to_string();
        match error {
            DataError::NotFound { .. } | DataError::Folder { .. } | DataError::Read { .. } => {
                Self::NoInput(message)
            }
            _ => Self::Data(message),
        }
    }
}

/// What is wrong with neither data nor their fit nor the loss can only be a flag.
impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        let message = error.to_string();
        match error {
            TrainError::Data(error) => error.into(),
            TrainError::Diverged { .. } => Self::Diverged(message),
            TrainError::Mismatch { .. } | TrainError::TargetKind { .. } => Self::Data(message),
            _ => Self::Usage(message),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Enough } else { Self::Output(error) }
    }
}
