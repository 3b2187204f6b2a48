//! [`Ranks`]: the processes of an MPI job as the workers of a team.

use crate::halving::stages;
use crate::patience::{Patience, rank_to};
use glassgrad_tensor::Scalar;
use glassgrad_train::Collective;
use mpi::Rank;
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Equivalence, Root, Source};
use std::fmt;

/// In which order gradients are added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In the fixed tree: the same bits for any number of ranks, on any MPI library.
    #[default]
    Tree,
    /// As `MPI_Allreduce` does. That may change with the number of ranks, the length of the vector, the network
    /// and the library's version: a run is then repeated to the bit only on the same number of ranks of the
    /// same installation, and nobody promises even that.
    Library,
}

/// All processes of a job.
pub struct Ranks<T> {
    world: SimpleCommunicator,
    patience: Patience,
    order: Order,
    /// Room for what comes in.
    scratch: Vec<T>,
}

impl<T: Scalar + Equivalence> Ranks<T> {
    /// The processes of `world`.
    pub fn new(world: SimpleCommunicator, patience: Patience, order: Order) -> Self {
        Self { world, patience, order, scratch: Vec::new() }
    }

    fn sum_in_the_tree(&mut self, vector: &mut [T]) {
        let Self { world, patience, scratch, .. } = self;
        let stages = || stages(world.rank() as usize, world.size() as usize, vector.len());
        let (down, up) = (stages(), stages().rev());
        for stage in down {
            scratch.resize(stage.keep.len(), T::zero());
            exchange(world, *patience, stage.partner, &vector[stage.give], scratch);
            for (own, &theirs) in vector[stage.keep].iter_mut().zip(&*scratch) {
                *own += theirs;
            }
        }
        for stage in up {
            let (keep, give) = stage.of(vector);
            exchange(world, *patience, stage.partner, keep, give);
        }
    }

    fn sum_by_the_library(&mut self, vector: &mut [T]) {
        let Self { world, patience, scratch, .. } = self;
        scratch.clear();
        scratch.extend_from_slice(vector);
        mpi::request::scope(|scope| {
            let op = SystemOperation::sum();
            let request = world.immediate_all_reduce_into(scope, &scratch[..], vector, op);
            patience.wait(world, [request], &|| "for all ranks to add up a gradient".into());
        });
    }
}

impl<T> fmt::Debug for Ranks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { world, patience, order, .. } = self;
        write!(f, "rank {} of {}, {order:?}, {patience:?}", world.rank(), world.size())
    }
}

impl<T: Scalar + Equivalence> Collective<T> for Ranks<T> {
    fn rank(&self) -> usize {
        self.world.rank() as usize
    }

    fn size(&self) -> usize {
        self.world.size() as usize
    }

    fn broadcast(&mut self, vector: &mut [T]) {
        let root = self.world.process_at_rank(0);
        mpi::request::scope(|scope| {
            let request = root.immediate_broadcast_into(scope, vector);
            self.patience.wait(&self.world, [request], &|| rank_to(0, "hand out a vector"));
        });
    }

    fn sum(&mut self, vector: &mut [T]) {
        match self.order {
            Order::Tree => self.sum_in_the_tree(vector),
            Order::Library => self.sum_by_the_library(vector),
        }
    }
}

/// Sends one vector to a rank and gets one from it.
fn exchange<T: Equivalence>(
    world: &SimpleCommunicator,
    patience: Patience,
    partner: usize,
    out: &[T],
    into: &mut [T],
) {
    let rank = Rank::try_from(partner).expect("partners are ranks of this world");
    let process = world.process_at_rank(rank);
    mpi::request::scope(|scope| {
        let receive = process.immediate_receive_into(scope, into);
        let send = process.immediate_send(scope, out);
        patience.wait(world, [receive], &|| rank_to(rank, "send its part of a gradient"));
        patience.wait(world, [send], &|| rank_to(rank, "take in a part of a gradient"));
    });
}
