//! [`Encoding`]: how the columns of a table become numbers, learnt on the training part and kept with the
//! network, so that any later table is read in the same way.
//!
//! A column of numbers is one feature. A column of text is one-hot: one feature a category, 1 where the row is
//! of that category and 0 elsewhere, named `column=category`, in the order of code points. Columns
//! are found by their names, in whatever order a later table has them.
//!
//! What becomes of a column in which text stands among numbers says [`mixed`](crate::mixed).

use crate::csv::{Classes, Target};
use crate::dataset::different;
use crate::frame::{Cells, Column, Frame, NONE};
use crate::mixed::{FEW, mostly_numbers};
use crate::{Error, Missing};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What becomes of a text that the training part did not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unseen {
    /// It is of no category: all its features are 0, and it is counted.
    #[default]
    Zeros,
    /// It is refused, with the place of the cell.
    Error,
}

/// How an encoding is learnt and applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodingOptions {
    /// What becomes of missing values.
    pub missing: Missing,
    /// What becomes of texts that the training part did not have.
    pub unseen: Unseen,
    /// The most categories of a column; 1000 by default. A column with more names the rows, more likely than
    /// it tells of them, and each category is a feature of every row.
    pub categories: usize,
}

impl Default for EncodingOptions {
    fn default() -> Self {
        EncodingOptions { missing: Missing::default(), unseen: Unseen::default(), categories: 1000 }
    }
}

/// How a table becomes a [`Dataset`](crate::Dataset): plain data, to be kept in a checkpoint.
///
/// ```
/// use glassgrad_data::{Encoding, EncodingOptions, Frame, Task};
///
/// let text = "kind,width,price\ncup,1,3.5\njug,2,4.5\ncup,3,5.25\n";
/// let frame = Frame::read_csv(text.as_bytes(), "shop.csv", b',')?;
/// let target = frame.target(&["price".into()], Task::Auto)?;
/// let encoding = Encoding::fit(&frame, &target, EncodingOptions::default())?;
/// let data = encoding.encode::<f64>(&frame)?.data;
/// assert_eq!(data.columns(), ["kind=cup", "kind=jug", "width"]);
/// assert_eq!(data.features().row(1), ndarray::array![0.0, 1.0, 2.0]);
/// assert_eq!(encoding.categories(), [0, 1], "not to be scaled");
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// The columns that features are made of, in the order of the training table.
    pub columns: Vec<Encoded>,
    /// The columns of the target: one of labels, or those of values.
    pub targets: Vec<String>,
    /// The names of the classes; none if the target is values.
    pub classes: Vec<String>,
    /// What becomes of missing values and of new texts.
    pub options: EncodingOptions,
}

/// One column that features are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoded {
    /// Its name.
    pub name: String,
    /// What it becomes.
    pub kind: Kind,
}

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// One feature.
    Number {
        /// The mean of the training part, for missing values.
        mean: f64,
    },
    /// One feature a category.
    Categories {
        /// The texts of the training part.
        names: Vec<String>,
        /// Which of them, from 0, is the most frequent, for missing values.
        most_frequent: usize,
    },
}

impl Kind {
    /// How many features.
    pub(crate) fn width(&self) -> usize {
        match self {
            Kind::Number { .. } => 1,
            Kind::Categories { names, .. } => names.len(),
        }
    }
}

