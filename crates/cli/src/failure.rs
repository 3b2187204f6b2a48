//! Why the program ends early, and with which exit code.

use glassgrad_data::Error as DataError;
use glassgrad_train::Error as TrainError;
use std::io;
use std::process::ExitCode;

/// A message for the person, and a code for scripts: after BSD's sysexits, as far as they fit.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// A flag's value that is not allowed: 2, as for any other misuse of the command line.
    pub(crate) fn usage(message: String) -> Self {
        Self { code: 2, message }
    }

    /// Says why on stderr.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message);
        ExitCode::from(self.code)
    }
}

/// 66 if there is no such file, else 65: the data are not as they must be.
impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let missing = matches!(error, DataError::NotFound { .. });
        Self { code: if missing { 66 } else { 65 }, message: error.to_string() }
    }
}

/// 70 if training diverged; data that do not fit are 65; what is left can only be a flag.
impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Data(error) => error.into(),
            TrainError::Diverged { .. } => Self { code: 70, message: error.to_string() },
            TrainError::Mismatch { .. } | TrainError::TargetKind { .. } => {
                Self { code: 65, message: error.to_string() }
            }
            error => Self::usage(error.to_string()),
        }
    }
}

/// A reader of stdout that has had enough is no failure; any other trouble with it is 74.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        Self { code: 74, message: format!("stdout: {error}") }
    }
}
