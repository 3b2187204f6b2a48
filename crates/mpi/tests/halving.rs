//! The schedule of exchanges, played without MPI: it adds every number in the one tree that is promised.

use glassgrad_mpi::halving::{Stage, stages};

/// What MPI does with the stages, on vectors of names: each number becomes the order of its sum.
fn order(size: usize, len: usize) -> Vec<Vec<String>> {
    let mut vectors: Vec<Vec<_>> = (0..size).map(|rank| vec![rank.to_string(); len]).collect();
    let of = |rank: usize| stages(rank, size, len).collect::<Vec<_>>();
    for k in 0..of(0).len() {
        let before = vectors.clone();
        for (rank, vector) in vectors.iter_mut().enumerate() {
            let Stage { partner, keep, .. } = of(rank)[k].clone();
            for i in keep {
                // Addition commutes, so the lower rank is written first.
                let (a, b) = (&before[rank.min(partner)][i], &before[rank.max(partner)][i]);
                vector[i] = format!("({a}+{b})");
            }
        }
    }
    for k in (0..of(0).len()).rev() {
        let before = vectors.clone();
        for (rank, vector) in vectors.iter_mut().enumerate() {
            let Stage { partner, give, .. } = of(rank)[k].clone();
            vector[give.clone()].clone_from_slice(&before[partner][give]);
        }
    }
    vectors
}

#[test]
fn every_number_of_every_rank_is_the_same_tree() {
    for len in [0, 1, 2, 3, 7, 8, 13, 100] {
        let is = |size, tree: &str| {
            let all = order(size, len).concat();
            assert!(all.iter().all(|sum| sum == tree), "{size} ranks, {len} numbers: {all:?}");
        };
        is(1, "0");
        is(2, "(0+1)");
        is(4, "((0+1)+(2+3))");
        is(8, "(((0+1)+(2+3))+((4+5)+(6+7)))");
    }
}

#[test]
fn what_one_gives_the_other_keeps() {
    for len in [1000, 3] {
        for rank in 0..16 {
            for stage in stages(rank, 16, len) {
                let theirs = stages(stage.partner, 16, len).find(|theirs| theirs.partner == rank);
                assert_eq!(theirs, Some(Stage { partner: rank, keep: stage.give, give: stage.keep }));
            }
        }
    }
}

#[test]
fn the_two_stretches_are_the_vectors_own() {
    for (rank, len) in (0..8).flat_map(|rank| (0..22).map(move |len| (rank, len))) {
        for stage in stages(rank, 8, len) {
            let mut vector: Vec<_> = (0..len).collect();
            let (keep, give) = stage.of(&mut vector);
            assert!(keep.iter().copied().eq(stage.keep.clone()));
            assert!(give.iter().copied().eq(stage.give.clone()));
        }
    }
}
