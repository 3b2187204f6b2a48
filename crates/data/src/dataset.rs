//! [`Dataset`]: a table in memory, features beside targets.
//!
//! What is checked when a data set is made need not be checked again: equal row counts, at least one
//! row and one column, finite numbers, labels below the number of classes. Rows are kept whole and in
//! row-major order, so a mini-batch is gathered by reading one run of memory a row.

use crate::Error;
use crate::features::{Features, in_rows, non_finite};
use glassgrad_tensor::Scalar;
use ndarray::{Array2, ArrayViewMut2, CowArray, Ix2};
use std::collections::HashSet;

/// The most classes: every label up to here is exact as an `f32`.
pub const MAX_CLASSES: usize = 1 << 24;

/// What is to be predicted, one entry a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets<T> {
    /// One class a row.
    Labels {
        /// Which class, from 0: `[rows]`.
        labels: Vec<u32>,
        /// The name of each class; their number is the number of classes, whether or not each occurs.
        classes: Vec<String>,
    },
    /// Numbers: `[rows, outputs]`.
    Values(Array2<T>),
}

impl<T> Targets<T> {
    /// Numbers that one row takes in a batch: 1 for a label, else the outputs.
    pub fn width(&self) -> usize {
        match self {
            Targets::Labels { .. } => 1,
            Targets::Values(values) => values.ncols(),
        }
    }

    /// The names of the classes, if the targets are labels.
    pub fn classes(&self) -> Option<&[String]> {
        match self {
            Targets::Labels { classes, .. } => Some(classes),
            Targets::Values(_) => None,
        }
    }
}

/// Features `x: [rows, columns]` and what to predict from them.
///
/// ```
/// use glassgrad_data::Dataset;
/// use ndarray::array;
///
/// let data = Dataset::with_labels(array![[0.0], [1.0], [2.0]], vec![0, 1, 1], 2)?;
/// assert_eq!(data.rows(), 3);
/// assert_eq!(data.select(&[2, 0])?.features(), array![[2.0], [0.0]]);
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T> {
    features: Features<T>,
    targets: Targets<T>,
    columns: Vec<String>,
    target_columns: Vec<String>,
}

impl<T: Scalar> Dataset<T> {
    /// Features `[rows, columns]`, an array or a view of numbers or [`Features`], and one label a row, each
    /// below `classes`.
    ///
    /// Columns are named x0, x1, …, the target y, and classes 0, 1, ….
    ///
    /// # Errors
    /// Unless there are rows and columns, one label a row, finite features, 2 to [`MAX_CLASSES`]
    /// classes, and labels below their number.
    pub fn with_labels(
        features: impl Into<Features<T>>,
        labels: Vec<u32>,
        classes: usize,
    ) -> Result<Self, Error> {
        // Before names are made up for them.
        if !(2..=MAX_CLASSES).contains(&classes) {
            return Err(Error::ClassCount { found: classes, limit: MAX_CLASSES });
        }
        let features = checked(features.into())?;
        same_rows(features.dim().0, labels.len())?;
        if let Some(row) = labels.iter().position(|&label| label as usize >= classes) {
            return Err(Error::LabelRange { row, label: labels[row], classes });
        }
        let classes = (0..classes).map(|class| class.to_string()).collect();
        Ok(Self::named(features, Targets::Labels { labels, classes }))
    }

