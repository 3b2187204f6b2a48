//! One training step of each workload, beside the same step written by hand on ndarray.

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use glassgrad::prelude::*;
use glassgrad_benches::by_hand::{ByHand, Float};
use glassgrad_benches::workload::{Workload, workloads};

fn steps(criterion: &mut Criterion) {
    for workload in workloads() {
        if workload.name == "W0" {
            both::<f64>(criterion, &workload);
        } else {
            both::<f32>(criterion, &workload);
        }
    }
}

fn both<T: Float>(criterion: &mut Criterion, workload: &Workload) {
    let mut group = criterion.benchmark_group(workload.name);
    if workload.flops() > 1_000_000_000 {
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
    }
    let mut trainer: Trainer<T> = workload.trainer();
    group.bench_function("glassgrad", |b| b.iter(|| trainer.step().expect("the loss stays finite")));
    let mut by_hand = ByHand::<T>::new(workload);
    group.bench_function("ndarray by hand", |b| b.iter(|| by_hand.step()));
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
