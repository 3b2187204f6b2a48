//! Products and shared loops allocate nothing once they have run.

use glassgrad_tensor::{Product, Scalar, pool};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: as asked for.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: it came from `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The only test of this binary: another on a second thread would be counted too.
#[test]
fn nothing_is_allocated_after_the_first_round() {
    let (a, b) = (vec![0.5_f32; 130 * 400], vec![0.25_f32; 400 * 300]);
    let mut c = vec![0.0_f32; 130 * 300];
    let shapes =
        [(1, 1, 1), (1, 400, 300), (32, 4, 16), (64, 64, 64), (130, 1, 300), (130, 400, 1), (130, 400, 300)];
    let round = |c: &mut [f32]| {
        for (m, k, n) in shapes {
            for options in 0..4 {
                let (a_transposed, b_transposed) = (options & 1 != 0, options & 2 != 0);
                let p = Product { m, k, n, a_transposed, b_transposed, accumulate: false };
                f32::product(&p, &a, &b, c);
            }
        }
        pool::for_each_chunk([&mut *c], 1000, |_, [c]| c.fill(1.0));
    };
    // First rounds: the scratch of this thread, then of both for their parts. A product inside a shared
    // loop stays on its thread.
    pool::set_threads(1);
    round(&mut c);
    pool::set_threads(2);
    let both = Barrier::new(2);
    pool::run(2, |_| {
        both.wait();
        round(&mut vec![0.0; 130 * 300]);
    });
    for threads in [1, 2] {
        pool::set_threads(threads);
        // A thread of the test harness may allocate once; what a product allocates it allocates each time.
        let mut rounds = || {
            let before = ALLOCATIONS.load(Relaxed);
            (0..20).for_each(|_| round(&mut c));
            ALLOCATIONS.load(Relaxed) - before
        };
        assert_eq!(rounds().min(rounds()), 0, "on {threads} threads");
    }
}
