//! The threads behind [`run`](super::run).
//!
//! A caller writes its loop into [`POOL`], opens a gate, works along, closes the gate and waits for the
//! workers that came in. Workers watch the gate, then sleep.

use std::any::Any;
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long an idle worker watches before it sleeps.
const WATCH: Duration = Duration::from_micros(100);

/// More threads than this are never used.
pub(super) const MOST: usize = 64;

/// One loop, shared by reference with the workers that entered it.
struct Loop {
    task: *const (),
    /// Calls the task behind that pointer.
    call: unsafe fn(*const (), usize),
    parts: usize,
}

/// A worker's bed.
struct Worker {
    thread: OnceLock<Thread>,
    asleep: AtomicBool,
}

pub(super) struct Pool {
    /// Held by the one caller whose loop is shared; whoever else comes runs alone.
    busy: AtomicBool,
    /// [`OPEN`], the number of workers inside, and above them the number of the loop.
    gate: AtomicUsize,
    /// Written while the gate is closed and nobody inside; read inside.
    shared: UnsafeCell<Loop>,
    /// The next part to hand out.
    next: AtomicUsize,
    /// How many workers may enter.
    helpers: AtomicUsize,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    workers: [Worker; MOST - 1],
}

/// Set in the gate while a loop may be entered; the bits below count who is inside.
const OPEN: usize = 1 << 8;
/// The gate's bits that count who is inside.
const INSIDE: usize = OPEN - 1;

// SAFETY: `shared` is the only part that is not already shareable. It is written only by the holder of
// `busy`, while the gate is closed and shows nobody inside, and read only by workers that entered
// through the open gate. Entering (acquire) sees what was written before opening (release); closing and
// counting to 0 (acquire) sees that all reading (release on leaving) is over. Its pointer leads to a
// task that is `Sync` and outlives the loop: see [`Pool::try_run`].
unsafe impl Sync for Pool {}

pub(super) static POOL: Pool = Pool {
    busy: AtomicBool::new(false),
    gate: AtomicUsize::new(0),
    shared: UnsafeCell::new(Loop { task: std::ptr::null(), call: |_, _| (), parts: 0 }),
    next: AtomicUsize::new(0),
    helpers: AtomicUsize::new(0),
    panic: Mutex::new(None),
    workers: [const { Worker { thread: OnceLock::new(), asleep: AtomicBool::new(false) } }; MOST - 1],
};

impl Pool {
    /// Whether the first worker is there and not asleep.
    pub(super) fn is_awake(&self) -> bool {
        let [first, ..] = &self.workers;
        first.thread.get().is_some() && !first.asleep.load(Ordering::Relaxed)
    }

    /// Runs a loop with up to `helpers` workers, unless there are none or another loop is running: then
    /// `None`. The error is what a task panicked with.
    pub(super) fn try_run<F: Fn(usize) + Sync>(
        &'static self,
        helpers: usize,
        parts: usize,
        task: &F,
    ) -> Option<thread::Result<()>> {
        /// # Safety
        /// `task` points to an `F` that lives during the call.
        unsafe fn call<F: Fn(usize)>(task: *const (), part: usize) {
            // SAFETY: by the contract above.
            unsafe { (*task.cast::<F>())(part) }
        }

        if helpers == 0 || self.busy.swap(true, Ordering::Acquire) {
            return None;
        }
        let shared = Loop { task: std::ptr::from_ref(task).cast(), call: call::<F>, parts };
        // SAFETY: `busy` is held, and the last loop was left closed with nobody inside.
        unsafe { *self.shared.get() = shared };
        self.next.store(0, Ordering::Relaxed);
        self.helpers.store(helpers, Ordering::Relaxed);
        // Adding to a closed gate: the loop's number goes up by one, and it is open.
        self.gate.fetch_add(2 * OPEN + OPEN, Ordering::Release);
        self.wake(helpers);
        // Nothing from here to the end of the loop unwinds, so `task` outlives all use of it.
        self.take_parts();
        self.gate.fetch_sub(OPEN, Ordering::Relaxed);
        let mut waited = 0_u32;
        while self.gate.load(Ordering::Acquire) & INSIDE != 0 {
            pause(&mut waited);
        }
        let panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.busy.store(false, Ordering::Release);
        Some(panic.map_or(Ok(()), Err))
    }

    /// Wakes those of the first `helpers` workers that sleep, and starts those that do not exist.
    fn wake(&'static self, helpers: usize) {
        // Either this sees a worker's `asleep`, or that worker, after its own fence, sees the gate open.
        fence(Ordering::SeqCst);
        for (index, worker) in self.workers[..helpers].iter().enumerate() {
            if let Some(thread) = worker.thread.get() {
                if worker.asleep.load(Ordering::Relaxed) && worker.asleep.swap(false, Ordering::Relaxed) {
                    thread.unpark();
                }
            } else {
                let name = format!("glassgrad-{}", index + 1);
                // A thread that cannot be started is one helper fewer.
                if let Ok(handle) = thread::Builder::new().name(name).spawn(move || self.work(index)) {
                    let _ = worker.thread.set(handle.thread().clone());
                }
            }
        }
    }

    /// A worker's life.
    fn work(&self, index: usize) {
        let mut seen = 0;
        loop {
            seen = self.wait_for_loop(index, seen);
            if index < self.helpers.load(Ordering::Relaxed) && self.enter(seen) {
                self.take_parts();
                self.gate.fetch_sub(1, Ordering::Release);
            }
        }
    }

    /// Watches, then sleeps, until an open loop other than `seen` appears. Returns its number.
    fn wait_for_loop(&self, index: usize, seen: usize) -> usize {
        let asleep = &self.workers[index].asleep;
        let news = || {
            let gate = self.gate.load(Ordering::Relaxed);
            let number = gate / (2 * OPEN);
            (gate & OPEN != 0 && number != seen).then_some(number)
        };
        let (mut start, mut waited) = (Instant::now(), 0_u32);
        loop {
            if let Some(number) = news() {
                return number;
            }
            pause(&mut waited);
            if waited % 64 != 0 || start.elapsed() < WATCH {
                continue;
            }
            asleep.store(true, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            while asleep.load(Ordering::Relaxed) && news().is_none() {
                thread::park();
            }
            asleep.store(false, Ordering::Relaxed);
            start = Instant::now();
        }
    }

    /// Counts a worker in, unless loop `number` is closed by now.
    fn enter(&self, number: usize) -> bool {
        let enter = |gate: usize| (gate / OPEN == 2 * number + 1).then_some(gate + 1);
        self.gate.fetch_update(Ordering::Acquire, Ordering::Relaxed, enter).is_ok()
    }

    /// Takes parts until there are no more. Called by whoever opened the gate or entered. Never unwinds.
    fn take_parts(&self) {
        // SAFETY: not written while somebody is inside or the gate is open.
        let &Loop { task, call, parts } = unsafe { &*self.shared.get() };
        loop {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return;
            }
            // SAFETY: the loop's caller waits for everybody inside, so the task lives.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| unsafe { call(task, part) })) {
                self.next.store(parts, Ordering::Relaxed);
                // Of several payloads the last is kept; those before it are leaked rather than dropped,
                // since dropping one could itself panic.
                let mut kept = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::forget(kept.replace(payload));
            }
        }
    }
}

/// A moment's wait; now and then the CPU is offered to others.
fn pause(waited: &mut u32) {
    *waited = waited.wrapping_add(1);
    if *waited % 64 == 0 {
        thread::yield_now();
    } else {
        spin_loop();
    }
}
