//! Which path a product takes on a CPU with AVX2 and FMA, and on how many threads.

use super::Float;
use super::blocks::{self, Operands};
use super::lanes::Lanes;
use super::row::{row_times, row_times_transposed};
use super::tile::{ROWS, columns};
use crate::{Product, pool};

/// Up to this many multiplications the plain loops beat the set-up of anything else.
const TINY: usize = 32;

/// Parts for each thread: a core that something else slows down leaves its share to the others.
const PARTS: usize = 2;

/// See [`Scalar::product`](crate::Scalar::product).
///
/// # Safety
/// AVX2 and FMA; the slices have the lengths that `p` says.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn product<T: Float>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    let &Product { m, k, n, .. } = p;
    let work = m.saturating_mul(k).saturating_mul(n);
    if work <= TINY {
        // SAFETY: FMA by the contract.
        return unsafe { plain(p, a, b, c) };
    }
    let mut o = Operands {
        a: a.as_ptr(),
        a_row: if p.a_transposed { 1 } else { k },
        a_column: if p.a_transposed { m } else { 1 },
        b: b.as_ptr(),
        b_row: if p.b_transposed { 1 } else { n },
        b_column: if p.b_transposed { k } else { 1 },
        c: c.as_mut_ptr(),
        c_row: n,
        from_c: p.accumulate,
    };
    let (mut m, mut n) = (m, n);
    if n == 1 {
        // A column is the row of the transposed product: cᵀ = bᵀ·aᵀ, and both lie the same.
        (m, n) = (1, m);
        o = Operands { a: o.b, a_column: o.b_row, b: o.a, b_row: o.a_column, b_column: o.a_row, ..o };
    }
    // SAFETY: the strides describe the slices, and c is borrowed exclusively; parts of c are disjoint.
    unsafe {
        // Multiplications in a nanosecond: 6 registers' worth (100 GFLOP/s in `f32`), one if a single row
        // waits for its matrix.
        let speed = <T::Lanes as Lanes>::COUNT * if m == 1 { 1 } else { 6 };
        if pool::pays(work / speed) {
            share::<T::Lanes>((m, k, n), &o);
        } else {
            serial::<T::Lanes>((m, k, n), &o);
        }
    }
}

/// Plain loops.
#[target_feature(enable = "fma")]
unsafe fn plain<T: Float>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    let (a_row, a_column) = if p.a_transposed { (1, p.m) } else { (p.k, 1) };
    let (b_row, b_column) = if p.b_transposed { (1, p.k) } else { (p.n, 1) };
    for i in 0..p.m {
        for j in 0..p.n {
            let c = &mut c[i * p.n + j];
            let mut sum = if p.accumulate { *c } else { T::zero() };
            for l in 0..p.k {
                sum = a[i * a_row + l * a_column].fused(b[l * b_row + j * b_column], sum);
            }
            *c = sum;
        }
    }
}

/// On this thread. The sizes are (m, k, n), none of them 0.
///
/// # Safety
/// As [`blocks::product`].
#[target_feature(enable = "avx2,fma")]
unsafe fn serial<V: Lanes>((m, k, n): (usize, usize, usize), o: &Operands<V::Element>) {
    // SAFETY: by the same contract.
    unsafe {
        let a = (o.a, o.a_column);
        if m == 1 && o.b_column == 1 {
            row_times::<V>((k, n), a, (o.b, o.b_row), o.c, o.from_c);
        } else if m == 1 {
            row_times_transposed::<V>((k, n), a, (o.b, o.b_column), o.c, o.from_c);
        } else {
            blocks::product::<V>((m, k, n), o);
        }
    }
}

/// On all threads: c is cut along its longer side, at whole tiles.
///
/// # Safety
/// As [`blocks::product`].
unsafe fn share<V: Lanes>((m, k, n): (usize, usize, usize), o: &Operands<V::Element>) {
    let by_rows = m > n;
    let (whole, step) = if by_rows { (m, ROWS) } else { (n, columns::<V>()) };
    let steps = whole.div_ceil(step);
    let parts = steps.min(PARTS * pool::threads());
    pool::run(parts, |part| {
        let start = steps * part / parts * step;
        let count = (steps * (part + 1) / parts * step).min(whole) - start;
        // SAFETY: the parts cover c once; a and b are only read.
        unsafe {
            if by_rows {
                let o = Operands { a: o.a.add(start * o.a_row), c: o.c.add(start * o.c_row), ..*o };
                serial::<V>((count, k, n), &o);
            } else {
                let o = Operands { b: o.b.add(start * o.b_column), c: o.c.add(start), ..*o };
                serial::<V>((m, k, count), &o);
            }
        }
    });
}
