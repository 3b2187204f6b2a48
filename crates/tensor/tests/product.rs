//! Every path of a product against the sum that its documentation promises, bit for bit.

use glassgrad_tensor::{Product, Scalar, matmul, pool};
use ndarray::{Array2, ArrayView2, s};
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

/// `f32` and `f64` with what the reference needs beyond [`Scalar`].
trait Float: Scalar {
    fn fused(self, b: Self, c: Self) -> Self;
    fn bits(self) -> u64;
}

impl Float for f32 {
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
    fn bits(self) -> u64 {
        self.to_bits().into()
    }
}

impl Float for f64 {
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// Whether the exact promise holds here; elsewhere products are checked to rounding.
fn fuses() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The number of threads is the process's: tests that set it take turns.
static THREADS: Mutex<()> = Mutex::new(());

/// Numbers in (−1, 1) and small integers in `0..n`, the same in every run (Marsaglia's xorshift, 2003).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 32) as usize % n
    }
    fn fill<T: Scalar>(&mut self, count: usize) -> Vec<T> {
        (0..count).map(|_| T::from_f64((self.next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)).collect()
    }
}

fn at<T: Copy>(matrix: &[T], (rows, columns): (usize, usize), transposed: bool, i: usize, j: usize) -> T {
    if transposed { matrix[j * rows + i] } else { matrix[i * columns + j] }
}

/// One sum for each element, in the order of k, fused.
fn reference<T: Float>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    for i in 0..p.m {
        for j in 0..p.n {
            let mut sum = if p.accumulate { c[i * p.n + j] } else { T::zero() };
            for l in 0..p.k {
                let x = at(a, (p.m, p.k), p.a_transposed, i, l);
                sum = x.fused(at(b, (p.k, p.n), p.b_transposed, l, j), sum);
            }
            c[i * p.n + j] = sum;
        }
    }
}

#[track_caller]
fn assert_same<T: Float>(found: &[T], expected: &[T], what: &impl Debug) {
    assert_eq!(found.len(), expected.len());
    for (index, (&x, &y)) in found.iter().zip(expected).enumerate() {
        // 4 + k terms below 1 in size, k < 2000: their sums differ by less than k² ulp.
        let same = if fuses() { x.bits() == y.bits() } else { (x - y).to_f64().abs() < 1e-2 };
        assert!(same, "{what:?}: element {index} is {x}, expected {y}");
    }
}

/// Checks one shape in all transpositions, overwriting and accumulating. Rows of c beyond m must survive.
fn check<T: Float>((m, k, n): (usize, usize, usize), numbers: &mut Numbers) {
    let (a, b): (Vec<T>, Vec<T>) = (numbers.fill(m * k), numbers.fill(k * n));
    let old: Vec<T> = numbers.fill(m * n);
    for options in 0..8 {
        let [a_transposed, b_transposed, accumulate] = [1, 2, 4].map(|bit| options & bit != 0);
        let p = Product { m, k, n, a_transposed, b_transposed, accumulate };
        let mut expected = if accumulate { old.clone() } else { vec![T::from_f64(f64::NAN); m * n] };
        // One element longer than asked: it must survive.
        let mut found = expected.clone();
        found.push(T::one());
        T::product(&p, &a, &b, &mut found);
        assert_eq!(found.pop(), Some(T::one()), "{p:?} wrote behind c");
        reference(&p, &a, &b, &mut expected);
        assert_same(&found, &expected, &p);
    }
}

#[test]
fn small_shapes_are_exact() {
    let numbers = &mut Numbers(1);
    for m in 0..=9 {
        for k in (0..=9).chain([16, 17]) {
            for n in (0..=9).chain([15, 16, 17, 24, 33]) {
                check::<f32>((m, k, n), numbers);
                check::<f64>((m, k, n), numbers);
            }
        }
    }
}

#[test]
fn random_shapes_are_exact() {
    let numbers = &mut Numbers(2);
    for _ in 0..150 {
        let shape = (numbers.below(80), numbers.below(80), numbers.below(80));
        check::<f32>(shape, numbers);
        check::<f64>(shape, numbers);
    }
}

