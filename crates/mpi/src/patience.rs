//! [`Patience`]: how long a rank waits for another one.
//!
//! A link that is down gives no error: MPI waits for as long as it takes, and the job looks busy. So every
//! wait is a loop of tests with an end. A rank cannot go on without what it waits for, nor can its buffers be
//! taken back from MPI: it says what it waited for, and ends the whole job.

use mpi::Rank;
use mpi::request::{Request, Scope};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use std::thread;
use std::time::{Duration, Instant};

/// The exit code of a job that a rank has ended since another one did not answer: sysexits' `EX_TEMPFAIL`,
/// for to start it again may help.
pub const STALLED: i32 = 75;

/// How long one looks out for an answer without a pause, and how long the pauses are then.
const WATCH: Duration = Duration::from_millis(2);
const NAP: Duration = Duration::from_micros(20);

/// Waits for requests, but not forever.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After how long the job is ended. It must be longer than the slowest rank's step and its evaluation.
    pub timeout: Duration,
}

impl Patience {
    /// Returns when all of `requests` are done.
    ///
    /// If one of them takes longer than the timeout, this ends the job: with a message that has `what` was
    /// being done, and with the code [`STALLED`].
    pub(crate) fn wait<'a, D: ?Sized + 'a, S: Scope<'a>>(
        self,
        world: &SimpleCommunicator,
        requests: impl IntoIterator<Item = Request<'a, D, S>>,
        what: &dyn Fn() -> String,
    ) {
        let begun = Instant::now();
        for mut request in requests {
            let mut tests = 0_u32;
            while let Err(again) = request.test() {
                request = again;
                tests += 1;
                // A look at the clock costs as much as a test, and a rank that shares its CPU must let go.
                if tests % 64 == 0 {
                    let waited = begun.elapsed();
                    if waited > self.timeout {
                        self.give_up(world, &what());
                    }
                    // To yield is not enough for a thread that computes meanwhile: it gets half of the CPU.
                    if waited > WATCH { thread::sleep(NAP) } else { thread::yield_now() }
                }
            }
        }
    }

    fn give_up(self, world: &SimpleCommunicator, what: &str) -> ! {
        eprintln!(
            "error: rank {} on {}: waited {} s {what}, without an answer; the other process has stopped or the \
             link is down, the job ends here and can be resumed from its last checkpoint (or give it more time: \
             --timeout)",
            world.rank(),
            host(),
            self.timeout.as_secs_f64()
        );
        world.abort(STALLED)
    }
}

/// "for rank 3 to answer", for messages.
pub(crate) fn rank_to(rank: Rank, answer: &str) -> String {
    format!("for rank {rank} to {answer}")
}

/// This machine's name.
pub fn host() -> String {
    mpi::environment::processor_name().unwrap_or_else(|_| "an unnamed host".into())
}
