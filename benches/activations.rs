//! Every elementwise function of the library as a network runs it, on a tape: forward, and backward from a
//! cotangent of ones; where the standard library has the means, its plain loop beside. A batch of 32 × 64,
//! so all is in the nearest caches. Throughput is in elements; divide 1 by it for the time an element takes.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glassgrad::ndarray::Array2;
use glassgrad::prelude::*;
use glassgrad_benches::by_hand::Float;
use std::time::Duration;

const SHAPE: (usize, usize) = (32, 64);

fn functions<T: Float>(criterion: &mut Criterion, number: &str) {
    // From 0.1 up, where every function is defined, logarithm and root included.
    let x = Array2::from_shape_fn(SHAPE, |(i, j)| T::from_f64(0.1 + (i * SHAPE.1 + j) as f64 * 0.002));
    for &function in Unary::ALL {
        let (tape, y) = Tape::record(|tape| {
            let x = tape.input("x", SHAPE.1);
            tape.map(function, x)
        })
        .expect("one op is a sound program");
        let mut memory = Memory::new();
        memory.load(&tape, &[("x", x.view())]).expect("the batch fits");

        let mut group = criterion.benchmark_group(format!("{} {number}", function.name()));
        group.throughput(Throughput::Elements(x.len() as u64));
        group.bench_function("forward", |b| b.iter(|| tape.forward(&[], &mut memory)));
        group.bench_function("backward", |b| b.iter(|| tape.backward(y, &[], &mut [], &mut memory)));
        if let Some(by_std) = standard(function) {
            let mut y = x.clone();
            group.bench_function("forward by std", |b| b.iter(|| by_std(&x, &mut y)));
        }
        group.finish();
    }
}

type Loop<T> = fn(&Array2<T>, &mut Array2<T>);

/// The same with the standard library's functions, as one writes it on ndarray.
fn standard<T: Float>(function: Unary) -> Option<Loop<T>> {
    Some(match function {
        Unary::Exp => |x, y| y.zip_mut_with(x, |y, &x| *y = x.std_exp()),
        Unary::Ln => |x, y| y.zip_mut_with(x, |y, &x| *y = x.std_ln()),
        Unary::Sqrt => |x, y| y.zip_mut_with(x, |y, &x| *y = x.std_sqrt()),
        Unary::Tanh => |x, y| y.zip_mut_with(x, |y, &x| *y = x.std_tanh()),
        Unary::Relu => |x, y| y.zip_mut_with(x, |y, &x| *y = x.larger(T::zero())),
        Unary::Sigmoid => |x, y| y.zip_mut_with(x, |y, &x| *y = T::one() / (T::one() + (-x).std_exp())),
        Unary::Silu => |x, y| y.zip_mut_with(x, |y, &x| *y = x / (T::one() + (-x).std_exp())),
        Unary::Softplus => |x, y| y.zip_mut_with(x, |y, &x| *y = x.std_exp().std_ln_1p()),
        _ => return None,
    })
}

fn all(criterion: &mut Criterion) {
    functions::<f32>(criterion, "f32");
    functions::<f64>(criterion, "f64");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = all
}
criterion_main!(benches);
