//! The hand-written steps on ndarray, timed and printed as `examples/throughput.rs` prints its lines, so
//! that `benches/peers/compare.py` can set both side by side. They run on one thread whatever THREADS says.
//!
//! ```text
//! cargo run --release -p glassgrad-benches --bin hand_written -- THREADS [W0 W3 …]
//! ```

use glassgrad_benches::by_hand::{ByHand, Float};
use glassgrad_benches::timing::measure;
use glassgrad_benches::workload::{Workload, inference, workloads};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(threads) = arguments.next().and_then(|text| text.parse::<u32>().ok()) else {
        eprintln!("usage: hand_written THREADS [WORKLOAD …], for example: hand_written 1 W0 W3");
        return ExitCode::from(2);
    };
    let names: Vec<String> = arguments.collect();
    let (training, forward) = (workloads(), inference());
    let all = || training.iter().chain(&forward);
    if let Some(name) = names.iter().find(|name| all().all(|w| w.name != name.as_str())) {
        let known: Vec<_> = all().map(|workload| workload.name).collect();
        eprintln!("workload: found \"{name}\", expected one of {}", known.join(", "));
        return ExitCode::from(2);
    }
    let chosen = |w: &&Workload| names.is_empty() || names.iter().any(|name| name == w.name);
    for workload in all().filter(chosen) {
        let forward = forward.iter().any(|w| w.name == workload.name);
        if workload.name == "W0" {
            print::<f64>(workload, forward, threads);
        } else {
            print::<f32>(workload, forward, threads);
        }
    }
    ExitCode::SUCCESS
}

fn print<T: Float>(workload: &Workload, forward: bool, threads: u32) {
    let mut by_hand = ByHand::<T>::new(workload);
    let times = measure(9, Duration::from_millis(250), || {
        if forward {
            by_hand.forward();
            black_box(by_hand.output());
        } else {
            black_box(by_hand.step());
        }
    });
    println!(
        r#"{{"peer":"ndarray by hand","version":"0.17","workload":"{}","threads":{threads},"us_median":{:.3},"us_min":{:.3}}}"#,
        workload.name, times.median, times.least
    );
}
