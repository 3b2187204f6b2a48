//! An allocator that counts, for tests which assert that nothing is allocated.
//!
//! It counts on the thread that asks, since the test harness and a worker that is starting allocate beside
//! it when they please.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to `System` unchanged, so its guarantees are ours. `realloc` and
// `alloc_zeroed` are the trait's own, which call `alloc`, and so are counted too.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System` by `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations `inner` makes on this thread.
pub(crate) fn allocations(inner: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    inner();
    ALLOCATIONS.get() - before
}
