//! One update of θ by each rule of the workloads, from a thousand parameters to eight million, beside one
//! pass over ndarrays. Throughput is in parameters. Ours uses all CPUs that the process may use.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use glassgrad::ndarray::Array1;
use glassgrad_benches::by_hand::Update;
use glassgrad_benches::workload::Rule;
use std::time::Duration;

fn updates(criterion: &mut Criterion) {
    for rule in [Rule::Sgd, Rule::Momentum, Rule::Adam] {
        for length in [1_000, 100_000, 8_000_000] {
            beside_ndarray(criterion, rule, length);
        }
    }
}

fn beside_ndarray(criterion: &mut Criterion, rule: Rule, length: usize) {
    let mut group = criterion.benchmark_group(format!("{rule:?} of {length}"));
    group.throughput(Throughput::Elements(length as u64)).sampling_mode(SamplingMode::Flat);

    let numbers = || (0..length).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect::<Vec<_>>();
    let (mut theta, mut grad) = (numbers(), numbers());
    let mut descent = rule.recipe().bind(&[("θ", 0..length)]).expect("the rule is sound");
    group.bench_function("glassgrad", |b| {
        b.iter(|| descent.step(&mut theta, &mut grad).expect("the lengths agree"));
    });
    drop(descent);

    let (mut theta, grad) = (Array1::from(theta), Array1::from(grad));
    let (mut m, mut v) = (Array1::zeros(length), Array1::zeros(length));
    let mut t = 0;
    group.bench_function("ndarray", |b| {
        b.iter(|| {
            t += 1;
            Update::new(rule, t).apply(&mut theta, &grad, &mut m, &mut v);
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = updates
}
criterion_main!(benches);
