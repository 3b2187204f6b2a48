//! The sum over ranks in the fixed tree, by recursive halving and doubling: who exchanges what with whom.
//!
//! Stage k pairs ranks that differ in bit k. The two share the stretch of the vector that both are still
//! responsible for: each keeps one half of it, gets the other's numbers for that half, and adds. After all
//! stages a rank has 1/p of the sum, of which every element has been added in the order (0 + 1) + (2 + 3) …;
//! the stages in reverse hand the stretches back. Each rank sends and receives 2·(p − 1)/p vectors, where
//! exchanging whole vectors at each stage would be log₂ p; the order of the sum, and so its bits, are the same.
//!
//! Source: R. Thakur, R. Rabenseifner and W. Gropp, "Optimization of Collective Communication Operations in
//! MPICH", 2005, section 4.5 (there the far ranks come first; here the near ones do, for the tree's sake).

use std::ops::Range;

/// One exchange: with whom, what is kept and what is given away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The rank on the other side, whose stage is this one with `keep` and `give` exchanged.
    pub partner: usize,
    /// Which numbers this rank goes on adding up.
    pub keep: Range<usize>,
    /// Which numbers the partner does.
    pub give: Range<usize>,
}

/// The stages of a rank among `size`, a power of two, for a vector of `len` numbers.
pub fn stages(rank: usize, size: usize, len: usize) -> impl DoubleEndedIterator<Item = Stage> {
    let mut own = 0..len;
    let stages: Vec<_> = (0..size.ilog2())
        .map(|k| {
            let middle = own.start + own.len() / 2;
            let (low, high) = (own.start..middle, middle..own.end);
            let (keep, give) = if rank >> k & 1 == 0 { (low, high) } else { (high, low) };
            own = keep.clone();
            Stage { partner: rank ^ 1 << k, keep, give }
        })
        .collect();
    stages.into_iter()
}

impl Stage {
    /// The two stretches of a vector, which are neighbours: the kept one to read, the other to write to.
    pub fn of<'a, T>(&self, vector: &'a mut [T]) -> (&'a [T], &'a mut [T]) {
        let Self { keep, give, .. } = self;
        let (left, right) = vector.split_at_mut(keep.start.max(give.start));
        if keep.end <= give.start {
            (&left[keep.clone()], &mut right[..give.len()])
        } else {
            (&right[..keep.len()], &mut left[give.clone()])
        }
    }
}
