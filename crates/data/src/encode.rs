//! [`Encoding::encode`]: a table becomes a data set, and [`Encoding::encode_features`]: one without target.

use crate::encoding::{Encoding, Kind, Unseen};
use crate::frame::{Frame, NONE};
use crate::{Dataset, Error, Features, Missing, Scaling, Standardize};
use glassgrad_tensor::Scalar;
use ndarray::{Array2, ArrayViewMut1, Axis};
use std::collections::{HashMap, HashSet};

/// What came of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<D> {
    /// The data set or the features.
    pub data: D,
    /// Which rows of the table they are of, in order: not all if rows with missing values are dropped.
    pub rows: Vec<usize>,
    /// How many missing values were filled in.
    pub filled: usize,
    /// The columns in which there were texts of no known category, and how many cells.
    pub unseen: Vec<(String, usize)>,
}

impl Encoding {
    /// The features and targets of a table.
    ///
    /// # Errors
    /// If a column is not there or was not there in training; a text where a number was learnt; missing
    /// values, new texts and classes as far as they are not allowed; numbers that `T` cannot hold.
    pub fn encode<T: Scalar>(&self, frame: &Frame) -> Result<Outcome<Dataset<T>>, Error> {
        self.encode_scaled(frame, &Scaling::None, None)
    }

    /// The same, but scaled.
    pub(crate) fn encode_scaled<T: Scalar>(
        &self,
        frame: &Frame,
        scaling: &Scaling,
        values: Option<&Standardize>,
    ) -> Result<Outcome<Dataset<T>>, Error> {
        let complete = self.complete_targets(frame)?;
        let Outcome { data, rows, filled, unseen } = self.features_of(frame, complete, scaling)?;
        let data = self.with_targets(frame, data, &rows, values)?;
        Ok(Outcome { data, rows, filled, unseen })
    }

    /// The features of a table; the target may be there or not.
    ///
    /// # Errors
    /// As of [`encode`](Self::encode).
    pub fn encode_features<T: Scalar>(&self, frame: &Frame) -> Result<Outcome<Features<T>>, Error> {
        self.features_of(frame, vec![true; frame.rows()], &Scaling::None)
    }

    /// Where the columns are, and of the rows marked in `keep` those that are whole enough.
    pub(crate) fn whole_rows(
        &self,
        frame: &Frame,
        mut keep: Vec<bool>,
    ) -> Result<(Vec<usize>, Vec<usize>), Error> {
        let known = || self.columns.iter().map(|column| &column.name);
        let positions = find(frame, known())?;
        let expected: HashSet<&String> = known().chain(&self.targets).collect();
        if let Some(column) = frame.columns().iter().find(|column| !expected.contains(&column.name)) {
            return Err(Error::UnknownColumn {
                file: frame.file.clone(),
                line: frame.header,
                name: column.name.clone(),
                known: known().cloned().collect(),
            });
        }
        for &position in &positions {
            frame.mark_missing(position, self.options.missing, &mut keep)?;
        }
        let rows: Vec<usize> = (0..frame.rows()).filter(|&row| keep[row]).collect();
        if rows.is_empty() {
            return Err(Error::NothingLeft { file: frame.file.clone() });
        }
        Ok((positions, rows))
    }

    /// Of the rows marked in `keep`, those that are whole enough, each number being scaled before it becomes a `T`.
    pub(crate) fn features_of<T: Scalar>(
        &self,
        frame: &Frame,
        keep: Vec<bool>,
        scaling: &Scaling,
    ) -> Result<Outcome<Features<T>>, Error> {
        let (positions, rows) = self.whole_rows(frame, keep)?;
        let width = self.columns.iter().map(|column| column.kind.width()).sum();
        scaling.check(width)?;
        let mut numbers = Array2::zeros((rows.len(), width));
        let (mut next, mut filled, mut unseen) = (0, 0, Vec::new());
        for (column, &position) in self.columns.iter().zip(&positions) {
            match &column.kind {
                Kind::Number { mean } => {
                    let to = numbers.column_mut(next);
                    filled += fill_numbers(frame, position, *mean, &rows, scaling.of_column(next), to)?;
                }
                Kind::Categories { names, most_frequent } => {
                    let of = self.category_of(frame, position, names, &rows)?;
                    let mut new = 0;
                    for (mut to, category) in numbers.axis_iter_mut(Axis(0)).zip(of) {
                        let category = match category {
                            Category::Known(category) => category,
                            Category::Missing => {
                                filled += 1;
                                *most_frequent
                            }
                            Category::New => {
                                new += 1;
                                continue;
                            }
                        };
                        to[next + category] = T::one();
                    }
                    if new > 0 {
                        unseen.push((column.name.clone(), new));
                    }
                    for feature in next..next + names.len() {
                        let (shift, divisor) = scaling.of_column(feature);
                        if (shift, divisor) != (0.0, 1.0) {
                            let scaled = |x: T| T::from_f64((x.to_f64() - shift) / divisor);
                            numbers.column_mut(feature).mapv_inplace(scaled);
                        }
                    }
                }
            }
            next += column.kind.width();
        }
        Ok(Outcome { data: numbers.into(), rows, filled, unseen })
    }

