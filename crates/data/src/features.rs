//! [`Features`]: how a [`Dataset`](crate::Dataset) keeps its features in memory.
//!
//! Images come as bytes, and stay bytes: a quarter of the memory of `f32`, and a quarter of what a
//! shuffled mini-batch has to fetch. A byte becomes a number when its row is gathered into a batch. To
//! scale such features changes two numbers a column, and no row.

use glassgrad_tensor::{Scalar, vectorized};
use ndarray::{Array1, Array2, ArrayView2, Axis, CowArray, Ix2, Zip};

/// Features `[rows, columns]`, row after row. An array of numbers or a view of one turns into them.
///
/// ```
/// use glassgrad_data::{Dataset, Features};
/// use ndarray::array;
///
/// let images = Features::<f32>::bytes(array![[0, 255], [255, 0]], 255.0); // white is 1
/// let data = Dataset::with_labels(images, vec![0, 1], 2)?;
/// assert_eq!(data.features(), array![[0.0, 1.0], [1.0, 0.0]]);
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Features<T> {
    /// Numbers, as they are.
    #[non_exhaustive]
    Numbers(Array2<T>),
    /// Bytes, from [`bytes`](Features::bytes); in column c, byte b stands for b · `factor[c]` + `offset[c]`.
    #[non_exhaustive]
    Bytes {
        /// `[rows, columns]`.
        bytes: Array2<u8>,
        /// `[columns]`.
        factor: Array1<T>,
        /// `[columns]`.
        offset: Array1<T>,
    },
}

impl<T: Scalar> Features<T> {
    /// Bytes `[rows, columns]`, of which `one` stands for 1 in every column: byte b for b · (1/`one`).
    pub fn bytes(bytes: Array2<u8>, one: f64) -> Self {
        let factor = Array1::from_elem(bytes.ncols(), T::from_f64(1.0 / one));
        let offset = Array1::zeros(bytes.ncols());
        Features::Bytes { bytes: in_rows(bytes), factor, offset }
    }

    /// Rows and columns.
    pub fn dim(&self) -> (usize, usize) {
        match self {
            Features::Numbers(numbers) => numbers.dim(),
            Features::Bytes { bytes, .. } => bytes.dim(),
        }
    }

    /// All numbers, `[rows, columns]`: lent if they are kept as such, else computed into a new array.
    pub fn to_numbers(&self) -> CowArray<'_, T, Ix2> {
        match self {
            Features::Numbers(numbers) => numbers.into(),
            Features::Bytes { bytes, factor, offset } => Zip::from(bytes)
                .and_broadcast(factor)
                .and_broadcast(offset)
                .map_collect(|&byte, &factor, &offset| number(byte, factor, offset))
                .into(),
        }
    }

    /// All numbers, `[rows, columns]`, to be changed one by one: bytes become numbers for good.
    pub(crate) fn numbers_mut(&mut self) -> &mut Array2<T> {
        if let Features::Bytes { .. } = self {
            *self = Features::Numbers(self.to_numbers().into_owned());
        }
        match self {
            Features::Numbers(numbers) => numbers,
            Features::Bytes { .. } => unreachable!("bytes have just become numbers"),
        }
    }

    /// These rows, which are there.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        match self {
            Features::Numbers(numbers) => Features::Numbers(numbers.select(Axis(0), rows)),
            Features::Bytes { bytes, factor, offset } => Features::Bytes {
                bytes: bytes.select(Axis(0), rows),
                factor: factor.clone(),
                offset: offset.clone(),
            },
        }
    }

    /// Appends rows that are kept in the same manner.
    pub(crate) fn extend(&mut self, more: &Self) {
        let appended = match (self, more) {
            (Features::Numbers(numbers), Features::Numbers(more)) => numbers.append(Axis(0), more.view()),
            (Features::Bytes { bytes, .. }, Features::Bytes { bytes: more, .. }) => {
                bytes.append(Axis(0), more.view())
            }
            _ => unreachable!("both come from one file"),
        };
        appended.expect("as many columns");
    }

    /// The first number that is NaN or infinite: its row and column.
    pub(crate) fn non_finite(&self) -> Option<(usize, usize)> {
        match self {
            Features::Numbers(numbers) => non_finite(numbers.view()),
            Features::Bytes { factor, offset, .. } => {
                let finite = |c: usize| number(u8::MAX, factor[c], offset[c]).is_finite();
                (0..factor.len()).find(|&c| !finite(c)).map(|c| (0, c))
            }
        }
    }
}

/// The first number that is NaN or infinite: its row and column.
pub(crate) fn non_finite<T: Scalar>(numbers: ArrayView2<'_, T>) -> Option<(usize, usize)> {
    numbers.indexed_iter().find_map(|(at, number)| (!number.is_finite()).then_some(at))
}

/// What a byte stands for.
#[inline(always)]
#[allow(clippy::inline_always, reason = "what is not inlined is not vectorised")]
pub(crate) fn number<T: Scalar>(byte: u8, factor: T, offset: T) -> T {
    T::from_f64(f64::from(byte)) * factor + offset
}

/// Row by row, `to[i]` ← the number that byte i of the row stands for.
pub(crate) fn numbers_of_bytes<'a, T: Scalar, R: IntoIterator<Item = &'a mut T>>(
    rows: impl Iterator<Item = (R, &'a [u8])>,
    factor: &[T],
    offset: &[T],
) {
    vectorized(
        #[inline(always)]
        || {
            for (to, bytes) in rows {
                for (((to, &byte), &factor), &offset) in to.into_iter().zip(bytes).zip(factor).zip(offset) {
                    *to = number(byte, factor, offset);
                }
            }
        },
    );
}

/// The same array in row-major order.
pub(crate) fn in_rows<A: Clone>(array: Array2<A>) -> Array2<A> {
    if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() }
}

impl<T: Scalar> From<Array2<T>> for Features<T> {
    fn from(numbers: Array2<T>) -> Self {
        Features::Numbers(in_rows(numbers))
    }
}

impl<T: Scalar> From<ArrayView2<'_, T>> for Features<T> {
    fn from(numbers: ArrayView2<'_, T>) -> Self {
        Features::Numbers(numbers.as_standard_layout().into_owned())
    }
}

impl<T: Scalar> From<CowArray<'_, T, Ix2>> for Features<T> {
    fn from(numbers: CowArray<'_, T, Ix2>) -> Self {
        in_rows(numbers.into_owned()).into()
    }
}