impl Encoding {
    /// Learns from the training part.
    ///
    /// # Errors
    /// If a column of the target is not there or no other is left; if a column has no value at all, or more
    /// categories than the options allow.
    pub fn fit(training: &Frame, target: &Target, options: EncodingOptions) -> Result<Self, Error> {
        let (targets, classes) = target_names(target)?;
        let positions = training.positions();
        if let Some(missing) = targets.iter().find(|target| !positions.contains_key(target.as_str())) {
            return Err(Error::MissingTarget {
                file: training.file.clone(),
                line: training.header,
                target: missing.clone(),
                known: training.names(),
            });
        }
        let of_target: HashSet<&String> = targets.iter().collect();
        let columns = training
            .columns()
            .iter()
            .enumerate()
            .filter(|(_, column)| !of_target.contains(&column.name))
            .map(|(position, column)| {
                let kind = kind(training, position, column, options.categories)?;
                Ok(Encoded { name: column.name.clone(), kind })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        if columns.is_empty() {
            let (file, line) = (training.file.clone(), training.header);
            return Err(Error::NoFeatures { file, line, columns: training.names() });
        }
        Ok(Encoding { columns, targets, classes, options })
    }

    /// Features that are given as such, of these means, named x0, x1, ….
    pub(crate) fn of_numbers(
        means: Vec<f64>,
        target: &Target,
        options: EncodingOptions,
    ) -> Result<Self, Error> {
        let (targets, classes) = target_names(target)?;
        let number = |(column, mean)| Encoded { name: format!("x{column}"), kind: Kind::Number { mean } };
        Ok(Encoding {
            columns: means.into_iter().enumerate().map(number).collect(),
            targets,
            classes,
            options,
        })
    }

    /// The names of all features.
    pub fn features(&self) -> Vec<String> {
        self.columns
            .iter()
            .flat_map(|column| match &column.kind {
                Kind::Number { .. } => vec![column.name.clone()],
                Kind::Categories { names, .. } => {
                    names.iter().map(|category| format!("{}={category}", column.name)).collect()
                }
            })
            .collect()
    }

    /// The features that stand for categories, from 0: see [`Scaling::fit`](crate::Scaling::fit).
    pub fn categories(&self) -> Vec<usize> {
        let mut features = Vec::new();
        let mut next = 0;
        for Encoded { kind, .. } in &self.columns {
            if let Kind::Categories { names, .. } = kind {
                features.extend(next..next + names.len());
            }
            next += kind.width();
        }
        features
    }
}

/// The columns of a target, and its classes.
pub(crate) fn target_names(target: &Target) -> Result<(Vec<String>, Vec<String>), Error> {
    match target {
        Target::Values { columns } => Ok((columns.clone(), Vec::new())),
        Target::Label { column, classes: Classes::Known(classes) } => {
            different("class", classes, classes.len())?;
            Ok((vec![column.clone()], classes.clone()))
        }
        Target::Label { column, .. } => Err(Error::OpenClasses { column: column.clone() }),
    }
}

/// What a column of the training part becomes.
fn kind(training: &Frame, position: usize, column: &Column, limit: usize) -> Result<Kind, Error> {
    let no_value = || Error::NoValue { file: training.file.clone(), column: column.name.clone() };
    let (texts, rows) = match &column.cells {
        Cells::Numbers(numbers) => {
            let present = || numbers.iter().filter(|number| !number.is_nan());
            let count = present().count();
            if count == 0 {
                return Err(no_value());
            }
            // Each number is divided before the sum, which so stays finite.
            return Ok(Kind::Number { mean: present().map(|number| number / count as f64).sum() });
        }
        Cells::Text { texts, rows } => (texts, rows),
    };
    let mut counts = vec![0_usize; texts.len()];
    rows.iter().filter(|&&text| text != NONE).for_each(|&text| counts[text as usize] += 1);
    let found = texts.iter().zip(counts).filter(|(_, count)| *count > 0).collect();
    categories(&training.file, &column.name, found, limit, || training.numbers(position).map(drop))
}

/// The categories of a column of text: each text with how often it is there. `check_numbers` refuses the first that is
/// no number.
pub(crate) fn categories(
    file: &str,
    column: &str,
    mut found: Vec<(&String, usize)>,
    limit: usize,
    check_numbers: impl FnOnce() -> Result<(), Error>,
) -> Result<Kind, Error> {
    found.sort_unstable();
    if found.len() > FEW && mostly_numbers(found.iter().map(|(text, _)| *text)) {
        check_numbers()?;
        // The text that makes it a column of text is in another part of the table, and is refused there.
        let all = found.iter().map(|(_, count)| *count).sum::<usize>() as f64;
        let share =
            |(text, count): &(&String, usize)| Some(text.parse::<f64>().ok()? * (*count as f64 / all));
        return Ok(Kind::Number { mean: found.iter().filter_map(share).sum() });
    }
    let (file, column) = (file.to_owned(), column.to_owned());
    if found.len() > limit {
        return Err(Error::ManyCategories { file, column, found: found.len(), limit });
    }
    let most = found.iter().map(|(_, count)| *count).max().ok_or(Error::NoValue { file, column })?;
    let most_frequent = found.iter().position(|(_, count)| *count == most).unwrap_or(0);
    Ok(Kind::Categories { names: found.into_iter().map(|(name, _)| name.clone()).collect(), most_frequent })
}
