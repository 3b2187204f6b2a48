//! A steady-state training step allocates nothing: not for the smallest network, not for an MLP, not when
//! its products are shared among threads, and not over a whole data set.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

use glassgrad::prelude::*;
use ndarray::Array2;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to `System` as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often any thread of the process allocates while `work` is done: the least of three times, since
/// a thread of the test harness may allocate once, but what `work` allocates it allocates each time.
fn allocations(mut work: impl FnMut()) -> usize {
    let mut count = || {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        work();
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    count().min(count()).min(count())
}

/// A classifier of these widths, the first being that of its inputs.
fn classifier<T: Scalar>(widths: &[usize], recipe: Recipe<T>) -> Trainer<T> {
    let [inputs, hidden @ .., classes] = widths else { panic!("at least two widths") };
    let network = hidden.iter().fold(Chain::new(), |chain, &width| {
        chain.then(Dense::new(width)).then(Activation::Relu).then(Dropout::new(0.1))
    });
    let network = network.then(Dense::new(*classes));
    Trainer::new(&network, *inputs, &Loss::CROSS_ENTROPY, recipe, 0).expect("a network")
}

fn features<T: Scalar>(rows: usize, columns: usize) -> Array2<T> {
    Array2::from_shape_fn((rows, columns), |(r, c)| T::from_f64(((r * columns + c) as f64).sin()))
}

/// Steps on batches of the same size, loading each, and a look at the result.
fn steps<T: Scalar>(trainer: &mut Trainer<T>, x: &Array2<T>, y: &Array2<T>) {
    for _ in 0..5 {
        trainer.load(x.view(), y.view()).expect("a batch");
        trainer.step().expect("a step");
        trainer.verify();
        trainer.predict(x.view()).expect("a prediction");
    }
}

fn assert_steps_allocate_nothing<T: Scalar>(
    mut trainer: Trainer<T>,
    x: &Array2<T>,
    y: &Array2<T>,
    what: &str,
) {
    steps(&mut trainer, x, y);
    assert_eq!(allocations(|| steps(&mut trainer, x, y)), 0, "{what}");
}

fn one_hidden_unit() {
    let network = Chain::new().then(Dense::new(1)).then(Activation::Sigmoid).then(Dense::new(1));
    for recipe in [
        Recipe::new(Sgd::default()),
        Recipe::new(Adam::default()).clip(Clip::Norm(1.0)),
        Recipe::new(RmsProp::default()).schedule(Schedule::Exponential { factor: 0.9 }),
    ] {
        let trainer =
            Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, recipe, 0).expect("a network");
        assert_steps_allocate_nothing(trainer, &Array2::ones((1, 1)), &Array2::zeros((1, 1)), "1-1-1");
    }
}

fn multi_layer() {
    for (widths, rows) in [(&[64, 64, 10][..], 32), (&[784, 512, 512, 10][..], 128)] {
        let trainer = classifier(widths, Recipe::new(Adam::default()));
        let y = Array2::from_shape_fn((rows, 1), |(row, _)| (row % 10) as f32);
        let what = format!("{widths:?}, batches of {rows}");
        assert_steps_allocate_nothing(trainer, &features::<f32>(rows, widths[0]), &y, &what);
    }
}

/// `fit` sets out its batches once; how many steps and epochs follow makes no difference, nor does the short
/// batch at the end of each.
fn a_data_set() {
    let data = |rows| {
        Dataset::with_labels(features::<f32>(rows, 64), (0..rows as u32).map(|row| row % 10).collect(), 10)
    };
    let mut trainer = classifier(&[64, 64, 10], Recipe::new(Adam::default()));
    let (few, many) = (data(40).expect("data"), data(1000).expect("data"));
    trainer.fit(&many, 32, 1, &mut ()).expect("a first epoch");
    let mut fit = |data, epochs| {
        allocations(|| {
            let until = trainer.position().epoch + epochs;
            trainer.fit(data, 32, until, &mut ()).expect("an epoch");
        })
    };
    let (two_steps, one_epoch, ten_epochs) = (fit(&few, 1), fit(&many, 1), fit(&many, 10));
    assert_eq!((one_epoch, ten_epochs), (two_steps, two_steps), "2, 32 and 320 steps");
    assert!(two_steps <= 2, "the order of the rows, and no more: {two_steps}");
    trainer.evaluate(&many).expect("metrics");
    let (short, long) =
        (allocations(|| drop(trainer.evaluate(&few))), allocations(|| drop(trainer.evaluate(&many))));
    assert_eq!(short, long, "evaluating allocates by the call, not by the row");
}

/// The only test of this binary: the count is of the whole process.
#[test]
fn steps_allocate_nothing() {
    for threads in [1, 2] {
        glassgrad::tensor::pool::set_threads(threads);
        one_hidden_unit();
        multi_layer();
        a_data_set();
    }
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![0_u8; 100]))), 1, "the allocator counts");
}
