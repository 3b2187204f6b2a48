//! [`Task`]: classification or regression, told apart by the target.

use crate::Error;
use crate::csv::{Classes, Target};
use crate::dataset::MAX_CLASSES;
use crate::frame::{Cells, Frame, NONE};
use crate::labels::in_order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most whole numbers that are taken for the numbers of classes.
const FEW: usize = 20;

/// What is to be learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Classification if there is one target column, and it holds text (`true` and `false` too), or else
    /// whole numbers only, at most 20 different ones, each of them twice in the mean; else regression.
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
    /// are not at least two classes.
    pub fn target(&self, columns: &[String], task: Task) -> Result<Target, Error> {
        let positions = self.targets(columns)?;
        let names = || positions.iter().map(|&column| self.columns()[column].name.clone()).collect();
        let [column] = positions[..] else {
            return match task {
                Task::Classification => Err(Error::ManyLabels { columns: columns.to_vec() }),
                Task::Auto | Task::Regression => Ok(Target::Values { columns: names() }),
            };
        };
        let cells = &self.columns()[column].cells;
        if task == Task::Regression || (task == Task::Auto && !looks_like_classes(cells)) {
            return Ok(Target::Values { columns: names() });
        }
        let (texts, rows) = cells.as_text();
        let occurring: BTreeSet<u32> = rows.into_iter().filter(|&text| text != NONE).collect();
        let classes: Vec<String> = occurring.into_iter().map(|text| texts[text as usize].clone()).collect();
        let classes = in_order(&classes).into_iter().map(|class| classes[class].clone()).collect::<Vec<_>>();
        match classes.as_slice() {
            [] => {
                Err(Error::NoValue { file: self.file.clone(), column: self.columns()[column].name.clone() })
            }
            [class] => Err(Error::SingleClass { file: self.file.clone(), class: class.clone() }),
            _ if classes.len() > MAX_CLASSES => {
                Err(Error::ClassCount { found: classes.len(), limit: MAX_CLASSES })
            }
            _ => Ok(Target::Label {
                column: self.columns()[column].name.clone(),
                classes: Classes::Known(classes),
            }),
        }
    }

    /// Where the columns of a target are.
    fn targets(&self, columns: &[String]) -> Result<Vec<usize>, Error> {
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

fn looks_like_classes(cells: &Cells) -> bool {
    let Cells::Numbers(numbers) = cells else { return true };
    let mut different = BTreeSet::new();
    let mut present = 0;
    for &number in numbers.iter().filter(|number| !number.is_nan()) {
        present += 1;
        if number.fract() != 0.0 || (different.insert((number + 0.0).to_bits()) && different.len() > FEW) {
            return false;
        }
    }
    2 * different.len() <= present
}
