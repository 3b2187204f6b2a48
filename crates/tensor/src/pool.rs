//! Worker threads that share the parts of one loop, for work of some ten microseconds and more.
//!
//! [`run`] hands out the parts of a loop, [`for_each_chunk`] the chunks of slices. The caller works
//! too. After a loop the workers watch for the next one for 100 µs before they sleep, so that a loop
//! following another starts within a fraction of a microsecond; work stealing, with its queues and
//! wake-ups, costs tens. A worker that wakes too late finds the loop closed and nobody waits for it.
//!
//! How the parts are cut must not depend on [`threads`] wherever that could change a result.

mod workers;

use std::array;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use workers::{MOST, POOL};

/// The number of threads wanted; 0 until it is first asked for.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// How many threads a loop may use, the caller's included: what [`set_threads`] said, otherwise the
/// number of CPUs available to the process.
pub fn threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            set_threads(thread::available_parallelism().map_or(1, usize::from));
            THREADS.load(Ordering::Relaxed)
        }
        n => n,
    }
}

/// Sets how many threads loops of this process may use, at least 1 and at most 64. With 1 everything
/// runs on the caller's thread.
pub fn set_threads(n: usize) {
    THREADS.store(n.clamp(1, MOST), Ordering::Relaxed);
}

/// Whether a loop that takes one thread about so many nanoseconds is worth sharing: the one place where
/// that is decided, for all kinds of work.
///
/// While workers watch, two threads beat one from some 5 µs on (products of 64 × 64 × 64); asked for is
/// twice that. A worker that sleeps costs its caller some 10 µs to wake and comes late, so then a loop
/// must take 60 µs. It keeps the workers awake for the smaller ones after it, and where there is no such
/// loop one thread does everything. With one thread the answer is no.
pub fn pays(nanoseconds: usize) -> bool {
    // The size first: most loops are small, and then nobody need ask how many CPUs there are.
    nanoseconds >= 10_000 && threads() > 1 && (nanoseconds >= 60_000 || POOL.is_awake())
}

/// Calls `task(part)` once for each part in `0..parts`, in any order, on up to [`threads`] threads, and
/// returns when all calls have.
///
/// Inside a task, and while another thread's loop is running, the parts run on the caller's thread.
/// Nothing is allocated once the workers exist.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// let sum = AtomicUsize::new(0);
/// glassgrad_tensor::pool::run(10, |part| {
///     sum.fetch_add(part, Ordering::Relaxed);
/// });
/// assert_eq!(sum.into_inner(), 45);
/// ```
///
/// # Panics
/// If a task panics, with its payload; parts that have not begun by then may be left out.
pub fn run<F: Fn(usize) + Sync>(parts: usize, task: F) {
    let helpers = threads().min(parts).saturating_sub(1);
    match POOL.try_run(helpers, parts, &task) {
        None => (0..parts).for_each(task),
        Some(Ok(())) => (),
        Some(Err(payload)) => resume_unwind(payload),
    }
}

/// Cuts slices of the same length into chunks of `size` (the last may be shorter) and calls
/// `task(offset, chunks)` with the chunks that start at `offset`, on up to [`threads`] threads.
///
/// ```
/// let (mut theta, mut velocity) = (vec![1.0; 1000], vec![0.5; 1000]);
/// glassgrad_tensor::pool::for_each_chunk([&mut theta, &mut velocity], 256, |_, [theta, velocity]| {
///     for (theta, v) in theta.iter_mut().zip(velocity) {
///         *v *= 0.5;
///         *theta -= *v;
///     }
/// });
/// assert!(theta.iter().all(|&theta| theta == 0.75));
/// ```
///
/// # Panics
/// If `size` is 0, if the lengths differ, or as [`run`].
pub fn for_each_chunk<T: Send, const S: usize>(
    slices: [&mut [T]; S],
    size: usize,
    task: impl Fn(usize, [&mut [T]; S]) + Sync,
) {
    /// A pointer to numbers that threads touch in disjoint chunks.
    struct Start<T>(*mut T);
    // SAFETY: no two threads get the same chunk, and what is in one may move between threads.
    unsafe impl<T: Send> Sync for Start<T> {}

    assert!(size > 0, "chunks of 0 elements");
    let length = slices.first().map_or(0, |slice| slice.len());
    assert!(slices.iter().all(|slice| slice.len() == length), "slices of different lengths in one loop");
    let starts = slices.map(|slice| Start(slice.as_mut_ptr()));
    run(length.div_ceil(size), |part| {
        let offset = part * size;
        let count = size.min(length - offset);
        let chunk = |s: usize| {
            let Start(start) = starts[s];
            // SAFETY: within the slice, which is borrowed exclusively for longer than the loop runs;
            // `run` gives each part, so each chunk, to one call.
            unsafe { std::slice::from_raw_parts_mut(start.add(offset), count) }
        };
        task(offset, array::from_fn(chunk));
    });
}
