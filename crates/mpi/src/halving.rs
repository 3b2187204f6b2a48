//! The sum over ranks in the fixed tree, by recursive halving and doubling.
//!
//! Stage k pairs ranks that differ in bit k. The two share the stretch of the vector that both are still
//! responsible for: each keeps one half of it, gets the other's numbers for that half, and adds. After all
//! stages a rank has 1/p of the sum, of which every element has been added in the order (0 + 1) + (2 + 3) …;
//! the stages in reverse hand the stretches back. Each rank sends and receives 2·(p − 1)/p vectors, where
//! exchanging whole vectors at each stage would be log₂ p; the order of the sum, and so its bits, are the same.
//!
//! Source: R. Thakur, R. Rabenseifner and W. Gropp, "Optimization of Collective Communication Operations in
//! MPICH", 2005, section 4.5 (there the far ranks come first; here the near ones do, for the tree's sake).

use crate::patience::{Patience, with};
use glassgrad_tensor::Scalar;
use mpi::Rank;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Equivalence, Source};
use std::ops::Range;

/// One exchange: with whom, what is kept and what is given away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) partner: Rank,
    pub(crate) keep: Range<usize>,
    pub(crate) give: Range<usize>,
}

/// The stages of a rank among `size`, for a vector of `len` numbers.
pub(crate) fn stages(rank: Rank, size: Rank, len: usize) -> impl Iterator<Item = Stage> + Clone {
    let mut own = 0..len;
    (0..size.ilog2()).map(move |k| {
        let middle = own.start + own.len() / 2;
        let (low, high) = (own.start..middle, middle..own.end);
        let (keep, give) = if rank >> k & 1 == 0 { (low, high) } else { (high, low) };
        own = keep.clone();
        Stage { partner: rank ^ 1 << k, keep, give }
    })
}

/// `vector` becomes the sum over all ranks; `scratch` is room for what comes in.
pub(crate) fn sum<T: Scalar + Equivalence>(
    world: &SimpleCommunicator,
    patience: Patience,
    vector: &mut [T],
    scratch: &mut Vec<T>,
) {
    let stages: Vec<_> = stages(world.rank(), world.size(), vector.len()).collect();
    for stage in &stages {
        scratch.resize(stage.keep.len(), T::zero());
        exchange(world, patience, stage.partner, &vector[stage.give.clone()], scratch);
        for (own, &theirs) in vector[stage.keep.clone()].iter_mut().zip(&*scratch) {
            *own += theirs;
        }
    }
    for stage in stages.iter().rev() {
        let (keep, give) = both(vector, stage);
        exchange(world, patience, stage.partner, keep, give);
    }
}

/// The two stretches of a stage, which are neighbours.
fn both<'a, T>(vector: &'a mut [T], stage: &Stage) -> (&'a [T], &'a mut [T]) {
    let Stage { keep, give, .. } = stage;
    let (left, right) = vector.split_at_mut(keep.start.max(give.start));
    if keep.start < give.start {
        (&left[keep.clone()], &mut right[..give.len()])
    } else {
        (&right[..keep.len()], &mut left[give.clone()])
    }
}

fn exchange<T: Equivalence>(
    world: &SimpleCommunicator,
    patience: Patience,
    partner: Rank,
    out: &[T],
    into: &mut [T],
) {
    let process = world.process_at_rank(partner);
    mpi::request::scope(|scope| {
        let receive = process.immediate_receive_into(scope, into);
        let send = process.immediate_send(scope, out);
        patience.wait(world, [receive], &|| with(partner, "to send its part of a gradient"));
        patience.wait(world, [send], &|| with(partner, "to take in a part of a gradient"));
    });
}

#[cfg(test)]
mod tests {
    use super::stages;
    use mpi::Rank;

    /// What MPI does with the stages, on vectors of names: each number becomes the order of its sum.
    fn order(size: i32, len: usize) -> Vec<Vec<String>> {
        let mut vectors: Vec<Vec<_>> = (0..size).map(|rank| vec![rank.to_string(); len]).collect();
        let of = |rank: usize| stages(Rank::try_from(rank).unwrap(), size, len).collect::<Vec<_>>();
        for k in 0..of(0).len() {
            let before = vectors.clone();
            for (rank, vector) in vectors.iter_mut().enumerate() {
                let stage = &of(rank)[k];
                let other = &before[stage.partner as usize];
                for i in stage.keep.clone() {
                    let (a, b) = (&before[rank][i], &other[i]);
                    // Addition commutes, so the lower rank is written first.
                    let swap = (stage.partner as usize) < rank;
                    vector[i] = if swap { format!("({b}+{a})") } else { format!("({a}+{b})") };
                }
            }
        }
        for k in (0..of(0).len()).rev() {
            let before = vectors.clone();
            for (rank, vector) in vectors.iter_mut().enumerate() {
                let stage = &of(rank)[k];
                vector[stage.give.clone()]
                    .clone_from_slice(&before[stage.partner as usize][stage.give.clone()]);
            }
        }
        vectors
    }

    #[test]
    fn every_number_of_every_rank_is_the_same_tree() {
        for len in [0, 1, 2, 3, 7, 8, 13, 100] {
            let is = |size, tree: &str| {
                assert!(
                    order(size, len).iter().flatten().all(|sum| sum == tree),
                    "{size} ranks, {len} numbers"
                );
            };
            is(1, "0");
            is(2, "(0+1)");
            is(4, "((0+1)+(2+3))");
            is(8, "(((0+1)+(2+3))+((4+5)+(6+7)))");
        }
    }

    #[test]
    fn what_one_gives_the_other_keeps() {
        for rank in 0..16 {
            for stage in stages(rank, 16, 1000) {
                let theirs = stages(stage.partner, 16, 1000).find(|theirs| theirs.partner == rank);
                assert_eq!(theirs.map(|theirs| (theirs.keep, theirs.give)), Some((stage.give, stage.keep)));
            }
        }
    }
}
