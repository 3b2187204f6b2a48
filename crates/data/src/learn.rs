//! [`Input::learn`]: the training part becomes a data set, and how it is scaled is learnt from it.

use crate::encode::Outcome;
use crate::encoding::{Encoding, Kind};
use crate::frame::Frame;
use crate::scale::Rows;
use crate::{Dataset, Error, Input, MinMax, Scaling, ScalingKind, Standardize, Targets};
use glassgrad_tensor::Scalar;
use std::borrow::Cow;

/// What a training part became, and what was learnt on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Training<T> {
    /// Encoded and scaled.
    pub outcome: Outcome<Dataset<T>>,
    /// How the features are scaled.
    pub scaling: Scaling,
    /// How the values of a regression are scaled, if they are.
    pub values: Option<Standardize>,
}

impl<T: Scalar> Input<T> {
    /// Learns the scaling, this being the training part, and scales: the features as `kind` says but for categories, and
    /// the values of a regression, if they are to be, to mean 0 and deviation 1. Of a table all is computed
    /// from the `f64` numbers that were read, and each is rounded to `T` once it is scaled.
    ///
    /// # Errors
    /// As of [`encode`](Self::encode) and [`Scaling::fit`].
    ///
    /// ```
    /// use glassgrad_data::{EncodingOptions, Frame, Input, ScalingKind, Task};
    /// use ndarray::array;
    ///
    /// let text = "time,y\n1700000000,a\n1700000002,b\n"; // the same number as an f32
    /// let input = Input::<f32>::Table(Frame::read_csv(text.as_bytes(), "clock.csv", b',')?);
    /// let encoding = input.fit(&input.target(&["y".into()], Task::Auto)?, EncodingOptions::default())?;
    /// let training = input.learn(&encoding, ScalingKind::Standard, true)?;
    /// assert_eq!(training.outcome.data.features(), array![[-1.0], [1.0]]);
    /// # Ok::<(), glassgrad_data::Error>(())
    /// ```
    pub fn learn(&self, encoding: &Encoding, kind: ScalingKind, values: bool) -> Result<Training<T>, Error> {
        let Input::Table(frame) = self else {
            let mut outcome = self.encode(encoding)?;
            let scaling = Scaling::fit(kind, &outcome.data, &encoding.categories())?;
            scaling.apply(&mut outcome.data)?;
            let values = match (outcome.data.targets(), values) {
                (Targets::Values(numbers), true) => Some(Standardize::fit(numbers.view())?),
                _ => None,
            };
            if let (Some(scale), Some(numbers)) = (&values, outcome.data.values_mut()) {
                scale.transform(numbers)?;
            }
            return Ok(Training { outcome, scaling, values });
        };
        let (positions, rows) = encoding.whole_rows(frame, encoding.complete_targets(frame)?)?;
        let features = Numbers::of_features(encoding, frame, &positions, &rows)?;
        let scaling = match kind {
            ScalingKind::None => Scaling::None,
            ScalingKind::Standard => Scaling::Standard(Standardize::fit_rows(&features)?),
            ScalingKind::MinMax => Scaling::MinMax(MinMax::fit_rows(&features)?),
        };
        let scaling = scaling.leaving(&encoding.categories());
        let values = if values && encoding.classes.is_empty() {
            Some(Standardize::fit_rows(&Numbers::of_targets(encoding, frame, &rows)?)?)
        } else {
            None
        };
        let outcome = encoding.encode_scaled(frame, &scaling, values.as_ref())?;
        Ok(Training { outcome, scaling, values })
    }
}

/// The numbers of a table that a scaling is fitted on.
struct Numbers<'a> {
    rows: &'a [usize],
    /// The numbers, and what stands for one that is missing; none of a feature that stands for a category.
    columns: Vec<Option<(Cow<'a, [f64]>, f64)>>,
}

impl<'a> Numbers<'a> {
    fn of_features(
        encoding: &Encoding,
        frame: &'a Frame,
        positions: &[usize],
        rows: &'a [usize],
    ) -> Result<Self, Error> {
        let mut columns = Vec::new();
        for (column, &position) in encoding.columns.iter().zip(positions) {
            match &column.kind {
                Kind::Number { mean } => columns.push(Some((frame.numbers(position)?, *mean))),
                Kind::Categories { names, .. } => columns.extend(names.iter().map(|_| None)),
            }
        }
        Ok(Numbers { rows, columns })
    }

    fn of_targets(encoding: &Encoding, frame: &'a Frame, rows: &'a [usize]) -> Result<Self, Error> {
        let columns = encoding.target_positions(frame)?.into_iter();
        let columns = columns.map(|column| Ok(Some((frame.numbers(column)?, f64::NAN))));
        Ok(Numbers { rows, columns: columns.collect::<Result<_, Error>>()? })
    }
}

impl Rows for Numbers<'_> {
    fn dim(&self) -> (usize, usize) {
        (self.rows.len(), self.columns.len())
    }

    /// A category is as good as constant, since it is left as it is.
    fn each(&self, mut visit: impl FnMut(usize, f64, f64)) {
        for (column, numbers) in self.columns.iter().enumerate() {
            match numbers {
                None => visit(column, 0.0, self.rows.len() as f64),
                Some((numbers, missing)) => {
                    for number in self.rows.iter().map(|&row| numbers[row]) {
                        visit(column, if number.is_nan() { *missing } else { number }, 1.0);
                    }
                }
            }
        }
    }
}
