//! [`Layout`]: where each named parameter lies in the one flat vector θ.

use crate::{Error, Init};
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// One parameter: a name and a range of θ, read row after row as `[rows, columns]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Path of the parameter, such as `0.weight`.
    pub name: String,
    /// Index in θ of its first number.
    pub start: usize,
    /// Rows (for a weight: outputs).
    pub rows: usize,
    /// Columns (for a weight: inputs).
    pub columns: usize,
    /// The values it begins with.
    pub init: Init,
}

impl Segment {
    /// How many numbers it has.
    pub const fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// Never: a parameter has at least one number.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its place in θ, and in ∇θ.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.start + self.len()
    }
}

/// The named segments of θ, in order and without gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    segments: Vec<Segment>,
    len: usize,
}

impl Layout {
    /// How many numbers θ has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no parameter at all.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The segments, in the order of θ.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segment of that name.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the names there are.
    pub fn segment(&self, name: &str) -> Result<&Segment, Error> {
        self.segments.iter().find(|s| s.name == name).ok_or_else(|| Error::UnknownName {
            name: name.into(),
            known: self.segments.iter().map(|s| s.name.clone()).collect(),
        })
    }

    /// The segment of that name in `vector`, which is θ or ∇θ.
    ///
    /// # Errors
    /// [`Error::UnknownName`], or [`Error::Length`] if `vector` is not as long as θ.
    pub fn view<'a, T>(&self, vector: &'a [T], name: &str) -> Result<ArrayView2<'a, T>, Error> {
        let segment = self.segment(name)?;
        self.check_length("θ", vector.len())?;
        Ok(ArrayView2::from_shape((segment.rows, segment.columns), &vector[segment.range()])
            .expect("a segment's range is as long as its shape"))
    }

    /// As [`view`](Self::view), to write to.
    ///
    /// # Errors
    /// [`Error::UnknownName`], or [`Error::Length`] if `vector` is not as long as θ.
    pub fn view_mut<'a, T>(&self, vector: &'a mut [T], name: &str) -> Result<ArrayViewMut2<'a, T>, Error> {
        let segment = self.segment(name)?;
        self.check_length("θ", vector.len())?;
        Ok(ArrayViewMut2::from_shape((segment.rows, segment.columns), &mut vector[segment.range()])
            .expect("a segment's range is as long as its shape"))
    }

    /// θ as it begins: each segment's [`Init`], drawn from `seed`.
    pub fn initial<T: Scalar>(&self, seed: u64) -> Vec<T> {
        let mut theta = vec![T::zero(); self.len()];
        for (index, s) in self.segments.iter().enumerate() {
            s.init.fill(seed, index as u64, [s.rows, s.columns], &mut theta[s.range()]);
        }
        theta
    }

    pub(crate) fn push(&mut self, name: String, rows: usize, columns: usize, init: Init) -> usize {
        let start = self.len;
        self.segments.push(Segment { name, start, rows, columns, init });
        self.len += rows * columns;
        self.segments.len() - 1
    }

    pub(crate) fn rename(&mut self, segment: usize, name: &str) {
        self.segments[segment].name = name.into();
    }

    pub(crate) fn check_length(&self, what: &'static str, found: usize) -> Result<(), Error> {
        let expected = self.len();
        if found == expected { Ok(()) } else { Err(Error::Length { what, expected, found }) }
    }
}
