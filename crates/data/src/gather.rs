//! [`Dataset::gather_features`] and [`Dataset::gather_targets`]: the rows of a mini-batch, copied straight
//! into memory of the caller, such as the inputs of a network. Neither allocates.

use crate::dataset::shaped;
use crate::{Dataset, Error, Targets};
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView2, ArrayViewMut2};

impl<T: Scalar> Dataset<T> {
    /// Row i of `x: [rows.len(), columns]` becomes the features of row `rows[i]`.
    ///
    /// # Errors
    /// If `x` has another shape, or a row is not there. Nothing is written then.
    pub fn gather_features(&self, rows: &[usize], x: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        shaped("features of a batch", x.dim(), (rows.len(), self.features().ncols()))?;
        self.has_rows(rows)?;
        copy_rows(self.features(), rows, x);
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