    /// Features `[rows, columns]` and values `[rows, outputs]`, arrays or views; features as bytes too.
    ///
    /// Columns are named x0, x1, …, and outputs y0, y1, ….
    ///
    /// # Errors
    /// Unless both have rows and columns, equally many rows, and finite numbers.
    pub fn with_values<'a>(
        features: impl Into<Features<T>>,
        values: impl Into<CowArray<'a, T, Ix2>>,
    ) -> Result<Self, Error> {
        let (features, values) = (features.into(), values.into());
        same_rows(features.dim().0, values.nrows())?;
        let features = checked(features)?;
        filled(values.dim())?;
        if let Some((row, column)) = non_finite(values.view()) {
            return Err(Error::NonFinite { what: "values", row, column });
        }
        Ok(Self::named(features, Targets::Values(in_rows(values.into_owned()))))
    }

    fn named(features: Features<T>, targets: Targets<T>) -> Self {
        let numbered = |letter, n| (0..n).map(|i| format!("{letter}{i}")).collect();
        let target_columns = match &targets {
            Targets::Labels { .. } => vec!["y".to_owned()],
            Targets::Values(values) => numbered('y', values.ncols()),
        };
        Dataset { columns: numbered('x', features.dim().1), features, targets, target_columns }
    }

    /// The same data with these names for the columns of the features.
    ///
    /// # Errors
    /// Unless there is one name a column, each different.
    pub fn with_columns(mut self, names: Vec<String>) -> Result<Self, Error> {
        different("column", &names, self.columns.len())?;
        self.columns = names;
        Ok(self)
    }

    /// The same data with these names for the columns of the targets; labels are one column.
    ///
    /// # Errors
    /// Unless there is one name a column, each different.
    pub fn with_target_columns(mut self, names: Vec<String>) -> Result<Self, Error> {
        different("target column", &names, self.target_columns.len())?;
        self.target_columns = names;
        Ok(self)
    }

    /// The same data with these names for the classes.
    ///
    /// # Errors
    /// Unless there is one name a class, each different; values have no classes.
    pub fn with_classes(mut self, names: Vec<String>) -> Result<Self, Error> {
        different("class", &names, self.targets.classes().map_or(0, <[_]>::len))?;
        if let Targets::Labels { classes, .. } = &mut self.targets {
            *classes = names;
        }
        Ok(self)
    }

    /// How many rows, at least 1.
    pub fn rows(&self) -> usize {
        self.features.dim().0
    }

    /// The features: `[rows, columns]`. Numbers are lent; bytes are converted into a new array, so a large
    /// set is better [gathered](Self::gather_features) batch by batch.
    pub fn features(&self) -> CowArray<'_, T, Ix2> {
        self.features.to_numbers()
    }

    /// The features, to be changed in place: `[rows, columns]`. Bytes become numbers for good;
    /// [`Scaling`](crate::Scaling) leaves them bytes.
    pub fn features_mut(&mut self) -> ArrayViewMut2<'_, T> {
        self.features.numbers_mut().view_mut()
    }

    /// The features as they are kept.
    pub fn stored(&self) -> &Features<T> {
        &self.features
    }

    pub(crate) fn stored_mut(&mut self) -> &mut Features<T> {
        &mut self.features
    }

    /// What is to be predicted.
    pub fn targets(&self) -> &Targets<T> {
        &self.targets
    }

    /// The values, to be scaled in place: `[rows, outputs]`; none if the targets are labels.
    pub fn values_mut(&mut self) -> Option<ArrayViewMut2<'_, T>> {
        match &mut self.targets {
            Targets::Labels { .. } => None,
            Targets::Values(values) => Some(values.view_mut()),
        }
    }

    /// The names of the columns of the features.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The names of the columns of the targets.
    pub fn target_columns(&self) -> &[String] {
        &self.target_columns
    }

    /// These rows in this order, with all names; a row may be chosen more than once.
    ///
    /// # Errors
    /// If no row is chosen, or one that is not there.
    pub fn select(&self, rows: &[usize]) -> Result<Self, Error> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "rows" });
        }
        self.has_rows(rows)?;
        let axis = ndarray::Axis(0);
        let targets = match &self.targets {
            Targets::Labels { labels, classes } => Targets::Labels {
                labels: rows.iter().map(|&row| labels[row]).collect(),
                classes: classes.clone(),
            },
            Targets::Values(values) => Targets::Values(values.select(axis, rows)),
        };
        Ok(Dataset {
            features: self.features.select(rows),
            targets,
            columns: self.columns.clone(),
            target_columns: self.target_columns.clone(),
        })
    }

    /// Appends the rows of a data set of the same columns, classes and kind.
    pub(crate) fn extend(&mut self, more: &Self) {
        self.features.extend(&more.features);
        match (&mut self.targets, &more.targets) {
            (Targets::Labels { labels, .. }, Targets::Labels { labels: more, .. }) => labels.extend(more),
            (Targets::Values(values), Targets::Values(more)) => {
                values.append(ndarray::Axis(0), more.view()).expect("as many outputs");
            }
            _ => unreachable!("both come from one encoding"),
        }
    }

    pub(crate) fn has_rows(&self, rows: &[usize]) -> Result<(), Error> {
        match rows.iter().find(|&&row| row >= self.rows()) {
            Some(&row) => Err(Error::NoSuchRow { row, rows: self.rows() }),
            None => Ok(()),
        }
    }
}

/// The features, if they have rows, columns, and finite numbers only.
fn checked<T: Scalar>(features: Features<T>) -> Result<Features<T>, Error> {
    filled(features.dim())?;
    match features.non_finite() {
        Some((row, column)) => Err(Error::NonFinite { what: "features", row, column }),
        None => Ok(features),
    }
}

fn filled((rows, columns): (usize, usize)) -> Result<(), Error> {
    if rows == 0 {
        return Err(Error::Empty { what: "rows" });
    }
    if columns == 0 { Err(Error::Empty { what: "columns" }) } else { Ok(()) }
}

fn same_rows(features: usize, targets: usize) -> Result<(), Error> {
    if features == targets { Ok(()) } else { Err(Error::RowCounts { features, targets }) }
}

pub(crate) fn shaped(
    what: &'static str,
    found: (usize, usize),
    expected: (usize, usize),
) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Shape { what, found, expected }) }
}

pub(crate) fn different(what: &'static str, names: &[String], expected: usize) -> Result<(), Error> {
    if names.len() != expected {
        return Err(Error::NameCount { what, found: names.len(), expected });
    }
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(Error::RepeatedName { what, name: name.clone() }),
        None => Ok(()),
    }
}
