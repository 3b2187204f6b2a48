//! [`Batches`]: which rows make up batch b of epoch e.
//!
//! The order of an epoch is a function of (seed, epoch) alone: the rows 0..n, shuffled by [`shuffle`]
//! with [`stream`]`(seed, Purpose::Shuffle, epoch, 0)`. So a run that stops in the middle of an epoch
//! goes on from (epoch, step), and nothing of the shuffle is saved.

use crate::Error;
use glassgrad_tensor::random::{Purpose, shuffle, stream};
use std::slice::Chunks;

/// The rows of a table in batches of `size`, the last one of an epoch being as short as it must;
/// every row once an epoch. One buffer of indices serves all epochs.
///
/// ```
/// use glassgrad_data::Batches;
///
/// let mut batches = Batches::shuffled(5, 2, 0)?;
/// assert_eq!(batches.per_epoch(), 3);
/// batches.start(7);
/// let third = batches.iter().nth(2).unwrap().to_vec();
/// assert_eq!(third.len(), 1);
/// // Another run, resumed at batch 2 of epoch 7:
/// assert_eq!(Batches::shuffled(5, 2, 0)?.batch(7, 2), Some(&third[..]));
/// # Ok::<(), glassgrad_data::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    size: usize,
    /// None: rows come in their own order.
    seed: Option<u64>,
    /// The epoch that `order` is of.
    epoch: u64,
    order: Vec<usize>,
}

impl Batches {
    /// Batches of `rows` rows, in another order each epoch. It begins at epoch 0.
    ///
    /// # Errors
    /// If `rows` or `size` is 0.
    pub fn shuffled(rows: usize, size: usize, seed: u64) -> Result<Self, Error> {
        let mut batches = Self::sequential(rows, size)?;
        batches.seed = Some(seed);
        batches.fill(0);
        Ok(batches)
    }

    /// Batches of `rows` rows, from the first to the last in every epoch: for evaluation.
    ///
    /// # Errors
    /// If `rows` or `size` is 0.
    pub fn sequential(rows: usize, size: usize) -> Result<Self, Error> {
        if rows == 0 {
            return Err(Error::Empty { what: "rows" });
        }
        if size == 0 {
            return Err(Error::BatchSize);
        }
        Ok(Batches { size, seed: None, epoch: 0, order: (0..rows).collect() })
    }

    /// Goes to an epoch, forward or back. Allocates nothing.
    pub fn start(&mut self, epoch: u64) {
        if self.epoch != epoch {
            self.fill(epoch);
        }
    }

    fn fill(&mut self, epoch: u64) {
        self.epoch = epoch;
        if let Some(seed) = self.seed {
            self.order.iter_mut().enumerate().for_each(|(i, row)| *row = i);
            shuffle(&mut stream(seed, Purpose::Shuffle, epoch, 0), &mut self.order);
        }
    }

    /// The batches of the epoch at hand, from the first on.
    pub fn iter(&self) -> Chunks<'_, usize> {
        self.order.chunks(self.size)
    }

    /// The rows of batch `batch` of `epoch`, both from 0; none from [`per_epoch`](Self::per_epoch) on.
    ///
    /// Goes to that epoch, which takes time only if it is not the epoch at hand.
    pub fn batch(&mut self, epoch: u64, batch: usize) -> Option<&[usize]> {
        self.start(epoch);
        self.iter().nth(batch)
    }

    /// The epoch at hand.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The rows of an epoch.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    /// The most rows of a batch: no more than there are.
    pub fn size(&self) -> usize {
        self.size.min(self.order.len())
    }

    /// Batches an epoch, the short one included: ⌈rows / size⌉.
    pub fn per_epoch(&self) -> usize {
        self.order.len().div_ceil(self.size)
    }
}

impl<'a> IntoIterator for &'a Batches {
    type Item = &'a [usize];
    type IntoIter = Chunks<'a, usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
