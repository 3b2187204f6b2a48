//! Adding up ∇θ while it is still computed.
//!
//! Backward finishes ∇θ from its end on. Its numbers are cut into buckets, also from the end on, and as soon as one
//! is complete it is handed to the collective, by every worker in the same order. An element's sum does not depend
//! on where buckets begin, so the bits are those of adding up all at once.
//!
//! It is backward that moves to another thread: MPI then needs no more than to be called by the thread that
//! started it. Only the last shard of a worker has anything to overlap with, since what goes to the others is the sum
//! over all of its shards.

use crate::shards::{Part, backward};
use crate::team::{TAIL, add};
use crate::{Team, Trainer};
use glassgrad_tensor::Scalar;
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

impl<T: Scalar> Trainer<T> {
    /// Computes the gradient of the last shard of this worker, and leaves the sum over the shards of all workers in the
    /// last of the team's vectors.
    pub(crate) fn sum_in_buckets(&mut self, part: Option<Part<T>>, tail: [T; TAIL], team: &mut Team<'_, T>) {
        let Self { tape, theta, grad, memory, .. } = self;
        let Team { collective, bucket, waiting, .. } = team;
        let (total, lefts) = waiting.split_last_mut().expect("there is one for each level of the tree");
        let mut start = total.len();
        let mut buckets = total.rchunks_mut(*bucket).peekable();
        let (send, complete) = mpsc::channel();
        thread::scope(|scope| {
            let work = scope.spawn(move || {
                backward(tape, part, theta, grad, memory, |from, grad| {
                    while let Some(bucket) = buckets.next_if(|bucket| start - bucket.len() >= from) {
                        start -= bucket.len();
                        fill(bucket, start, grad, &tail, lefts);
                        // The other side goes on for as long as there are buckets.
                        let _ = send.send(bucket);
                    }
                });
            });
            for bucket in complete {
                collective.sum(bucket);
            }
            work.join().unwrap_or_else(|panic| resume_unwind(panic));
        });
    }
}

/// A bucket that starts at number `start`: what this shard has there, and the waiting sums added to it.
fn fill<T: Scalar>(bucket: &mut [T], start: usize, grad: &[T], tail: &[T; TAIL], lefts: &[Vec<T>]) {
    let end = start + bucket.len();
    let (of_grad, of_tail) = bucket.split_at_mut(grad.len().clamp(start, end) - start);
    of_grad.copy_from_slice(&grad[start.min(grad.len())..end.min(grad.len())]);
    of_tail.copy_from_slice(&tail[start.saturating_sub(grad.len())..][..of_tail.len()]);
    for left in lefts {
        add(&left[start..end], bucket);
    }
}
