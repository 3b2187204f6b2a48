//! Copies of a and b in the order in which the tiles read them, in scratch memory of the thread.

use super::lanes::Lanes;
use super::tile::ROWS;
use std::cell::RefCell;
use std::ptr;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

thread_local! {
    /// Grows to what the largest product so far needed, at most [`super::blocks::SCRATCH`].
    static SCRATCH: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f` with room for `count` elements, aligned to a cache line, whose contents are arbitrary.
pub(super) fn with_scratch<E: Copy, R>(count: usize, f: impl FnOnce(*mut E) -> R) -> R {
    if count == 0 {
        return f(ptr::dangling_mut());
    }
    SCRATCH.with_borrow_mut(|lines| {
        let needed = (count * size_of::<E>()).div_ceil(size_of::<Line>());
        if lines.len() < needed {
            lines.resize(needed, Line([0; 64]));
        }
        f(lines.as_mut_ptr().cast())
    })
}

/// Packs `width` columns of k rows of b, at most one panel, so that element (l, j) lies at
/// `to[l·panel + j]`, where `panel` is `width` rounded up to whole registers. Returns `panel`.
/// What lies beyond `width` is arbitrary.
///
/// # Safety
/// AVX2 and FMA; b is readable as described by `stride` and `transposed`; `to` has room for k panels.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn pack_b<V: Lanes>(
    b: *const V::Element,
    stride: usize,
    transposed: bool,
    k: usize,
    width: usize,
    to: *mut V::Element,
) -> usize {
    // SAFETY: by the contract above. Columns beyond `width` repeat the last one or are 0.
    unsafe {
        let panel = width.next_multiple_of(V::COUNT);
        if transposed {
            for j in (0..width).step_by(V::COUNT) {
                let last = (width - j - 1).min(V::COUNT - 1);
                transpose::<V>(b.add(j * stride), stride, last, k, to.add(j), panel);
            }
            return panel;
        }
        let whole = width / V::COUNT * V::COUNT;
        for l in 0..k {
            let (from, to) = (b.add(l * stride), to.add(l * panel));
            for j in (0..whole).step_by(V::COUNT) {
                V::load(from.add(j)).store(to.add(j));
            }
            if whole < width {
                V::load_first(from.add(whole), width - whole).store(to.add(whole));
            }
        }
        panel
    }
}

/// Packs `rows` ≤ [`ROWS`] rows of k columns of a: element (i, l) lies at `to[l·ROWS + i]`.
///
/// # Safety
/// AVX2 and FMA; a is readable as described; `to` has room for k·[`ROWS`] + 2 elements.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn pack_a<V: Lanes>(
    a: *const V::Element,
    stride: usize,
    transposed: bool,
    rows: usize,
    k: usize,
    to: *mut V::Element,
) {
    // SAFETY: by the contract above. Whole registers are written, the last group of rows first and each
    // group in the order of l, so what sticks out of a group is overwritten, or is the slack at the end.
    unsafe {
        if !transposed {
            for i in (0..rows).step_by(V::COUNT).rev() {
                let last = (rows - i - 1).min(V::COUNT - 1);
                transpose::<V>(a.add(i * stride), stride, last, k, to.add(i), ROWS);
            }
        } else if rows == ROWS {
            for l in 0..k {
                a.add(l * stride).copy_to_nonoverlapping(to.add(l * ROWS), ROWS);
            }
        } else {
            for l in 0..k {
                for i in 0..rows {
                    *to.add(l * ROWS + i) = *a.add(l * stride + i);
                }
            }
        }
    }
}

/// Writes column l of the matrix whose row r starts at `from + min(r, last)·stride`, for a register of
/// rows and k columns, to `to + l·to_stride`, in the order of l.
///
/// # Safety
/// AVX2 and FMA; the rows up to `last` are readable; `to` has room for k whole registers.
#[inline(always)]
unsafe fn transpose<V: Lanes>(
    from: *const V::Element,
    stride: usize,
    last: usize,
    k: usize,
    to: *mut V::Element,
    to_stride: usize,
) {
    // SAFETY: by the contract above.
    unsafe {
        if k < 4 {
            for l in 0..k {
                for r in 0..V::COUNT {
                    *to.add(l * to_stride + r) = *from.add(r.min(last) * stride + l);
                }
            }
            return;
        }
        let mut l = 0;
        loop {
            for (i, column) in V::load_columns(from.add(l), stride, last).into_iter().enumerate() {
                column.store(to.add((l + i) * to_stride));
            }
            if l + 4 == k {
                return;
            }
            // The last block may overlap the one before: it writes the same numbers again.
            l = (l + 4).min(k - 4);
        }
    }
}
