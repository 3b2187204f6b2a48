//! [`Learning`]: what the second reading of a file finds, block by block.

use super::moments::Moments;
use super::source::{Source, Span};
use super::{Block, HeldOut, Part};
use crate::{Dataset, Encoding, Error, Outcome, Targets};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;
use std::collections::BTreeMap;

/// What the blocks so far have taught.
pub(super) struct Learning<'a> {
    source: &'a Source,
    held_out: HeldOut,
    encoding: &'a Encoding,
    /// Whether values are to be from 0 to 1.
    probabilities: bool,
    pub(super) features: Moments,
    pub(super) values: Moments,
    pub(super) dropped: usize,
    pub(super) filled: usize,
    pub(super) unseen: BTreeMap<String, usize>,
}

impl<'a> Learning<'a> {
    pub(super) fn new(
        source: &'a Source,
        held_out: HeldOut,
        encoding: &'a Encoding,
        probabilities: bool,
    ) -> Self {
        let (features, values) = (Moments::default(), Moments::default());
        Learning {
            source,
            held_out,
            encoding,
            probabilities,
            features,
            values,
            dropped: 0,
            filled: 0,
            unseen: BTreeMap::new(),
        }
    }

    /// Learns from the numbers of a block as `U`, each of which is to fit a `T`.
    pub(super) fn block<U: Scalar, T: Scalar>(&mut self, number: usize, span: Span) -> Result<Block, Error> {
        let (input, hash) = self.source.read::<U>(&span)?;
        let mut rows = [0; 2];
        for part in [Part::Training, Part::HeldOut] {
            let chosen = self.held_out.rows(part, number, span.rows);
            if chosen.is_empty() {
                continue;
            }
            let selected = input.select(&chosen)?;
            let Outcome { data, rows: left, filled, unseen } = match selected.encode(self.encoding) {
                Err(Error::NothingLeft { .. }) => {
                    self.dropped += chosen.len();
                    continue;
                }
                outcome => outcome?,
            };
            rows[part as usize] = left.len();
            self.dropped += chosen.len() - left.len();
            self.filled += filled;
            for (column, cells) in unseen {
                *self.unseen.entry(column).or_default() += cells;
            }
            if !fits::<U, T>(&data) {
                // To be told where.
                self.source.read::<T>(&span)?.0.select(&chosen)?.encode(self.encoding)?;
            }
            if self.probabilities {
                selected.check_probabilities::<T>(self.encoding, &left)?;
            }
            if part == Part::Training {
                self.features.add(data.features().view());
                if let Targets::Values(numbers) = data.targets() {
                    self.values.add(numbers.view());
                }
            }
        }
        Ok(Block { span, hash, rows })
    }
}

/// Whether a `T` can hold all numbers.
fn fits<U: Scalar, T: Scalar>(data: &Dataset<U>) -> bool {
    let fit = |numbers: ArrayView2<'_, U>| numbers.iter().all(|x| T::from_f64(x.to_f64()).is_finite());
    let values = match data.targets() {
        Targets::Values(values) => fit(values.view()),
        Targets::Labels { .. } => true,
    };
    values && fit(data.features().view())
}
