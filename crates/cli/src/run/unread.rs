//! [`Unread`]: a file with targets that is looked at a block of rows at a time, and never in memory whole.

use super::data::DataSettings;
use super::sets::Learnt;
use super::tally::Tally;
use crate::failure::Failure;
use crate::measure::measure_parts;
use glassgrad_data::{Dataset, Error, Input};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Metrics, Trainer};
use std::cell::RefCell;
use std::path::PathBuf;

/// A file, and how it is read.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) path: PathBuf,
    /// Its labels, if it is an array of features.
    pub(crate) labels: Option<PathBuf>,
    /// How the file was read that was trained on.
    pub(crate) settings: DataSettings,
}

impl Unread {
    /// What is wrong with the file, as far as its beginning tells.
    pub(crate) fn check<T: Scalar>(&self, learnt: &Learnt) -> Result<(), Failure> {
        let tally = RefCell::default();
        let first = self.parts::<T>(learnt, &tally)?.next();
        match first {
            Some(first) => first.map(drop),
            None => Ok(tally.borrow().check(&self.path.display().to_string())?),
        }
    }

    /// How well a network does on it, and what there is to remark on `what` these rows are called.
    pub(crate) fn measure<T: Scalar>(
        &self,
        trainer: &mut Trainer<T>,
        learnt: &Learnt,
        what: &str,
        remarks: &mut Vec<String>,
    ) -> Result<Metrics, Failure> {
        let tally = RefCell::default();
        let metrics = measure_parts(trainer, learnt.targets.as_ref(), || self.parts(learnt, &tally));
        let tally = tally.into_inner();
        tally.check(&self.path.display().to_string())?;
        remarks.extend(tally.remarks(what));
        metrics
    }

    /// Its blocks as the network takes them, counted from the first.
    pub(crate) fn parts<'a, T: Scalar>(
        &self,
        learnt: &'a Learnt,
        tally: &'a RefCell<Tally>,
    ) -> Result<impl Iterator<Item = Result<Dataset<T>, Failure>> + use<'a, T>, Failure> {
        *tally.borrow_mut() = Tally::default();
        // It is gone through more than once.
        if !self.path.is_file() && self.path.exists() && !self.path.is_dir() {
            return Err(Error::Pipe { file: self.path.display().to_string() }.into());
        }
        let blocks = self.settings.blocks::<T>(&self.path, self.labels.as_deref())?;
        let encoded = |block: Input<T>| {
            learnt.check_units(&block)?;
            let outcome = block.encode_scaled(&learnt.encoding, &learnt.scaling, learnt.targets.as_ref());
            let left = tally.borrow_mut().take(outcome, block.rows(), &learnt.encoding.options)?;
            let Some(outcome) = left else { return Ok(None) };
            learnt.check_values(&block, &outcome.rows)?;
            Ok(Some(outcome.data))
        };
        Ok(blocks.filter_map(move |block| block.and_then(encoded).transpose()))
    }
}
