//! The pool under stress: nothing is lost, repeated or left waiting.

use glassgrad_tensor::pool::{for_each_chunk, pays, run, set_threads};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The number of threads is the process's: tests that set it take turns.
static THREADS: Mutex<()> = Mutex::new(());

fn with_threads(n: usize, test: impl FnOnce()) {
    let _turn = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    set_threads(n);
    test();
}

/// Runs a loop and checks that each part was done once.
fn check_all_parts_once(parts: usize) {
    let done: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
    run(parts, |part| {
        done[part].fetch_add(1, Relaxed);
    });
    assert!(done.iter().all(|count| count.load(Relaxed) == 1));
}

#[test]
fn every_part_is_done_once() {
    for threads in [1, 2, 3, 8, 1000] {
        with_threads(threads, || (0..200).for_each(check_all_parts_once));
    }
}

#[test]
fn many_loops_in_a_row() {
    with_threads(3, || {
        let sum = AtomicUsize::new(0);
        for i in 0..50_000 {
            run(2, |part| {
                sum.fetch_add(part + i, Relaxed);
            });
        }
        assert_eq!(sum.into_inner(), 50_000 + 50_000 * 49_999);
    });
}

#[test]
fn sleeping_workers_wake() {
    with_threads(2, || {
        for _ in 0..50 {
            thread::sleep(Duration::from_millis(1));
            check_all_parts_once(16);
        }
    });
}

#[test]
fn a_worker_takes_part() {
    with_threads(2, || {
        // Each part waits until both have begun, so this ends only if two threads run them.
        let begun = AtomicUsize::new(0);
        run(2, |_| {
            begun.fetch_add(1, Relaxed);
            while begun.load(Relaxed) < 2 {
                thread::yield_now();
            }
        });
    });
}

#[test]
fn the_caller_waits_for_the_last_part() {
    with_threads(2, || {
        let (begun, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let caller = thread::current().id();
        run(2, |_| {
            begun.fetch_add(1, Relaxed);
            while begun.load(Relaxed) < 2 {
                thread::yield_now();
            }
            if thread::current().id() != caller {
                thread::sleep(Duration::from_millis(5));
            }
            ended.fetch_add(1, Relaxed);
        });
        assert_eq!(ended.into_inner(), 2);
    });
}

#[test]
fn a_panic_reaches_the_caller_and_the_pool_survives() {
    with_threads(4, || {
        for bad in 0..40 {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                run(40, |part| assert_ne!(part, bad, "bad part"));
            }));
            let payload = outcome.expect_err("the panic was swallowed");
            assert!(payload.downcast_ref::<String>().is_some_and(|message| message.contains("bad part")));
            check_all_parts_once(40);
        }
        let all = catch_unwind(|| run(40, |part| panic!("part {part}")));
        assert!(all.is_err());
        check_all_parts_once(40);
    });
}

#[test]
fn a_loop_inside_a_loop() {
    with_threads(3, || {
        let sum = AtomicUsize::new(0);
        run(10, |_| {
            run(10, |part| {
                sum.fetch_add(part, Relaxed);
            });
        });
        assert_eq!(sum.into_inner(), 450);
    });
}

#[test]
fn callers_on_several_threads() {
    with_threads(3, || {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|i| check_all_parts_once(i % 20)));
            }
        });
    });
}

#[test]
fn chunks_cover_slices_once() {
    for threads in [1, 3] {
        with_threads(threads, || {
            for (length, size) in [(0, 1), (1, 1), (1, 9), (10, 3), (1000, 64), (64, 64), (65, 64)] {
                let mut a: Vec<usize> = vec![0; length];
                let mut b: Vec<usize> = (0..length).collect();
                for_each_chunk([&mut a, &mut b], size, |offset, [a, b]| {
                    assert!(a.len() == b.len() && a.len() <= size && offset % size == 0);
                    for (i, (a, b)) in a.iter_mut().zip(b).enumerate() {
                        *a += offset + i + 1;
                        *b += 1;
                    }
                });
                assert_eq!(a, b);
                assert_eq!(a, (1..=length).collect::<Vec<_>>());
            }
        });
    }
}

#[test]
#[should_panic(expected = "slices of different lengths")]
fn chunks_of_different_slices() {
    for_each_chunk([&mut [0; 3][..], &mut [0; 4]], 2, |_, _| ());
}

#[test]
fn one_thread_never_shares() {
    with_threads(1, || assert!(!pays(usize::MAX)));
    with_threads(2, || assert!(pays(1_000_000) && !pays(1_000)));
}
