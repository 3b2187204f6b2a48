//! The larger workloads on one thread and on two. More threads must never be slower.

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use glassgrad::prelude::*;
use glassgrad::tensor::pool::set_threads;
use glassgrad_benches::workload::workloads;

fn scaling(criterion: &mut Criterion) {
    for workload in workloads().iter().filter(|workload| ["W3", "W4", "W5"].contains(&workload.name)) {
        let mut group = criterion.benchmark_group(workload.name);
        group.sample_size(20).sampling_mode(SamplingMode::Flat);
        let mut trainer: Trainer<f32> = workload.trainer();
        for threads in [1, 2] {
            set_threads(threads);
            group.bench_function(format!("{threads} threads"), |b| {
                b.iter(|| trainer.step().expect("the loss stays finite"));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, scaling);
criterion_main!(benches);
