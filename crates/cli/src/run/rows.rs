//! [`Rows`]: a part of the data of a run, wherever its rows are.

use super::Learnt;
use super::sets::{Sets, Test};
use super::unread::Unread;
use crate::failure::Failure;
use crate::measure::{measure, measure_stream};
use glassgrad_data::{Dataset, Part, Stream};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Metrics, Trainer};
use std::cell::RefCell;

/// Rows that can be gone through as often as one likes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a, T> {
    /// In memory.
    Held(&'a Dataset<T>),
    /// A part of the file that is streamed.
    Streamed(&'a Stream<T>, Part),
    /// A file of their own.
    Unread(&'a Unread),
}

impl<T: Scalar> Sets<T> {
    /// The rows to train on.
    pub(crate) fn training_rows(&self) -> Rows<'_, T> {
        match &self.stream {
            Some(stream) => Rows::Streamed(stream, Part::Training),
            None => Rows::Held(&self.training),
        }
    }

    /// The rows held out, if there are any.
    pub(crate) fn held_out_rows(&self) -> Option<Rows<'_, T>> {
        let data = self.validation.as_ref()?;
        Some(self.stream.as_ref().map_or(Rows::Held(data), |stream| Rows::Streamed(stream, Part::HeldOut)))
    }

    /// The rows of the test file, if there is one.
    pub(crate) fn test_rows(&self) -> Option<Rows<'_, T>> {
        Some(match self.test.as_ref()? {
            Test::Held(data) => Rows::Held(data),
            Test::Unread(file) => Rows::Unread(file),
        })
    }
}

impl<T: Scalar> Rows<'_, T> {
    /// Looks at them in order, in as many parts as it takes.
    pub(crate) fn each(
        self,
        learnt: &Learnt,
        mut look: impl FnMut(&Dataset<T>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Rows::Held(data) => look(data),
            Rows::Streamed(stream, part) => stream.blocks(part).try_for_each(|block| look(&block?)),
            Rows::Unread(file) => file.parts(learnt, &RefCell::default())?.try_for_each(|part| look(&part?)),
        }
    }

    /// How well a network does on them; what only now turns out about them is remarked on.
    pub(crate) fn measure(
        self,
        trainer: &mut Trainer<T>,
        learnt: &Learnt,
        remarks: &mut Vec<String>,
    ) -> Result<Metrics, Failure> {
        let scale = learnt.targets.as_ref();
        Ok(match self {
            Rows::Held(data) => measure(trainer, data, scale)?,
            Rows::Streamed(stream, part) => measure_stream(trainer, stream, part, scale)?,
            Rows::Unread(file) => file.measure(trainer, learnt, "the test rows", remarks)?,
        })
    }
}
