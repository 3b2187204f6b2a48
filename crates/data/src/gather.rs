//! [`Dataset::gather_features`] and [`Dataset::gather_targets`]: the rows of a mini-batch, written straight
//! into memory of the caller, such as the inputs of a network. Neither allocates.

use crate::dataset::shaped;
use crate::features::{Features, numbers_of_bytes};
use crate::{Dataset, Error, Targets};
use glassgrad_tensor::Scalar;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use std::hint::black_box;

impl<T: Scalar> Dataset<T> {
    /// Row i of `x: [rows.len(), columns]` becomes the features of row `rows[i]`.
    ///
    /// # Errors
    /// If `x` has another shape, or a row is not there. Nothing is written then.
    pub fn gather_features(&self, rows: &[usize], x: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        shaped("features of a batch", x.dim(), (rows.len(), self.columns().len()))?;
        self.has_rows(rows)?;
        match self.stored() {
            Features::Numbers(numbers) => copy_rows(numbers.view(), rows, x),
            Features::Bytes { bytes, factor, offset } => convert_rows(bytes, factor, offset, rows, x),
        }
        Ok(())
    }

    /// Row i of `y: [rows.len(), width]` becomes the target of row `rows[i]`: its values, or the number
    /// of its class as a `T`; `width` is [`Targets::width`].
    ///
    /// # Errors
    /// If `y` has another shape, or a row is not there. Nothing is written then.
    pub fn gather_targets(&self, rows: &[usize], mut y: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        shaped("targets of a batch", y.dim(), (rows.len(), self.targets().width()))?;
        self.has_rows(rows)?;
        match self.targets() {
            Targets::Labels { labels, .. } => {
                for (y, &row) in y.iter_mut().zip(rows) {
                    *y = T::from_f64(f64::from(labels[row]));
                }
            }
            Targets::Values(values) => copy_rows(values.view(), rows, y),
        }
        Ok(())
    }
}

/// Row i of `to` ← row `rows[i]` of `from`.
fn copy_rows<T: Scalar>(from: ArrayView2<'_, T>, rows: &[usize], mut to: ArrayViewMut2<'_, T>) {
    let width = from.ncols();
    if let (Some(from), Some(to)) = (from.as_slice(), to.as_slice_mut()) {
        for (to, &row) in to.chunks_exact_mut(width).zip(rows) {
            to.copy_from_slice(&from[row * width..][..width]);
        }
    } else {
        for (mut to, &row) in to.rows_mut().into_iter().zip(rows) {
            to.assign(&from.row(row));
        }
    }
}

/// Row i of `to` ← what row `rows[i]` of `bytes` stands for.
fn convert_rows<T: Scalar>(
    bytes: &Array2<u8>,
    factor: &Array1<T>,
    offset: &Array1<T>,
    rows: &[usize],
    mut to: ArrayViewMut2<'_, T>,
) {
    let whole = "features are kept row after row";
    let (bytes, width) = (bytes.as_slice().expect(whole), bytes.ncols());
    let (factor, offset) = (factor.as_slice().expect(whole), offset.as_slice().expect(whole));
    let from = || rows.iter().map(|&row| &bytes[row * width..][..width]);
    fetch(from());
    if to.is_standard_layout() {
        let to = to.as_slice_mut().expect("the layout is standard");
        numbers_of_bytes(to.chunks_exact_mut(width).zip(from()), factor, offset);
    } else {
        numbers_of_bytes(to.rows_mut().into_iter().zip(from()), factor, offset);
    }
}

/// Brings rows that lie far apart into the cache. Reads that wait for nothing else are on their way
/// together, where converting row by row would wait for the memory at the beginning of each: it halves
/// the time for rows of 784 bytes. (For rows of `f32`, four times as long, it changes nothing.)
fn fetch<'a>(rows: impl Iterator<Item = &'a [u8]>) {
    const CACHE_LINE: usize = 64;
    for row in rows {
        for byte in row.iter().step_by(CACHE_LINE) {
            black_box(*byte);
        }
    }
}
