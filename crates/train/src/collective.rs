use std::fmt::Debug;

/// What workers that train one network together must be able to do: know each other's number, and add up or
/// hand out one flat vector.
///
/// There are [`size`](Self::size) workers, a power of two, with ranks from 0. All of them make the same calls
/// in the same order, with vectors of the same length. A worker that is lost is the end of the run, and
/// neither method returns then: an implementation ends the process, or panics.
pub trait Collective<T>: Debug {
    /// Which worker this is, from 0.
    fn rank(&self) -> usize;

    /// How many workers there are.
    fn size(&self) -> usize;

    /// Every worker's `vector` becomes that of rank 0.
    fn broadcast(&mut self, vector: &mut [T]);

    /// Every worker's `vector` becomes the sum of all, element by element.
    ///
    /// Neighbours are added first, then pairs of neighbours: of four, (v₀ + v₁) + (v₂ + v₃). It is this order
    /// that gives the same bits for any number of workers; one that adds in another says so.
    fn sum(&mut self, vector: &mut [T]);
}

/// One worker, which has nobody to add to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl<T> Collective<T> for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn broadcast(&mut self, _: &mut [T]) {}

    fn sum(&mut self, _: &mut [T]) {}
}
