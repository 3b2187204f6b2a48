//! One row times a matrix, y = x·W or y = x·Wᵀ, reading W once and packing nothing.

use super::lanes::Lanes;

/// Columns of W read from one row before the next, where its rows would evict one another.
const LINE: usize = 16;

/// y ← (y or 0) + x·Wᵀ with x: `[k]` of any stride, W: `[n, k]` with rows `w_row` apart, y: `[n]`.
///
/// Blocks of W are transposed in registers, so that each lane sums one y in the order of k. Up to four
/// registers of y are summed side by side, to hide the latency of the additions.
///
/// # Safety
/// AVX2 and FMA; the three are readable, y is writable and nobody else's.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn row_times_transposed<V: Lanes>(
    (k, n): (usize, usize),
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    y: *mut V::Element,
    from_y: bool,
) {
    // SAFETY: by the contract above; the groups cover columns 0..n of y once.
    unsafe {
        // Rows so far apart share few sets of the first cache: a line read piecemeal would be evicted between.
        let aliased = w_row * size_of::<V::Element>() % 1024 == 0;
        let mut j = 0;
        while j < n {
            let width = (n - j).min(4 * V::COUNT);
            let groups = match width.div_ceil(V::COUNT) {
                1 => groups::<V, 1, 4>,
                2 => groups::<V, 2, 4>,
                3 => groups::<V, 3, 4>,
                _ if aliased => groups::<V, 4, LINE>,
                _ => groups::<V, 4, 4>,
            };
            groups((k, width), (x, x_stride), (w.add(j * w_row), w_row), y.add(j), from_y);
            j += width;
        }
    }
}

/// As [`row_times_transposed`] for the `G` registers of y that hold `n` columns, `SPAN` columns of W at a
/// time.
///
/// # Safety
/// As there.
#[target_feature(enable = "avx2,fma")]
unsafe fn groups<V: Lanes, const G: usize, const SPAN: usize>(
    (k, n): (usize, usize),
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    y: *mut V::Element,
    from_y: bool,
) {
    // SAFETY: by the contract above. Only the last register may stick out of y; its lanes beyond `n`
    // repeat the last column.
    unsafe {
        let last = n - (G - 1) * V::COUNT - 1;
        let last = |g: usize| if g + 1 < G { V::COUNT - 1 } else { last };
        let mut sums = [V::zero(); G];
        if from_y {
            for (g, sum) in sums.iter_mut().enumerate() {
                *sum = V::load_first(y.add(g * V::COUNT), last(g) + 1);
            }
        }
        let whole_fours = k - k % 4;
        let mut l = 0;
        while l < whole_fours {
            let span = if l + SPAN <= whole_fours { SPAN } else { 4 };
            for (g, sum) in sums.iter_mut().enumerate() {
                for l in (l..l + span).step_by(4) {
                    let w = w.add(g * V::COUNT * w_row + l);
                    for (i, column) in V::load_columns(w, w_row, last(g)).into_iter().enumerate() {
                        *sum = V::splat(x.add((l + i) * x_stride)).mul_add(column, *sum);
                    }
                }
            }
            l += span;
        }
        for l in whole_fours..k {
            let x = V::splat(x.add(l * x_stride));
            for (g, sum) in sums.iter_mut().enumerate() {
                let mut column = [V::Element::default(); 8];
                for (r, value) in column.iter_mut().enumerate().take(V::COUNT) {
                    *value = *w.add((g * V::COUNT + r.min(last(g))) * w_row + l);
                }
                *sum = x.mul_add(V::load(column.as_ptr()), *sum);
            }
        }
        for (g, &sum) in sums.iter().enumerate() {
            sum.store_first(y.add(g * V::COUNT), last(g) + 1);
        }
    }
}

/// y ← (y or 0) + x·W with x: `[k]` of any stride, W: `[k, n]` with rows `w_row` apart, y: `[n]`.
///
/// Some rows of W at a time, from left to right: streams that the CPU fetches ahead.
///
/// # Safety
/// As [`row_times_transposed`].
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn row_times<V: Lanes>(
    (k, n): (usize, usize),
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    y: *mut V::Element,
    from_y: bool,
) {
    // SAFETY: by the contract above.
    unsafe {
        let mut l = 0;
        while l < k {
            let (add, terms) = match k - l {
                8.. => (add_rows::<V, 8> as unsafe fn(_, _, _, _, _), 8),
                4.. => (add_rows::<V, 4> as unsafe fn(_, _, _, _, _), 4),
                _ => (add_rows::<V, 1> as unsafe fn(_, _, _, _, _), 1),
            };
            add(n, (x.add(l * x_stride), x_stride), (w.add(l * w_row), w_row), y, from_y || l > 0);
            l += terms;
        }
    }
}

/// As [`row_times`] for `R` rows of W.
///
/// # Safety
/// As there.
#[target_feature(enable = "avx2,fma")]
unsafe fn add_rows<V: Lanes, const R: usize>(
    n: usize,
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    y: *mut V::Element,
    from_y: bool,
) {
    // SAFETY: by the contract above.
    unsafe {
        let mut xs = [V::zero(); R];
        for (r, x_r) in xs.iter_mut().enumerate() {
            *x_r = V::splat(x.add(r * x_stride));
        }
        let mut j = 0;
        while j + 2 * V::COUNT <= n {
            let mut sums = [V::zero(); 2];
            if from_y {
                sums = [V::load(y.add(j)), V::load(y.add(j + V::COUNT))];
            }
            for (r, &x) in xs.iter().enumerate() {
                let w = w.add(r * w_row + j);
                sums = [x.mul_add(V::load(w), sums[0]), x.mul_add(V::load(w.add(V::COUNT)), sums[1])];
            }
            sums[0].store(y.add(j));
            sums[1].store(y.add(j + V::COUNT));
            j += 2 * V::COUNT;
        }
        while j < n {
            let width = (n - j).min(V::COUNT);
            let mut sum = if from_y { V::load_first(y.add(j), width) } else { V::zero() };
            for (r, &x) in xs.iter().enumerate() {
                sum = x.mul_add(V::load_first(w.add(r * w_row + j), width), sum);
            }
            sum.store_first(y.add(j), width);
            j += width;
        }
    }
}
