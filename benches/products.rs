//! The matrix products of the workloads, each beside ndarray's. Throughput is in floating-point operations,
//! so "Gelem/s" reads as GFLOP/s. Ours uses all CPUs that the process may use, ndarray one.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glassgrad::ndarray::linalg::general_mat_mul;
use glassgrad::ndarray::{ArrayView2, ArrayViewMut2};
use glassgrad::tensor::{Product, Scalar};
use glassgrad_benches::workload::{inference, workloads};
use std::time::Duration;

/// What a dense layer of `inputs` and `outputs` multiplies for a batch of `rows`.
fn products(rows: usize, inputs: usize, outputs: usize) -> [(&'static str, Product); 3] {
    let (a_transposed, b_transposed) = (false, false);
    let plain = |m, k, n| Product { m, k, n, a_transposed, b_transposed, accumulate: false };
    [
        ("x·Wᵀ", Product { b_transposed: true, ..plain(rows, inputs, outputs) }),
        ("ȳᵀ·x", Product { a_transposed: true, ..plain(outputs, rows, inputs) }),
        ("ȳ·W", plain(rows, outputs, inputs)),
    ]
}

fn shapes(criterion: &mut Criterion) {
    let all = [workloads(), inference()].concat();
    let layers = all.iter().flat_map(|workload| workload.widths.windows(2).map(|w| (workload.batch, w)));
    let mut shapes: Vec<_> = layers.map(|(rows, w)| (rows, w[0], w[1])).collect();
    shapes.sort_unstable();
    shapes.dedup();
    for (rows, inputs, outputs) in shapes {
        for (name, product) in products(rows, inputs, outputs) {
            beside_ndarray(criterion, &format!("{name} of {rows}×{inputs}→{outputs}"), &product);
        }
    }
}

fn beside_ndarray(criterion: &mut Criterion, name: &str, product: &Product) {
    let &Product { m, k, n, a_transposed, b_transposed, .. } = product;
    let numbers = |n: usize| (0..n).map(|i| (i % 17) as f32 / 17.0).collect::<Vec<_>>();
    let (a, b, mut c) = (numbers(m * k), numbers(k * n), vec![0.0; m * n]);

    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(2 * (m * k * n) as u64));
    group.bench_function("glassgrad", |bench| bench.iter(|| f32::product(product, &a, &b, &mut c)));

    let stored = |transposed, rows, columns| if transposed { (columns, rows) } else { (rows, columns) };
    let a = ArrayView2::from_shape(stored(a_transposed, m, k), &a).expect("as many numbers as that");
    let b = ArrayView2::from_shape(stored(b_transposed, k, n), &b).expect("as many numbers as that");
    let mut c = ArrayViewMut2::from_shape((m, n), &mut c).expect("as many numbers as that");
    let a = if a_transposed { a.reversed_axes() } else { a };
    let b = if b_transposed { b.reversed_axes() } else { b };
    group.bench_function("ndarray", |bench| bench.iter(|| general_mat_mul(1.0, &a, &b, 0.0, &mut c)));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = shapes
}
criterion_main!(benches);
