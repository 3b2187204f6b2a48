//! One training step (W0 to W6) or forward run (W7a, W7b) of each workload, beside the same written by
//! hand on ndarray. Ours uses all CPUs that the process may use, by hand one.

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use glassgrad::ndarray::Array2;
use glassgrad::prelude::*;
use glassgrad_benches::by_hand::{ByHand, Float};
use glassgrad_benches::workload::{Workload, inference, workloads};
use std::hint::black_box;

fn steps(criterion: &mut Criterion) {
    for workload in workloads() {
        if workload.name == "W0" {
            step::<f64>(criterion, &workload);
        } else {
            step::<f32>(criterion, &workload);
        }
    }
}

fn step<T: Float>(criterion: &mut Criterion, workload: &Workload) {
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

fn forward(criterion: &mut Criterion) {
    for workload in inference() {
        let mut group = criterion.benchmark_group(workload.name);
        let mut trainer: Trainer<f32> = workload.trainer();
        let (x, _): (Array2<f32>, _) = workload.data();
        group.bench_function("glassgrad", |b| {
            b.iter(|| black_box(trainer.predict(x.view()).expect("the batch fits"))[[0, 0]]);
        });
        let mut by_hand = ByHand::<f32>::new(&workload);
        group.bench_function("ndarray by hand", |b| {
            b.iter(|| {
                by_hand.forward();
                black_box(by_hand.output())[[0, 0]]
            });
        });
        group.finish();
    }
}

criterion_group!(benches, steps, forward);
criterion_main!(benches);
