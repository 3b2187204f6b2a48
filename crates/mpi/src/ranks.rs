//! [`Ranks`]: the processes of an MPI job as the workers of a team.

use crate::halving;
use crate::patience::{Patience, with};
use glassgrad_tensor::Scalar;
use glassgrad_train::Collective;
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Equivalence, Root};
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
    scratch: Vec<T>,
}

impl<T: Scalar + Equivalence> Ranks<T> {
    /// The processes of `world`.
    pub fn new(world: SimpleCommunicator, patience: Patience, order: Order) -> Self {
        Self { world, patience, order, scratch: Vec::new() }
    }
}

impl<T> fmt::Debug for Ranks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rank {} of {}, {:?}, {:?}",
            self.world.rank(),
            self.world.size(),
            self.order,
            self.patience
        )
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
            self.patience.wait(&self.world, [request], &|| with(0, "to hand out a vector"));
        });
    }

    fn sum(&mut self, vector: &mut [T]) {
        let Self { world, patience, order, scratch } = self;
        if *order == Order::Tree {
            return halving::sum(world, *patience, vector, scratch);
        }
        scratch.clear();
        scratch.extend_from_slice(vector);
        mpi::request::scope(|scope| {
            let op = SystemOperation::sum();
            let request = world.immediate_all_reduce_into(scope, &scratch[..], vector, op);
            patience.wait(world, [request], &|| "for all ranks to add up a gradient".into());
        });
    }
}