#[test]
fn shapes_that_cross_every_block_are_exact() {
    let numbers = &mut Numbers(3);
    // One side at a time is longer than a block of rows, of k, of columns; then all, and thin ones.
    for shape in [(130, 20, 40), (7, 800, 40), (13, 9, 1100), (125, 390, 261), (1, 1000, 70), (1, 70, 1100)] {
        check::<f32>(shape, numbers);
        check::<f64>(shape, numbers);
    }
    for shape in [(1100, 70, 1), (1, 900, 1), (500, 1, 300), (250, 1, 4), (2, 500, 300), (3, 31, 500)] {
        check::<f32>(shape, numbers);
        check::<f64>(shape, numbers);
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let _turn = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    let numbers = &mut Numbers(4);
    for (m, k, n) in [(150, 150, 150), (1, 2000, 1200), (1200, 2000, 1), (64, 800, 130), (700, 500, 9)] {
        let (a, b): (Vec<f32>, Vec<f32>) = (numbers.fill(m * k), numbers.fill(k * n));
        for options in 0..4 {
            let p = Product {
                m,
                k,
                n,
                a_transposed: options & 1 != 0,
                b_transposed: options & 2 != 0,
                accumulate: false,
            };
            let [mut one, mut more] = [(); 2].map(|()| vec![f32::NAN; m * n]);
            pool::set_threads(1);
            f32::product(&p, &a, &b, &mut one);
            for threads in 2..=5 {
                pool::set_threads(threads);
                more.fill(f32::NAN);
                f32::product(&p, &a, &b, &mut more);
                assert_eq!(one, more, "{p:?} on {threads} threads");
            }
        }
    }
}

#[test]
fn a_row_of_a_batch_is_that_row_alone() {
    let numbers = &mut Numbers(5);
    for (k, n) in [(784, 128), (4, 16), (16, 3), (3, 1), (100, 10), (1, 7), (8, 2)] {
        let m = 37;
        let (x, w): (Vec<f32>, Vec<f32>) = (numbers.fill(m * k), numbers.fill(n * k));
        let p = Product { m, k, n, b_transposed: true, ..Product::default() };
        let (mut batch, mut alone) = (vec![0.0; m * n], vec![0.0; n]);
        f32::product(&p, &x, &w, &mut batch);
        for i in 0..m {
            f32::product(&Product { m: 1, ..p }, &x[i * k..], &w, &mut alone);
            assert_eq!(batch[i * n..][..n], alone, "row {i}, {p:?}");
        }
    }
}

#[test]
fn views_of_any_strides_give_the_same_as_slices() {
    let numbers = &mut Numbers(6);
    let (m, k, n) = (17, 40, 23);
    let wide = Array2::from_shape_vec((m, 2 * k), numbers.fill::<f64>(2 * m * k)).unwrap();
    let b = Array2::from_shape_vec((n, k), numbers.fill::<f64>(n * k)).unwrap();
    let sources: [ArrayView2<f64>; 3] =
        [wide.slice(s![.., ..k]), wide.slice(s![.., ..;2]), wide.slice(s![..;-1, k..])];
    for a in sources {
        let p = Product { m, k, n, b_transposed: true, accumulate: true, ..Product::default() };
        let mut expected = vec![0.5; m * n];
        reference(&p, &a.iter().copied().collect::<Vec<_>>(), b.as_slice().unwrap(), &mut expected);
        let mut c = Array2::from_elem((n, m), 0.5);
        matmul(a, b.t(), true, c.view_mut().reversed_axes());
        for ((i, j), &x) in c.t().indexed_iter() {
            assert!((x - expected[i * n + j]).abs() < 1e-12, "element ({i}, {j}) is {x}");
        }
    }
}

#[test]
fn contiguous_views_are_exact() {
    let numbers = &mut Numbers(7);
    let (m, k, n) = (9, 30, 21);
    let a = Array2::from_shape_vec((k, m), numbers.fill::<f32>(k * m)).unwrap();
    let b = Array2::from_shape_vec((k, n), numbers.fill::<f32>(k * n)).unwrap();
    let mut c = Array2::from_elem((m, n), f32::NAN);
    matmul(a.t(), b.view(), false, c.view_mut());
    let p = Product { m, k, n, a_transposed: true, ..Product::default() };
    let mut expected = vec![f32::NAN; m * n];
    reference(&p, a.as_slice().unwrap(), b.as_slice().unwrap(), &mut expected);
    assert_same(c.as_slice().unwrap(), &expected, &p);
}

#[test]
#[should_panic(expected = "a product of [2, 3] and [4, 5] cannot give [2, 5]")]
fn views_that_do_not_fit_are_named() {
    let (a, b, mut c) = (Array2::<f64>::zeros((2, 3)), Array2::zeros((4, 5)), Array2::zeros((2, 5)));
    matmul(a.view(), b.view(), false, c.view_mut());
}

#[test]
#[should_panic(expected = "needs 6, 12 and 8 elements, got 6, 11 and 8")]
fn a_short_slice_is_named() {
    let p = Product { m: 2, k: 3, n: 4, ..Product::default() };
    f32::product(&p, &[0.0; 6], &[0.0; 11], &mut [0.0; 8]);
}

#[test]
#[should_panic(expected = "more elements than can be addressed")]
fn a_size_that_overflows_is_named() {
    let p = Product { m: 1 << 33, k: 1 << 31, n: 1, ..Product::default() };
    f32::product(&p, &[], &[], &mut []);
}
