//! [`Labels`]: the texts of a label column become the numbers of classes.

use crate::Error;
use crate::csv::Classes;
use crate::dataset::{MAX_CLASSES, different};
use crate::table::Table;
use std::collections::HashMap;
use std::io::Read;

/// The labels read so far.
#[derive(Debug)]
pub(crate) struct Labels<'a> {
    which: &'a Classes,
    /// One a row, as numbers of `names`.
    rows: Vec<u32>,
    /// The names of the classes, in the order in which they came; those of integers are not kept.
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl<'a> Labels<'a> {
    pub(crate) fn new(which: &'a Classes) -> Result<Self, Error> {
        let mut labels = Labels { which, rows: Vec::new(), names: Vec::new(), numbers: HashMap::new() };
        if let Classes::Known(names) = which {
            if !(2..=MAX_CLASSES).contains(&names.len()) {
                return Err(Error::ClassCount { found: names.len(), limit: MAX_CLASSES });
            }
            different("class", names, names.len())?;
            for name in names {
                labels.add(name);
            }
        }
        Ok(labels)
    }

    /// Takes the label in this column of the row.
    pub(crate) fn push<R: Read>(&mut self, table: &Table<R>, column: usize) -> Result<(), Error> {
        let text = table.cell(column)?;
        let (at, found) = (|| table.place(column), || text.to_owned());
        let label = match self.which {
            Classes::Integers => {
                text.parse().map_err(|_| Error::NotAnInteger { at: at(), found: found() })?
            }
            Classes::Distinct => self.numbers.get(text).copied().unwrap_or_else(|| self.add(text)),
            Classes::Known(known) => self.numbers.get(text).copied().ok_or_else(|| Error::UnknownLabel {
                at: at(),
                found: found(),
                known: known.clone(),
            })?,
        };
        self.rows.push(label);
        Ok(())
    }

    fn add(&mut self, name: &str) -> u32 {
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The labels and the names of the classes, in their final order.
    pub(crate) fn finish(mut self, file: &str) -> Result<(Vec<u32>, Vec<String>), Error> {
        match self.which {
            Classes::Known(_) => return Ok((self.rows, self.names)),
            Classes::Distinct => self.sort(),
            Classes::Integers => {
                let mut seen = self.rows.clone();
                seen.sort_unstable();
                seen.dedup();
                let highest = seen.last().copied().unwrap_or(0);
                if let Some(missing) = (0..highest).zip(&seen).find_map(|(k, &s)| (k != s).then_some(k)) {
                    return Err(Error::MissingClass { file: file.to_owned(), missing, highest });
                }
                self.names = (0..=highest).map(|class| class.to_string()).collect();
            }
        }
        if let [class] = self.names.as_slice() {
            return Err(Error::SingleClass { file: file.to_owned(), class: class.clone() });
        }
        Ok((self.rows, self.names))
    }

    /// Renumbers the classes: see [`in_order`].
    fn sort(&mut self) {
        let order = in_order(&self.names);
        let mut place = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&class, number)| place[class] = number);
        self.rows.iter_mut().for_each(|label| *label = place[*label as usize]);
        self.names = order.into_iter().map(|class| std::mem::take(&mut self.names[class])).collect();
    }
}

/// The order of classes: by value if all names are numbers, else by text.
pub(crate) fn in_order(names: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| names[a].cmp(&names[b]));
    let values: Option<Vec<f64>> = names.iter().map(|name| finite(name)).collect();
    if let Some(values) = values {
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    }
    order
}

/// The text as a finite number, if it is one.
fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}
