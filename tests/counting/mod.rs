//! An allocator that counts, for tests which assert that nothing is allocated, or little at a time.
//!
//! It counts on the thread that asks, since the test harness and a worker that is starting allocate beside
//! it when they please.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes held; below 0 once what another thread allocated is freed on this one.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

#[allow(clippy::cast_possible_wrap, reason = "no allocation has more than isize::MAX bytes")]
// SAFETY: every call is passed on to `System` unchanged, so its guarantees are ours. `realloc` and
// `alloc_zeroed` are the trait's own, which call `alloc`, and so are counted too.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        HELD.set(HELD.get() + layout.size() as isize);
        PEAK.set(PEAK.get().max(HELD.get()));
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: the pointer came from `System` by `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations `inner` makes on this thread.
#[allow(dead_code, reason = "not every test asks for both")]
pub(crate) fn allocations(inner: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    inner();
    ALLOCATIONS.get() - before
}

/// The most bytes that `inner` holds at a time on this thread, beyond what was held before.
#[allow(dead_code, reason = "not every test asks for both")]
pub(crate) fn peak(inner: impl FnOnce()) -> usize {
    let before = HELD.get();
    PEAK.set(before);
    inner();
    (PEAK.get() - before) as usize
}
