//! [`Error`]: what can be wrong with a file, or with a network that is to be written.

use std::fmt::{self, Display, Formatter};
use std::io;

/// What was found, what was expected, and where.
#[derive(Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Error {
    // Reading
    /// Damaged, or not of that format at all.
    File { format: &'static str, what: String },
    /// The tensors of a file are not those of the network.
    Mismatch { mismatches: Vec<Mismatch> },
    /// An `f64` of the file that no `f32` holds.
    Overflow { name: String, index: usize, found: f64 },

    // Writing
    /// θ is not as long as the tape's layout.
    Theta { expected: usize, found: usize },
    /// The input or prediction is of another tape.
    OtherTape,
    /// A value on the way to the prediction is an op that other programs are not given, such as a loss.
    Unsupported { at: String, op: &'static str },
    /// The prediction depends on something else that is given from outside.
    OtherInput { name: String, expected: String },
    /// The prediction does not depend on the input.
    Unconnected { input: String },
    /// A parameter, or a number computed from parameters, that is NaN or infinite.
    NotFinite { name: String, index: usize, found: f64 },
    /// A wish that cannot be met.
    Export { what: &'static str, why: String },
    /// In Rust source there is one row at a time.
    MixesRows { at: String },
    /// More than the 2 GiB of a protocol buffer.
    TooLarge { bytes: usize },
    /// Nothing could be written.
    Write { source: io::Error },
}

/// One tensor that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Mismatch {
    /// The network has it, the file has not.
    Missing { name: String, expected: Vec<usize>, nearest: Option<String> },
    /// The file has it, the network has not.
    Surplus { name: String, found: Vec<usize>, nearest: Option<String> },
    /// Its shape is another.
    Shape { name: String, expected: Vec<usize>, found: Vec<usize> },
    /// Its numbers are of a type that is not read, or not without rounding.
    Type { name: String, expected: &'static str, found: String },
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name, expected, nearest } => {
                write!(f, "tensor {}: not in the file, expected shape {expected:?}", quoted(name))?;
                hint(f, nearest.as_ref(), "the file has")
            }
            Self::Surplus { name, found, nearest } => {
                write!(
                    f,
                    "tensor {}: in the file with shape {found:?}, but not in the network",
                    quoted(name)
                )?;
                hint(f, nearest.as_ref(), "the network has")
            }
            Self::Shape { name, expected, found } => {
                write!(f, "tensor {}: found shape {found:?}, expected {expected:?}", quoted(name))
            }
            Self::Type { name, expected, found } if found == "f64" => write!(
                f,
                "tensor {}: found f64, expected {expected}; ask for Conversion::Rounding to round its numbers",
                quoted(name)
            ),
            Self::Type { name, expected, found } => write!(
                f,
                "tensor {}: found numbers of type {}, expected {expected}; save them as floats of 16, 32 or 64 bits",
                quoted(name),
                quoted(found)
            ),
        }
    }
}

fn hint(f: &mut Formatter<'_>, nearest: Option<&String>, who: &str) -> fmt::Result {
    nearest.map_or(Ok(()), |nearest| write!(f, "; {who} {}", quoted(nearest)))
}

/// Text of a file as it is shown in a message: quoted, control characters escaped, at most 60 characters.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { format, what } => {
                write!(f, "not a sound {format} file: {what}; get the file again from where it comes from")
            }
            Self::Mismatch { mismatches } => {
                const SHOWN: usize = 12;
                let lines = mismatches.iter().take(SHOWN).map(ToString::to_string).collect::<Vec<_>>();
                write!(f, "{}", lines.join("\n"))?;
                match mismatches.len().saturating_sub(SHOWN) {
                    0 => Ok(()),
                    more => write!(f, "\nand {more} more"),
                }
            }
            Self::Overflow { name, index, found } => write!(
                f,
                "tensor {}: number {index} (counted from 0) is {found:e}, expected one that an f32 can hold; \
                 read it into f64",
                quoted(name)
            ),
            Self::Theta { expected, found } => write!(f, "θ: found {found} numbers, expected {expected}"),
            Self::OtherTape => {
                write!(f, "the input or prediction is a variable of another tape, expected one of this tape")
            }
            Self::Unsupported { at, op } => write!(
                f,
                "{at}: found {op} on the way to the prediction, expected what predictions are made of; \
                 take the variable before the loss as the prediction"
            ),
            Self::OtherInput { name, expected } => {
                write!(f, "the prediction depends on the input \"{name}\", expected only \"{expected}\"")
            }
            Self::Unconnected { input } => {
                write!(
                    f,
                    "the prediction does not depend on the input \"{input}\": there is nothing to compute"
                )
            }
            Self::NotFinite { name, index, found } => write!(
                f,
                "tensor {}: number {index} (counted from 0) is {found}, expected a finite number; \
                 a network that has diverged is not written",
                quoted(name)
            ),
            Self::Export { what, why } => write!(f, "{what}: {why}"),
            Self::MixesRows { at } => write!(
                f,
                "{at}: combines several rows of a batch, expected one row at a time; write it as ONNX instead"
            ),
            Self::TooLarge { bytes } => {
                write!(f, "found a network of {bytes} bytes, expected less than the 2 GiB of an ONNX file")
            }
            Self::Write { source } => write!(f, "cannot be written: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write { source } => Some(source),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(source: io::Error) -> Self {
        Self::Write { source }
    }
}
