//! [`Pass`]: the rows of one epoch of a [`Stream`], window after window.
//!
//! The order is a function of (seed, epoch) alone. Blocks are shuffled with [`stream`]`(seed, Purpose::Shuffle, epoch,
//! 0)` and dealt out to as few windows as can hold them, as evenly as can be; the rows of window w are shuffled with
//! step w + 1. A single window has its blocks in the order of the file and its rows shuffled with step 0, which is how
//! [`Batches`](crate::Batches) shuffles them. Without a seed, blocks and rows stay in the order of the file.

use super::{BLOCKS, Part, Stream};
use crate::{Dataset, Error};
use glassgrad_tensor::Scalar;
use glassgrad_tensor::random::{Purpose, shuffle, stream};

/// An epoch, at one of its rows.
#[derive(Debug)]
pub struct Pass<'a, T> {
    stream: &'a Stream<T>,
    seed: Option<u64>,
    epoch: u64,
    /// The blocks in the order of the epoch, as many a window as fit.
    blocks: Vec<usize>,
    windows: usize,
    /// The next window.
    next: usize,
    /// The window at hand; none before the first.
    window: Option<Window<T>>,
    /// How many of its rows have been dealt out, or are to be left out at once.
    done: usize,
    /// Rows not yet dealt out.
    left: usize,
}

/// Rows that are mixed.
#[derive(Debug)]
struct Window<T> {
    data: Dataset<T>,
    /// Where each of its rows is in the file.
    lines: Vec<u64>,
    /// In which they are dealt out.
    order: Vec<usize>,
}

impl<T: Scalar> Stream<T> {
    /// The rows to train on in the order of an epoch, without its first `skip`: what these are needs not be read.
    ///
    /// # Errors
    /// If there are fewer rows than are to be skipped.
    pub fn pass(&self, seed: Option<u64>, epoch: u64, skip: usize) -> Result<Pass<'_, T>, Error> {
        let rows = self.rows();
        if skip > rows {
            return Err(Error::NoSuchRow { row: skip, rows });
        }
        // Of rows that have been added no block tells.
        if self.source.size()? != self.size {
            return Err(Error::FileChanged { file: self.source.file().to_owned() });
        }
        let mut blocks: Vec<usize> = (0..self.blocks.len()).collect();
        let windows = blocks.len().div_ceil(BLOCKS);
        if let (Some(seed), true) = (seed, windows > 1) {
            shuffle(&mut stream(seed, Purpose::Shuffle, epoch, 0), &mut blocks);
        }
        let mut pass = Pass {
            stream: self,
            seed,
            epoch,
            blocks,
            windows,
            next: 0,
            window: None,
            done: skip,
            left: rows - skip,
        };
        while pass.next < windows && pass.done >= pass.rows_of(pass.next) {
            pass.done -= pass.rows_of(pass.next);
            pass.next += 1;
        }
        Ok(pass)
    }
}

impl<T: Scalar> Pass<'_, T> {
    /// Deals out the next `size` rows, or as many as are left, and tells how many they were: `take` is called with
    /// a window, which of its rows they are, and how many of the batch came before.
    ///
    /// # Errors
    /// If the file cannot be read or has changed; and what `take` refuses.
    pub fn batch<E: From<Error>>(
        &mut self,
        size: usize,
        mut take: impl FnMut(&Dataset<T>, &[usize], usize) -> Result<(), E>,
    ) -> Result<usize, E> {
        self.deal(size, |window, rows, at| take(&window.data, rows, at))
    }

    /// Passes over the next `size` rows, or as many as are left, and tells where they are in the file: see
    /// [`Input::line`](crate::Input::line).
    ///
    /// # Errors
    /// If the file cannot be read or has changed.
    pub fn lines(&mut self, size: usize) -> Result<Vec<u64>, Error> {
        let mut lines = Vec::new();
        self.deal(size, |window, rows, _| {
            lines.extend(rows.iter().map(|&row| window.lines[row]));
            Ok::<_, Error>(())
        })?;
        Ok(lines)
    }

    fn deal<E: From<Error>>(
        &mut self,
        size: usize,
        mut take: impl FnMut(&Window<T>, &[usize], usize) -> Result<(), E>,
    ) -> Result<usize, E> {
        let size = size.min(self.left);
        let mut at = 0;
        while at < size {
            let window = match &self.window {
                Some(window) if self.done < window.order.len() => window,
                _ => {
                    self.load()?;
                    continue;
                }
            };
            let rows = &window.order[self.done..window.order.len().min(self.done + size - at)];
            take(window, rows, at)?;
            at += rows.len();
            self.done += rows.len();
        }
        self.left -= size;
        Ok(size)
    }

    /// How many rows are left.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Reads the next window.
    fn load(&mut self) -> Result<(), Error> {
        // At the first, `done` says how many rows to leave out.
        if self.window.take().is_some() {
            self.done = 0;
        }
        let (mut data, mut lines): (Option<Dataset<T>>, _) = (None, Vec::new());
        for &block in self.blocks_of(self.next) {
            if self.stream.blocks[block].rows[Part::Training as usize] > 0 {
                let (block, of_block) = self.stream.block(block, Part::Training)?;
                lines.extend(of_block);
                match &mut data {
                    None => data = Some(block),
                    Some(data) => data.extend(&block),
                }
            }
        }
        let step = if self.windows == 1 { 0 } else { 1 + self.next as u64 };
        self.next += 1;
        if let Some(data) = data {
            let mut order: Vec<usize> = (0..data.rows()).collect();
            if let Some(seed) = self.seed {
                shuffle(&mut stream(seed, Purpose::Shuffle, self.epoch, step), &mut order);
            }
            self.window = Some(Window { data, lines, order });
        }
        Ok(())
    }

    fn blocks_of(&self, window: usize) -> &[usize] {
        let bound = |window: usize| window * self.blocks.len() / self.windows;
        &self.blocks[bound(window)..bound(window + 1)]
    }

    fn rows_of(&self, window: usize) -> usize {
        let rows = |&block: &usize| self.stream.blocks[block].rows[Part::Training as usize];
        self.blocks_of(window).iter().map(rows).sum()
    }
}
