//! What it costs to watch a run: steps that nobody watches, before and after a trace, beside steps with a
//! [`Recorder`] and with a [`Sentinel`].
//!
//! ```text
//! cargo run --release -p glassgrad-benches --bin observers -- [W1 W2 …]
//! ```
//!
//! Microseconds a step and, for the others, the median over 15 rounds of the ratio to the unwatched steps of the same
//! round. In a round each kind has 20 ms, one after the other, so that what slows the machine slows all.

use glassgrad::prelude::*;
use glassgrad_benches::timing::measure;
use glassgrad_benches::workload::{Workload, workloads};
use glassgrad_diagnose::{Recorder, Sentinel};
use glassgrad_glass::Trace;
use std::error::Error;
use std::time::Duration;

const ROUNDS: usize = 15;
const LOOP: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn Error>> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    println!("workload    plain, µs     again  after a trace  recorder  sentinel");
    for workload in workloads() {
        if names.iter().any(|name| name == workload.name) || (names.is_empty() && workload.name < "W4") {
            row(&workload)?;
        }
    }
    Ok(())
}

fn row(workload: &Workload) -> Result<(), Box<dyn Error>> {
    let trainer = || -> Trainer<f32> { workload.trainer() };
    let (mut plain, mut again, mut traced) = (trainer(), trainer(), trainer());
    Trace::record(&mut traced, 1)?;
    let (mut recorded, mut guarded) = (trainer(), trainer());
    let mut recorder = Recorder::new(&recorded);
    let mut sentinel = Sentinel::new(&guarded);
    let (mut times, mut ratios) = (Vec::new(), [const { Vec::new() }; 4]);
    for _ in 0..ROUNDS {
        let time = |step: &mut dyn FnMut()| measure(1, LOOP, step).median;
        let made = "the loss stays finite";
        let alone = |trainer: &mut Trainer<f32>| {
            time(&mut || {
                trainer.step().expect(made);
            })
        };
        let base = alone(&mut plain);
        times.push(base);
        let others = [
            alone(&mut again),
            alone(&mut traced),
            time(&mut || {
                let step = recorded.step().expect(made);
                recorder.record(&recorded, &step);
            }),
            time(&mut || {
                let step = guarded.step().expect(made);
                assert!(sentinel.step(&guarded, &step).is_continue(), "{made}");
            }),
        ];
        ratios.iter_mut().zip(others).for_each(|(ratios, time)| ratios.push(time / base));
    }
    let [again, traced, recorded, guarded] = ratios.map(median);
    println!(
        "{:<8} {:>12.3} {again:>9.3} {traced:>14.3} {recorded:>9.3} {guarded:>9.3}",
        workload.name,
        median(times)
    );
    Ok(())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
