//! [`Error`]: everything that can be wrong with an optimiser's numbers.

use std::error;
use std::fmt::{Display, Formatter, Result as FmtResult};

/// What was found, what was expected, and where.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A hyper-parameter out of its range, NaN included.
    Hyper {
        /// The type that has the field: a rule, a schedule, a clip.
        owner: &'static str,
        /// The field.
        field: &'static str,
        /// What it is set to.
        value: f64,
        /// What it may be, as in "it must be …".
        allowed: &'static str,
    },
    /// A group's pattern that fits no parameter.
    Pattern {
        /// The pattern.
        pattern: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Segments that do not lie end to end from 0.
    Segment {
        /// The name of the first segment out of place.
        name: String,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
        /// Where the one before it ends: 0 for the first.
        expected: usize,
    },
    /// A rule with more state vectors than [`MOST_SLOTS`](crate::MOST_SLOTS).
    Slots {
        /// How many it declares.
        found: usize,
    },
    /// A rule that is none of this crate's, so that no file can hold it.
    Foreign {
        /// The rule, as `Debug` shows it.
        rule: String,
    },
    /// More warm-ups one after the other than a file can hold.
    WarmUps {
        /// How many.
        found: usize,
    },
    /// A vector of the wrong length.
    Length {
        /// Which vector.
        vector: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits.
        expected: usize,
    },
    /// A number that no optimiser's state can hold: not finite, or a mean of squares below 0.
    State {
        /// The state vector, by its [`Slot`](crate::Slot)'s name.
        slot: &'static str,
        /// The index in it.
        index: usize,
        /// The number there.
        value: f64,
    },
    /// A gradient that cannot be clipped by its norm.
    Norm {
        /// The norm: infinite or NaN.
        norm: f64,
        /// The update that was not made, counted from 1.
        t: u64,
    },
}

impl Error {
    /// `Ok` if `holds`, else [`Error::Hyper`].
    pub(crate) fn unless(
        holds: bool,
        (owner, field, value): (&'static str, &'static str, f64),
        allowed: &'static str,
    ) -> Result<(), Error> {
        if holds { Ok(()) } else { Err(Error::Hyper { owner, field, value, allowed }) }
    }

    /// Checks that a value is finite and at least 0.
    pub(crate) fn unless_nonnegative(
        owner: &'static str,
        field: &'static str,
        value: f64,
    ) -> Result<(), Error> {
        let holds = value.is_finite() && value >= 0.0;
        Error::unless(holds, (owner, field, value), "a finite number >= 0")
    }

    /// Checks that a value is finite and above 0.
    pub(crate) fn unless_positive(owner: &'static str, field: &'static str, value: f64) -> Result<(), Error> {
        let holds = value.is_finite() && value > 0.0;
        Error::unless(holds, (owner, field, value), "a finite number > 0")
    }

    /// Checks that 0 ≤ value < 1, as of the share of an average that is kept.
    pub(crate) fn unless_share(owner: &'static str, field: &'static str, value: f64) -> Result<(), Error> {
        Error::unless((0.0..1.0).contains(&value), (owner, field, value), ">= 0 and < 1")
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        match self {
            Error::Hyper { owner, field, value, allowed } => {
                write!(f, "{owner}: {field} is {value}; it must be {allowed}")
            }
            Error::Slots { found } => {
                write!(f, "the rule declares {found} slots; a rule can have at most {}", crate::MOST_SLOTS)
            }
            Error::Foreign { rule } => write!(
                f,
                "the rule {rule} is none of those that a file can hold, expected Sgd, Momentum, Nesterov, AdaGrad, \
                 RmsProp, Adam or AdamW; keep θ and the state by other means"
            ),
            Error::WarmUps { found } => write!(
                f,
                "a schedule of {found} warm-ups one after the other, expected at most {}",
                crate::plan::MOST_WARM_UPS
            ),
            Error::Pattern { pattern, known } => write!(
                f,
                "group \"{pattern}\" fits no parameter; the parameters are {}",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            ),
            Error::Segment { name, start, end, expected } => write!(
                f,
                "parameter {name} lies at {start}..{end}; it must start at {expected}, where the one before it ends, \
                 and not end before it starts"
            ),
            Error::Length { vector, found, expected } => {
                write!(f, "{vector} has {found} numbers; it must have {expected}")
            }
            Error::State { slot, index, value } => write!(
                f,
                "saved state: {slot}[{index}] is {value}; it must be finite, and a mean or sum of squares >= 0"
            ),
            Error::Norm { norm, t } => write!(
                f,
                "the gradient's norm at update {t} is {norm}, so it cannot be clipped; nothing was changed"
            ),
        }
    }
}

impl error::Error for Error {}