    /// Features of these rows beside the targets that `frame` has for them, scaled if they are values.
    pub(crate) fn with_targets<T: Scalar>(
        &self,
        frame: &Frame,
        features: Features<T>,
        rows: &[usize],
        scale: Option<&Standardize>,
    ) -> Result<Dataset<T>, Error> {
        let data = match self.targets.as_slice() {
            [column] if !self.classes.is_empty() => {
                let all = frame.labels(find(frame, [column])?[0], &self.classes)?;
                let labels = rows.iter().filter_map(|&row| all[row]).collect();
                Dataset::with_labels(features, labels, self.classes.len())?
                    .with_classes(self.classes.clone())?
            }
            columns => {
                let mut values = Array2::zeros((rows.len(), columns.len()));
                let scaling = scale.cloned().map_or(Scaling::None, Scaling::Standard);
                scaling.check(columns.len())?;
                let positions = self.target_positions(frame)?;
                for (output, (mut to, column)) in values.columns_mut().into_iter().zip(positions).enumerate()
                {
                    let (numbers, scale) = (frame.numbers(column)?, scaling.of_column(output));
                    for (to, &row) in to.iter_mut().zip(rows) {
                        *to = narrowed(frame, row, column, numbers[row], scale)?;
                    }
                }
                Dataset::with_values(features, values)?
            }
        };
        data.with_columns(self.features())?.with_target_columns(self.targets.clone())
    }

    /// The category of each of these rows.
    fn category_of(
        &self,
        frame: &Frame,
        column: usize,
        names: &[String],
        rows: &[usize],
    ) -> Result<Vec<Category>, Error> {
        let (texts, cells) = frame.columns()[column].cells.as_text();
        let numbers: HashMap<&str, usize> = names.iter().map(String::as_str).zip(0..).collect();
        let known: Vec<Option<usize>> =
            texts.iter().map(|text| numbers.get(text.as_str()).copied()).collect();
        let category = |&row: &usize| match cells[row] {
            NONE => Ok(Category::Missing),
            text => match known[text as usize] {
                Some(category) => Ok(Category::Known(category)),
                None if self.options.unseen == Unseen::Zeros => Ok(Category::New),
                None => Err(Error::UnseenCategory {
                    at: frame.place(row, column),
                    found: texts[text as usize].clone(),
                    known: names.to_vec(),
                }),
            },
        };
        rows.iter().map(category).collect()
    }

    /// Where the columns of the target are.
    pub(crate) fn target_positions(&self, frame: &Frame) -> Result<Vec<usize>, Error> {
        find(frame, &self.targets)
    }

    /// Which rows have a target.
    pub(crate) fn complete_targets(&self, frame: &Frame) -> Result<Vec<bool>, Error> {
        // A target is never made up.
        let policy =
            if self.options.missing == Missing::Mean { Missing::Error } else { self.options.missing };
        let mut keep = vec![true; frame.rows()];
        for column in self.target_positions(frame)? {
            frame.mark_missing(column, policy, &mut keep)?;
        }
        Ok(keep)
    }
}

/// Where the columns are that were there in training.
fn find<'a>(frame: &Frame, names: impl IntoIterator<Item = &'a String>) -> Result<Vec<usize>, Error> {
    let positions = frame.positions();
    let find = |name: &String| {
        positions.get(name.as_str()).copied().ok_or_else(|| Error::MissingColumn {
            file: frame.file.clone(),
            line: frame.header,
            name: name.clone(),
            known: frame.names(),
        })
    };
    names.into_iter().map(find).collect()
}

/// Writes the numbers of these rows, the mean where one is missing; returns how often.
fn fill_numbers<T: Scalar>(
    frame: &Frame,
    column: usize,
    mean: f64,
    rows: &[usize],
    scale: (f64, f64),
    to: ArrayViewMut1<'_, T>,
) -> Result<usize, Error> {
    let numbers = frame.numbers(column)?;
    let mut filled = 0;
    for (to, &row) in to.into_iter().zip(rows) {
        let missing = numbers[row].is_nan();
        filled += usize::from(missing);
        *to = narrowed(frame, row, column, if missing { mean } else { numbers[row] }, scale)?;
    }
    Ok(filled)
}

/// The number, less the shift and divided by the divisor, as a `T`, if `T` can hold both.
fn narrowed<T: Scalar>(
    frame: &Frame,
    row: usize,
    column: usize,
    number: f64,
    (shift, divisor): (f64, f64),
) -> Result<T, Error> {
    let scaled = T::from_f64((number - shift) / divisor);
    if scaled.is_finite() && T::from_f64(number).is_finite() {
        return Ok(scaled);
    }
    Err(Error::NotFinite { at: frame.place(row, column), found: format!("{number:e}") })
}

/// What a text is.
enum Category {
    Known(usize),
    Missing,
    New,
}
