//! [`Task`]: classification or regression, told apart by the target.

use crate::csv::{Classes, Target};
use crate::dataset::MAX_CLASSES;
use crate::frame::{Cells, Frame, NONE};
use crate::labels::in_order;
use crate::wording::in_short;
use crate::{Error, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most whole numbers that are taken for the numbers of classes, and the most classes that need not be repeated.
const FEW: usize = 20;

/// From 2⁵³ on, neighbouring whole numbers are the same `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What is to be learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Classification if there is one target column, and it holds text (`true` and `false` too), or else
    /// whole numbers only, at most 20 different ones, each of them twice in the mean; else regression.
    /// Text among a majority of numbers is refused: it may as well be a slip of the pen. So is text of more than 20
    /// different ones, if these are more than half of the cells: it rather names the rows.
    #[default]
    Auto,
    /// Which class a row is of.
    Classification,
    /// One number or more.
    Regression,
}

impl Frame {
    /// What these columns are as a target; missing values say nothing. The classes are all those of the
    /// frame, in the order of their values if all are numbers, else in that of their code points. So they
    /// are best looked for before the frame is split: it is no secret which classes there are.
    ///
    /// # Errors
    /// If no column is named, one twice, or one that is not there; if several are to be classes, or if there
    /// are not at least two classes; if text stands among a majority of numbers, or most texts are there but once, and nothing
    /// else is asked for than [`Task::Auto`]; if a class is a whole number of 2⁵³ or beyond, where neighbours are the same `f64`.
    pub fn target(&self, columns: &[String], task: Task) -> Result<Target, Error> {
        let positions = self.targets(columns)?;
        let names = positions.iter().map(|&column| self.columns()[column].name.clone()).collect();
        let (column, cells) = (positions[0], &self.columns()[positions[0]].cells);
        let looks_like_classes = || self.refuse_mixed_target(column).map(|()| looks_like_classes(cells));
        let texts = || match self.large_label(column) {
            Some((at, found)) => Err(Error::LargeLabel { at, found }),
            None => Ok((occurring(cells), cells.present())),
        };
        decide(&self.file, names, task, looks_like_classes, texts)
    }

    /// Where the columns of a target are.
    pub(crate) fn targets(&self, columns: &[String]) -> Result<Vec<usize>, Error> {
        if columns.is_empty() {
            return Err(Error::NoTarget);
        }
        let mut positions = Vec::with_capacity(columns.len());
        for target in columns {
            let position = self.position(target).ok_or_else(|| Error::MissingTarget {
                file: self.file.clone(),
                line: self.header,
                target: target.clone(),
                known: self.names(),
            })?;
            if positions.contains(&position) {
                return Err(Error::RepeatedTarget { name: target.clone() });
            }
            positions.push(position);
        }
        Ok(positions)
    }

    /// The first label that, as a number, is not told apart from its neighbours, if there is one.
    pub(crate) fn large_label(&self, column: usize) -> Option<(Place, String)> {
        let large = |number: f64| number.is_finite() && number.abs() >= EXACT;
        let (row, found) = match &self.columns()[column].cells {
            Cells::Numbers(numbers) => {
                let row = numbers.iter().position(|&number| large(number))?;
                (row, in_short(numbers[row]))
            }
            Cells::Text { texts, rows } => {
                let large: Vec<bool> = texts.iter().map(|text| text.parse().is_ok_and(large)).collect();
                let row = rows.iter().position(|&text| text != NONE && large[text as usize])?;
                (row, texts[rows[row] as usize].parse().map_or(String::new(), in_short))
            }
        };
        Some((self.place(row, column), found))
    }

    /// The number of each row's class, by which a split is stratified; 0 for values. Where the label is
    /// missing it is that of one class more.
    pub(crate) fn classes(&self, target: &Target) -> Result<(Vec<usize>, usize), Error> {
        let Target::Label { column, classes: Classes::Known(classes) } = target else {
            return Ok((vec![0; self.rows()], 1));
        };
        let position = self.targets(std::slice::from_ref(column))?[0];
        let labels = self.labels(position, classes)?;
        let none = classes.len();
        Ok((labels.into_iter().map(|label| label.map_or(none, |label| label as usize)).collect(), none + 1))
    }
}

/// What these columns are, given of a single one whether it looks like classes, and the different texts in it with the
/// number of cells that have one.
pub(crate) fn decide(
    file: &str,
    columns: Vec<String>,
    task: Task,
    looks_like_classes: impl FnOnce() -> Result<bool, Error>,
    texts: impl FnOnce() -> Result<(Vec<String>, usize), Error>,
) -> Result<Target, Error> {
    let [column] = columns.as_slice() else {
        return match task {
            Task::Classification => Err(Error::ManyLabels { columns }),
            Task::Auto | Task::Regression => Ok(Target::Values { columns }),
        };
    };
    if task == Task::Regression || (task == Task::Auto && !looks_like_classes()?) {
        return Ok(Target::Values { columns });
    }
    let (classes, cells) = texts()?;
    if task == Task::Auto && classes.len() > FEW.max(cells / 2) {
        let (file, column) = (file.to_owned(), column.clone());
        return Err(Error::RareClasses { file, column, found: classes.len(), cells });
    }
    let classes = in_order(&classes).into_iter().map(|class| classes[class].clone()).collect::<Vec<_>>();
    let (file, column) = (file.to_owned(), column.clone());
    match classes.as_slice() {
        [] => Err(Error::NoValue { file, column }),
        [class] => Err(Error::SingleClass { file, class: class.clone() }),
        _ if classes.len() > MAX_CLASSES => {
            Err(Error::ClassCount { found: classes.len(), limit: MAX_CLASSES })
        }
        _ => Ok(Target::Label { column, classes: Classes::Known(classes) }),
    }
}

/// The different texts of a column.
pub(crate) fn occurring(cells: &Cells) -> Vec<String> {
    let (texts, rows) = cells.as_text();
    let occurring: BTreeSet<u32> = rows.into_iter().filter(|&text| text != NONE).collect();
    occurring.into_iter().map(|text| texts[text as usize].clone()).collect()
}

fn looks_like_classes(cells: &Cells) -> bool {
    let Cells::Numbers(numbers) = cells else { return true };
    let mut whole = WholeNumbers::default();
    whole.add(numbers) && whole.are_repeated()
}

/// The numbers of a column, as long as they may be those of classes.
#[derive(Debug, Default)]
pub(crate) struct WholeNumbers {
    different: BTreeSet<u64>,
    present: u64,
}

impl WholeNumbers {
    /// Takes in more of a column; false if it cannot be one of classes.
    pub(crate) fn add(&mut self, numbers: &[f64]) -> bool {
        numbers.iter().filter(|number| !number.is_nan()).all(|number| {
            self.present += 1;
            self.different.insert((number + 0.0).to_bits());
            number.fract() == 0.0 && self.different.len() <= FEW
        })
    }

    /// How they are written.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.different.iter().map(|&bits| f64::from_bits(bits).to_string()).collect()
    }

    /// Whether each is there twice, in the mean.
    pub(crate) fn are_repeated(&self) -> bool {
        2 * self.different.len() as u64 <= self.present
    }
}
