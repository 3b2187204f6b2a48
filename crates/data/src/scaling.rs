//! [`Scaling`]: the scaling of a data set's features, as a run chooses it and a checkpoint keeps it.

use crate::dataset::shaped;
use crate::features::Features;
use crate::{Dataset, Error, MinMax, Standardize};
use glassgrad_tensor::Scalar;
use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Which scaling to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScalingKind {
    /// Features as they are.
    None,
    /// [`Standardize`].
    #[default]
    Standard,
    /// [`MinMax`].
    MinMax,
}

/// A scaling that has been fitted on the training part.
///
/// ```
/// use glassgrad_data::{Dataset, Features, Scaling, ScalingKind};
/// use ndarray::array;
///
/// let images = Features::<f64>::bytes(array![[0, 10], [200, 30]], 1.0);
/// let mut data = Dataset::with_labels(images, vec![0, 1], 2)?;
/// let scaling = Scaling::fit(ScalingKind::MinMax, &data, &[0])?; // column 0 is left as it is
/// scaling.apply(&mut data)?;
/// assert_eq!(data.features(), array![[0.0, 0.0], [200.0, 1.0]]);
/// assert!(matches!(data.stored(), Features::Bytes { .. }));
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scaling {
    /// Features as they are.
    None,
    /// z = (x − mean) / std.
    Standard(Standardize),
    /// z = (x − min) / range.
    MinMax(MinMax),
}

impl Scaling {
    /// Fits the features of the training part; the columns `leave`, counted from 0, are left as they are:
    /// those of categories, which are 0 and 1 already, and of which a rare one would be blown up.
    ///
    /// # Errors
    /// If a spread is beyond `f64`, or a column of `leave` is not there.
    pub fn fit<T: Scalar>(kind: ScalingKind, training: &Dataset<T>, leave: &[usize]) -> Result<Self, Error> {
        let columns = training.columns().len();
        if let Some(&column) = leave.iter().find(|&&column| column >= columns) {
            return Err(Error::NoSuchColumn { column, columns });
        }
        let scaling = match kind {
            ScalingKind::None => Scaling::None,
            ScalingKind::Standard => Scaling::Standard(Standardize::fit_features(training.stored())?),
            ScalingKind::MinMax => Scaling::MinMax(MinMax::fit_features(training.stored())?),
        };
        Ok(scaling.leaving(leave))
    }

    /// The same, but these columns are left as they are.
    pub(crate) fn leaving(mut self, leave: &[usize]) -> Self {
        if let Scaling::Standard(Standardize { mean: shift, std: divisor, constant })
        | Scaling::MinMax(MinMax { min: shift, range: divisor, constant }) = &mut self
        {
            for &column in leave {
                (shift[column], divisor[column]) = (0.0, 1.0);
            }
            let leave: HashSet<&usize> = leave.iter().collect();
            constant.retain(|column| !leave.contains(column));
        }
        self
    }

    /// The columns that were fitted and say nothing, all rows being equal; counted from 0.
    pub fn constant(&self) -> &[usize] {
        match self {
            Scaling::None => &[],
            Scaling::Standard(Standardize { constant, .. }) | Scaling::MinMax(MinMax { constant, .. }) => {
                constant
            }
        }
    }

    /// Scales the features of any part. Bytes stay bytes: z = (b·factor + offset − shift) / divisor is
    /// b·(factor / divisor) + (offset − shift) / divisor.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn apply<T: Scalar>(&self, data: &mut Dataset<T>) -> Result<(), Error> {
        self.apply_to(data.stored_mut())
    }

    pub(crate) fn apply_to<T: Scalar>(&self, features: &mut Features<T>) -> Result<(), Error> {
        let Some((shift, divisor)) = self.numbers() else { return Ok(()) };
        match features {
            Features::Numbers(numbers) => self.transform(numbers.view_mut()),
            Features::Bytes { bytes, factor, offset } => {
                shaped("rows to scale", bytes.dim(), (bytes.nrows(), shift.len()))?;
                for (column, (shift, divisor)) in shift.iter().zip(divisor).enumerate() {
                    factor[column] = T::from_f64(factor[column].to_f64() / divisor);
                    offset[column] = T::from_f64((offset[column].to_f64() - shift) / divisor);
                }
                Ok(())
            }
        }
    }

    /// Scales rows `[rows, columns]`.
    ///
    /// # Errors
    /// If there are not as many columns as were fitted.
    pub fn transform<T: Scalar>(&self, rows: ArrayViewMut2<'_, T>) -> Result<(), Error> {
        match self {
            Scaling::None => Ok(()),
            Scaling::Standard(scale) => scale.transform(rows),
            Scaling::MinMax(scale) => scale.transform(rows),
        }
    }

    /// What is taken away from this column, and what it is then divided by; the column is one of those fitted.
    pub(crate) fn of_column(&self, column: usize) -> (f64, f64) {
        self.numbers().map_or((0.0, 1.0), |(shift, divisor)| (shift[column], divisor[column]))
    }

    /// Whether so many columns were fitted; none fits any.
    pub(crate) fn check(&self, columns: usize) -> Result<(), Error> {
        match self.numbers() {
            Some((shift, divisor)) => {
                shaped("columns to scale", (1, columns), (1, shift.len()))?;
                shaped("columns to scale", (1, columns), (1, divisor.len()))
            }
            None => Ok(()),
        }
    }

    /// What is taken away from each column, and what it is then divided by.
    fn numbers(&self) -> Option<(&[f64], &[f64])> {
        match self {
            Scaling::None => None,
            Scaling::Standard(scale) => Some((&scale.mean, &scale.std)),
            Scaling::MinMax(scale) => Some((&scale.min, &scale.range)),
        }
    }
}
