//! Gathering the shuffled mini-batches of 60,000 × 784 numbers, kept as `f32` and as bytes, as `Trainer::fit`
//! does, beside ndarray's `select`; and one training step on such a batch, of which gathering should be a small part.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glassgrad::data::Features;
use glassgrad::ndarray::{Array2, Axis};
use glassgrad::prelude::*;
use glassgrad_benches::workload::workloads;
use std::hint::black_box;
use std::time::Duration;

const ROWS: usize = 60_000;
const COLUMNS: usize = 784;

fn gathering(criterion: &mut Criterion) {
    let labels: Vec<u32> = (0..ROWS as u32).map(|row| row % 10).collect();
    let images = Array2::from_shape_fn((ROWS, COLUMNS), |(i, j)| ((i + j) % 256) as u8);
    let images = Features::<f32>::bytes(images, 255.0);
    let data = Dataset::with_labels(images.to_numbers(), labels.clone(), 10).expect("the data are sound");
    let images = Dataset::with_labels(images, labels, 10).expect("the data are sound");
    let stored = data.features();

    for workload in workloads().iter().filter(|workload| workload.widths[0] == COLUMNS) {
        let size = workload.batch;
        let mut group = criterion.benchmark_group(format!("batch of {size} ({})", workload.name));
        group.throughput(Throughput::Bytes((size * COLUMNS * size_of::<f32>()) as u64));

        let order = Batches::shuffled(ROWS, size, 0).expect("there are rows");
        let mut batches = order.iter().filter(|rows| rows.len() == size).cycle();
        let mut next = || batches.next().expect("a cycle does not end");
        let (mut x, mut y) = (Array2::zeros((size, COLUMNS)), Array2::zeros((size, 1)));
        for (kept, data) in [("f32", &data), ("bytes", &images)] {
            group.bench_function(format!("glassgrad, kept as {kept}"), |b| {
                b.iter(|| {
                    let rows = next();
                    data.gather_features(rows, x.view_mut()).expect("the rows are there");
                    data.gather_targets(rows, y.view_mut()).expect("the rows are there");
                });
            });
        }
        group.bench_function("ndarray select", |b| {
            b.iter(|| black_box(stored.select(Axis(0), next())));
        });
        let mut trainer: Trainer<f32> = workload.trainer();
        group.bench_function("training step", |b| b.iter(|| trainer.step().expect("the loss stays finite")));
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = gathering
}
criterion_main!(benches);
