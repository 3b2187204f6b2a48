//! [`Error`]: what can be wrong with a recording, an input or a derivative asked for.

use crate::Shape;
use std::fmt;

/// What was found, what was expected, and where.
///
/// `at` is the path of the layer and op, such as `2.affine`. A recorded tape cannot fail when it runs:
/// every error here is found while recording, while loading inputs, or when a derivative is asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Two operands whose shapes do not fit.
    Shapes {
        /// Path of the op.
        at: String,
        /// What the op needs of them.
        need: &'static str,
        /// Shape of the first operand.
        left: Shape,
        /// Shape of the second operand.
        right: Shape,
    },
    /// A layer, input or parameter without rows or columns.
    ZeroWidth {
        /// Path of what is empty.
        at: String,
    },
    /// A number outside what it may be.
    Setting {
        /// Path of the op or parameter.
        at: String,
        /// Name of the number.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A parameter or value of more numbers than any machine can hold.
    TooLarge {
        /// Path of it.
        at: String,
    },
    /// An instruction of a [`Program`](crate::Program) that no recording has.
    Instruction {
        /// Which, counted from 0, and its name.
        at: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Explicit numbers (initial values, class weights), but not as many as are needed.
    Count {
        /// Path of the parameter or op.
        at: String,
        /// What they are.
        what: &'static str,
        /// Numbers needed.
        expected: usize,
        /// Numbers given.
        found: usize,
    },
    /// A name given twice.
    Duplicate {
        /// The name.
        name: String,
    },
    /// A name that nothing on the tape has.
    UnknownName {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A variable of another tape.
    UnknownVariable {
        /// Path of the op that was handed it.
        at: String,
    },
    /// A matrix for an input has the wrong shape.
    Input {
        /// Name of the input.
        name: String,
        /// `[rows, columns]` expected.
        expected: [usize; 2],
        /// `[rows, columns]` found.
        found: [usize; 2],
    },
    /// A batch without rows.
    EmptyBatch,
    /// A label that is no class index.
    Label {
        /// Name of the input.
        name: String,
        /// Row of the batch, from 0.
        row: usize,
        /// The label found.
        found: f64,
        /// How many classes there are: labels are 0, 1, …, classes − 1.
        classes: usize,
    },
    /// θ, a direction or a seed of the wrong length.
    Length {
        /// Which vector.
        what: &'static str,
        /// The length it must have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// A derivative that exists only of a single number.
    NotScalar {
        /// Name of the variable.
        name: String,
        /// Its shape.
        shape: Shape,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shapes { at, need, left, right } => {
                write!(f, "{at}: found shapes {left} and {right}, expected {need}")
            }
            Self::ZeroWidth { at } => {
                write!(f, "{at}: found a width of 0, expected at least 1 row and 1 column")
            }
            Self::Setting { at, name, found, allowed } => {
                write!(f, "{at}: found {name} = {found}, expected {allowed}")
            }
            Self::TooLarge { at } => {
                write!(f, "{at}: found more numbers than can be addressed, expected a smaller shape")
            }
            Self::Instruction { at, problem } => write!(f, "{at}: found {problem}"),
            Self::Count { at, what, expected, found } => {
                write!(f, "{at}: found {found} {what}, expected {expected}")
            }
            Self::Duplicate { name } => {
                write!(f, "the name \"{name}\" is given twice; every variable needs a name of its own")
            }
            Self::UnknownName { name, known } => {
                write!(f, "nothing is named \"{name}\"; the names are {}", known.join(", "))
            }
            Self::UnknownVariable { at } => {
                write!(f, "{at}: found a variable of another tape, expected one recorded on this tape")
            }
            Self::Input { name, expected, found } => {
                write!(f, "input \"{name}\": found shape {found:?}, expected {expected:?}")
            }
            Self::EmptyBatch => write!(f, "found a batch of 0 rows, expected at least 1"),
            Self::Label { name, row, found, classes } => write!(
                f,
                "input \"{name}\", row {row}: found label {found}, expected a whole number from 0 to {}",
                classes.saturating_sub(1)
            ),
            Self::Length { what, expected, found } => {
                write!(f, "{what}: found {found} numbers, expected {expected}")
            }
            Self::NotScalar { name, shape } => write!(
                f,
                "\"{name}\" has shape {shape}, expected a single number [1, 1]; reduce it with sum or mean first"
            ),
        }
    }
}

impl std::error::Error for Error {}
