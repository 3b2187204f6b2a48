//! How long a step takes: the protocol that `examples/throughput.rs` and `benches/peers/` follow too.

use std::time::{Duration, Instant};

/// Microseconds a step: the median and the least of the repeats of a loop.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The median.
    pub median: f64,
    /// The least.
    pub least: f64,
}

/// Repeats a loop of at least `loop_time` after a warm-up of twice that.
pub fn measure(repeats: usize, loop_time: Duration, mut step: impl FnMut()) -> Times {
    let mut chunk = 1;
    let mut run = |least: Duration| {
        let (start, mut steps) = (Instant::now(), 0_u32);
        loop {
            // The clock is read about once a millisecond, so that reading it does not count.
            let chunk_start = Instant::now();
            (0..chunk).for_each(|_| step());
            steps += chunk;
            if start.elapsed() >= least {
                return start.elapsed().as_secs_f64() * 1e6 / f64::from(steps);
            }
            if chunk_start.elapsed() < Duration::from_millis(1) {
                chunk *= 2;
            }
        }
    };
    run(2 * loop_time);
    let mut times: Vec<_> = (0..repeats.max(1)).map(|_| run(loop_time)).collect();
    times.sort_by(f64::total_cmp);
    Times { median: times[times.len() / 2], least: times[0] }
}
