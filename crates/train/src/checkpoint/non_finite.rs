//! [`NonFinite`]: what is wrong with a θ that has diverged.

use glassgrad_autograd::Layout;
use glassgrad_tensor::Scalar;
use std::fmt;
use std::ops::Range;

/// A parameter with numbers that are NaN or infinite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonFinite {
    /// The vector, named as the section of a file: `theta` or `best`.
    pub section: &'static str,
    /// The parameter.
    pub parameter: String,
    /// How many of its numbers are NaN or infinite.
    pub count: usize,
    /// How many numbers it has.
    pub of: usize,
}

impl NonFinite {
    /// All of them in a vector of the layout of θ.
    pub(crate) fn of<T: Scalar>(section: &'static str, layout: &Layout, numbers: &[T]) -> Vec<Self> {
        let bad = |range: Range<usize>| numbers[range].iter().filter(|x: &&T| !x.is_finite()).count();
        let found = layout.segments().iter().map(|segment| Self {
            section,
            parameter: segment.name.clone(),
            count: bad(segment.range()),
            of: segment.len(),
        });
        found.filter(|found| found.count > 0).collect()
    }
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { section, parameter, count, of } = self;
        write!(f, "{section}, parameter {parameter}: {count} of {of} numbers are NaN or infinite")
    }
}
