use std::fmt;

/// What can be wrong with a trace, an audit or a drawing.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// In the training that is traced.
    Train(glassgrad_train::Error),
    /// A drawing or trace before anything was computed.
    NoBatch {
        /// What was asked for.
        before: &'static str,
    },
    /// A symbol that the trace does not have.
    UnknownSymbol {
        /// What was asked for.
        name: String,
        /// The step, if one was named.
        step: Option<u64>,
        /// The symbols there are.
        known: Vec<String>,
    },
    /// An entry that is not written as `name[row,column]`.
    EntrySyntax {
        /// What was asked for.
        found: String,
    },
    /// An entry outside its matrix.
    NoEntry {
        /// What was asked for.
        found: String,
        /// Rows and columns of the matrix.
        shape: [usize; 2],
    },
    /// A claims file that cannot be read as one.
    Claims {
        /// Its name.
        file: String,
        /// Line from 1, and column from 1.
        at: Option<[usize; 2]>,
        /// What was found and what was expected.
        problem: String,
    },
    /// An expression that cannot be worked out.
    Expression {
        /// The expression.
        text: String,
        /// Where, counted in characters from 1.
        column: usize,
        /// What was found and what was expected.
        problem: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Train(error) => error.fmt(f),
            Self::NoBatch { before } => {
                write!(
                    f,
                    "{before}: found no values, expected a batch to be loaded; call Trainer::load first"
                )
            }
            Self::UnknownSymbol { name, step, known } => {
                write!(f, "found no value \"{name}\"")?;
                if let Some(step) = step {
                    write!(f, " in step {step} (counted from 0)")?;
                }
                write!(f, ", expected one of: {}", known.join(", "))
            }
            Self::EntrySyntax { found } => {
                write!(
                    f,
                    "entry \"{found}\": expected a name, a row and a column from 0, such as 0.weight[3,5]"
                )
            }
            Self::NoEntry { found, shape: [rows, columns] } => {
                write!(f, "entry \"{found}\": expected a row below {rows} and a column below {columns}")
            }
            Self::Claims { file, at, problem } => match at {
                Some([line, column]) => write!(f, "{file}:{line}:{column}: {problem}"),
                None => write!(f, "{file}: {problem}"),
            },
            Self::Expression { text, column, problem } => {
                write!(f, "\"{text}\", character {column}: {problem}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // What it says is already said by this error's own message.
            Self::Train(error) => error.source(),
            _ => None,
        }
    }
}

impl From<glassgrad_train::Error> for Error {
    fn from(error: glassgrad_train::Error) -> Self {
        Self::Train(error)
    }
}

impl From<glassgrad_autograd::Error> for Error {
    fn from(error: glassgrad_autograd::Error) -> Self {
        Self::Train(error.into())
    }
}
