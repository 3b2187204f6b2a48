//! What this machine could do at best, for `RESULTS.md`: fused multiply–adds of `f32` in registers, and bytes
//! read and written by an update that streams from memory.
//!
//! ```text
//! cargo run --release -p glassgrad-benches --bin floor
//! ```
//!
//! Prints GFLOP/s and GB/s on one thread and on two, each the best of nine. On a CPU without FMA the first is
//! meaningless: there a fused multiply–add is a library call.

use glassgrad::tensor::{pool, vectorized};
use std::hint::black_box;
use std::time::Instant;

/// Registers' worth of sums: enough to hide the latency of a multiply–add on two units.
const SUMS: usize = 12;
/// `f32` in a register of AVX2.
const LANES: usize = 8;
const ROUNDS: usize = 2_000_000;
/// Numbers in each of two vectors: 64 MiB together, more than the last cache.
const STREAM: usize = 1 << 23;

fn multiply_add() -> f32 {
    let (x, y) = (black_box(0.999_f32), black_box(0.001_f32));
    vectorized(
        #[inline(always)]
        || {
            let mut sums = [[0.5_f32; LANES]; SUMS];
            for _ in 0..ROUNDS {
                for sum in &mut sums {
                    for lane in sum {
                        *lane = lane.mul_add(x, y);
                    }
                }
            }
            sums.iter().flatten().sum()
        },
    )
}

/// The best of nine, in nanoseconds.
fn best(mut run: impl FnMut()) -> f64 {
    (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e9
        })
        .fold(f64::INFINITY, f64::min)
}

fn main() {
    for threads in [1, 2] {
        pool::set_threads(threads);
        let time = best(|| {
            pool::run(threads, |_| {
                black_box(multiply_add());
            });
        });
        let flops = (2 * threads * ROUNDS * SUMS * LANES) as f64 / time;
        let (mut theta, mut grad) = (vec![1.0_f32; STREAM], vec![1e-3_f32; STREAM]);
        let time = best(|| {
            pool::for_each_chunk([&mut theta, &mut grad], 1 << 14, |_, [theta, grad]| {
                for (theta, g) in theta.iter_mut().zip(grad) {
                    *theta -= 0.5 * *g;
                }
            });
        });
        // θ is read and written, ∇θ is read.
        let bytes = (3 * STREAM * size_of::<f32>()) as f64 / time;
        println!("{threads} threads: {flops:.0} GFLOP/s of fused multiply–adds, {bytes:.1} GB/s");
    }
}
