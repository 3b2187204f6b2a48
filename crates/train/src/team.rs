use crate::{Collective, Error};
use glassgrad_tensor::{Scalar, pool};
use std::ops::Range;

/// Dropout's step number has the batch below this bit, and the shard above.
pub(crate) const SHARD_BIT: u32 = 48;
/// As many as the bits above leave room for.
const MOST_SHARDS: usize = 1 << (64 - SHARD_BIT);

/// Behind ∇θ, in every vector that is added up: the loss, and how many want to stop.
pub(crate) const TAIL: usize = 2;

/// Workers that train one network together, and into how many shards each batch is cut for them.
#[derive(Debug)]
pub struct Team<'a, T> {
    pub(crate) collective: &'a mut dyn Collective<T>,
    pub(crate) shards: usize,
    /// Of a network with at least twice as many parameters, so many numbers of ∇θ are added up at a time, from its
    /// end on, while the ones before them are still computed on a second thread. It changes no bit, and must be the same
    /// for all workers. 0, as it is at first, adds up all of ∇θ at once when it is there.
    pub bucket: usize,
    /// Sums of 1, 2, 4 … shards that wait for their neighbour. Each has room for ∇θ and the tail.
    pub(crate) waiting: Vec<Vec<T>>,
}

impl<'a, T: Scalar> Team<'a, T> {
    /// The number of shards unless there is a reason for another: enough for eight workers.
    pub const SHARDS: usize = 8;

    /// Cuts batches into `shards` shards, of which each worker gets the same number.
    ///
    /// # Errors
    /// [`Error::Shards`] unless `shards` is a power of two up to 65,536; [`Error::Workers`] unless the
    /// number of workers is one, up to `shards`.
    pub fn new(collective: &'a mut dyn Collective<T>, shards: usize) -> Result<Self, Error> {
        if !shards.is_power_of_two() || shards > MOST_SHARDS {
            return Err(Error::Shards { found: shards, most: MOST_SHARDS });
        }
        let workers = collective.size();
        if !workers.is_power_of_two() || workers > shards {
            return Err(Error::Workers { found: workers, shards });
        }
        Ok(Self { collective, shards, bucket: 0, waiting: Vec::new() })
    }

    /// The shards of this worker.
    pub(crate) fn own(&self) -> Range<usize> {
        let each = self.shards / self.collective.size();
        let first = self.collective.rank() * each;
        first..first + each
    }

    /// Which of these rows are shard number `shard`.
    pub(crate) fn rows<'r>(&self, rows: &'r [usize], shard: usize) -> &'r [usize] {
        let end = |shard| shard * rows.len() / self.shards;
        &rows[end(shard)..end(shard + 1)]
    }

    /// Whether to add up in buckets: it takes a second thread, which a small network does not repay.
    pub(crate) fn has_buckets(&self, parameters: usize) -> bool {
        self.collective.size() > 1 && self.bucket > 0 && parameters / 2 >= self.bucket
    }

    /// Takes in the sum over shard `index` of this worker, counted from 0: as far as neighbours are waiting,
    /// it is added to them. `sum` is another vector then.
    pub(crate) fn add(&mut self, index: usize, sum: &mut Vec<T>) {
        let height = index.trailing_ones() as usize;
        for left in &self.waiting[..height] {
            add(left, sum);
        }
        std::mem::swap(&mut self.waiting[height], sum);
    }
}

/// sum ← left + sum
pub(crate) fn add<T: Scalar>(left: &[T], sum: &mut [T]) {
    const CHUNK: usize = 1 << 14;
    let run =
        |left: &[T], sum: &mut [T]| sum.iter_mut().zip(left).for_each(|(sum, &left)| *sum = left + *sum);
    if pool::pays(sum.len() / 2) {
        pool::for_each_chunk([sum], CHUNK, |start, [sum]| run(&left[start..start + sum.len()], sum));
    } else {
        run(left, sum);
    }
}
