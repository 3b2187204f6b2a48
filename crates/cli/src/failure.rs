//! Why the program ends early, and with which exit code.

use crate::output::harmless;
use glassgrad_data::Error as DataError;
use glassgrad_diagnose::Error as DiagnoseError;
use glassgrad_glass::Error as GlassError;
use glassgrad_store::Error as StoreError;
use glassgrad_train::Error as TrainError;
use std::io::{self, Write};

/// What ended the program. The codes are for scripts: BSD's sysexits, as far as they fit.
#[derive(Debug)]
pub enum Failure {
    /// What was to be checked is not right, as the results say: 1.
    Check,
    /// A flag's or a key's value that is not allowed: 2, as for any other misuse of the command line.
    Usage(String),
    /// Data, or a model, that are not as they must be: 65.
    Data(String),
    /// A file that is not there or cannot be read: 66.
    NoInput(String),
    /// Training that diverged: 70.
    Diverged(String),
    /// A file that cannot be made: 73. Found before the work is done.
    CannotCreate(String),
    /// What could not be written: 74.
    Output(String),
    /// A file that somebody else is writing: 75.
    Locked(String),
    /// Stopped by a signal, of this number: 128 more.
    Signal(u8, String),
    /// Of several workers, this one alone: its code and message.
    Alone(u8, String),
    /// Of several workers, rank 0, which says why: 1.
    Led,
    /// Whoever read the results has had enough, as `head` has. That is no failure: 0.
    Enough,
}

/// As `--help` shows them, and `docs/run.md`.
pub(crate) const EXIT_CODES: &str = "Exit codes:
    0  done
    1  a check failed
    2  a flag or a key of RUN.toml is unknown, missing, or not in its range
   65  the data or the model are damaged, or do not fit each other
   66  a file is not there or cannot be read
   70  training diverged
   73  a file cannot be made, or is there already
   74  a file or the results could not be written
   75  a file is being written by somebody else
  130  stopped by Ctrl-C, 143 by SIGTERM, after saving";

impl Failure {
    /// Says why on stderr, if there is anything to say, and gives the exit code.
    pub fn report(self) -> u8 {
        if !self.message().is_empty() {
            let what = if matches!(self, Self::Signal(..)) { "stopped" } else { "error" };
            // If stderr is closed as well, the code must do.
            let _ = writeln!(io::stderr(), "{what}: {}", harmless(self.message()));
        }
        self.code()
    }

    /// Whether, of several workers, this one alone has it.
    pub fn is_alone(&self) -> bool {
        matches!(self, Self::Alone(..))
    }

    /// The same, as a failure that this worker alone has.
    pub(crate) fn of_rank(self, rank: usize) -> Self {
        Self::Alone(self.code(), format!("rank {rank}: {}", self.message()))
    }

    /// What is said of it.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Check | Self::Led | Self::Enough => "",
            Self::Usage(message)
            | Self::Data(message)
            | Self::NoInput(message)
            | Self::Diverged(message)
            | Self::CannotCreate(message)
            | Self::Output(message)
            | Self::Locked(message)
            | Self::Signal(_, message)
            | Self::Alone(_, message) => message,
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Enough => 0,
            Self::Check | Self::Led => 1,
            Self::Usage(_) => 2,
            Self::Data(_) => 65,
            Self::NoInput(_) => 66,
            Self::Diverged(_) => 70,
            Self::CannotCreate(_) => 73,
            Self::Output(_) => 74,
            Self::Locked(_) => 75,
            Self::Signal(number, _) => 128 + number,
            Self::Alone(code, _) => *code,
        }
    }

    /// The same, with more to say of results that could not be written.
    pub(crate) fn followed_by(self, more: &str) -> Self {
        match self {
            Self::Output(message) => Self::Output(message + more),
            other => other,
        }
    }

    /// A write to stdout that failed.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Enough
        } else {
            Self::Output(format!("stdout: {error}"))
        }
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let message = match flag(&error) {
            Some(flag) => format!("{error}; see {flag}"),
            None => error.to_string(),
        };
        match error {
            DataError::NotFound { .. }
            | DataError::Folder { .. }
            | DataError::Pipe { .. }
            | DataError::Read { .. } => Self::NoInput(message),
            DataError::Delimiter { .. }
            | DataError::NoTarget
            | DataError::RepeatedTarget { .. }
            | DataError::NoLabels { .. }
            | DataError::ExtraLabels { .. } => Self::Usage(message),
            _ => Self::Data(message),
        }
    }
}

/// The flag, and the key, that change what becomes of such data.
fn flag(error: &DataError) -> Option<&'static str> {
    Some(match error {
        DataError::NoLabels { .. } => "--labels (data.labels)",
        DataError::ExtraLabels { .. } => "--target (data.target)",
        DataError::MissingValue { .. } => "--missing (data.missing)",
        DataError::UnseenCategory { .. } => "--unseen (data.unseen)",
        DataError::ManyCategories { .. } => "--ignore (data.ignore) and data.categories",
        DataError::NothingToIgnore { .. } => "--ignore (data.ignore)",
        DataError::UnnamedColumn { .. } => "--ignore \"\" (data.ignore)",
        DataError::NotAProbability { .. } => "--loss (model.loss)",
        DataError::ManyLabels { .. } => "--task (data.task)",
        error if error.likely_delimiter().is_some() => "--delimiter (data.delimiter)",
        DataError::MixedTarget { .. } | DataError::RareClasses { .. } => "--task classification (data.task)",
        _ => return None,
    })
}

/// What is wrong with neither data nor their fit nor the loss can only be a setting.
impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        let message = error.to_string();
        match error {
            TrainError::Data(error) => error.into(),
            TrainError::Store(error) => error.into(),
            TrainError::Checkpoint { .. }
            | TrainError::Precision { .. }
            | TrainError::NonFinite { .. }
            | TrainError::Changed { .. } => Self::Data(message),
            TrainError::Diverged { .. } | TrainError::Spoiled { .. } => Self::Diverged(message),
            TrainError::Apart { .. } => Self::Alone(70, message),
            TrainError::Mismatch { .. } | TrainError::TargetKind { .. } | TrainError::Probability { .. } => {
                Self::Data(message)
            }
            _ => Self::Usage(message),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound { .. } | StoreError::NotAFile { .. } | StoreError::Read { .. } => {
                Self::NoInput(message)
            }
            StoreError::Place { .. } => Self::CannotCreate(message),
            StoreError::Write { .. } => Self::Output(message),
            StoreError::Locked { .. } => Self::Locked(message),
            _ => Self::Data(message),
        }
    }
}

impl From<GlassError> for Failure {
    fn from(error: GlassError) -> Self {
        match error {
            GlassError::Train(error) => error.into(),
            error => Self::Usage(error.to_string()),
        }
    }
}

impl From<DiagnoseError> for Failure {
    fn from(error: DiagnoseError) -> Self {
        let message = error.to_string();
        match error {
            DiagnoseError::Training(error) => error.into(),
            DiagnoseError::Data(error) => error.into(),
            DiagnoseError::Curvature { .. } => Self::Diverged(message),
            _ => Self::Usage(message),
        }
    }
}
