//! One row times a transposed matrix, y = x·Wᵀ, reading W once and packing nothing.

use super::lanes::Lanes;

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
        let mut j = 0;
        while j < n {
            let width = (n - j).min(4 * V::COUNT);
            let groups = match width.div_ceil(V::COUNT) {
                1 => groups::<V, 1>,
                2 => groups::<V, 2>,
                3 => groups::<V, 3>,
                _ => groups::<V, 4>,
            };
            groups((k, width), (x, x_stride), (w.add(j * w_row), w_row), y.add(j), from_y);
            j += width;
        }
    }
}

/// As [`row_times_transposed`] for the `G` registers of y that hold `n` columns.
///
/// # Safety
/// As there.
#[target_feature(enable = "avx2,fma")]
unsafe fn groups<V: Lanes, const G: usize>(
    (k, n): (usize, usize),
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    y: *mut V::Element,
    from_y: bool,
) {
    // SAFETY: by the contract above. Only the last register may stick out of y; its lanes beyond `n`
    // repeat the last column.
    unsafe {
        let whole = n == G * V::COUNT;
        let last = n - (G - 1) * V::COUNT - 1;
        let mut sums = [V::zero(); G];
        if from_y {
            for (g, sum) in sums.iter_mut().enumerate() {
                let y = y.add(g * V::COUNT);
                *sum = if whole || g + 1 < G { V::load(y) } else { V::load_first(y, last + 1) };
            }
        }
        for l in (0..k - k % 4).step_by(4) {
            let mut xs = [V::zero(); 4];
            for (i, x_i) in xs.iter_mut().enumerate() {
                *x_i = V::splat(x.add((l + i) * x_stride));
            }
            for (g, sum) in sums.iter_mut().enumerate() {
                let last = if g + 1 < G { V::COUNT - 1 } else { last };
                let columns = V::load_columns(w.add(g * V::COUNT * w_row + l), w_row, last);
                for (x, column) in xs.into_iter().zip(columns) {
                    *sum = x.mul_add(column, *sum);
                }
            }
        }
        for l in k - k % 4..k {
            let x = V::splat(x.add(l * x_stride));
            for (g, sum) in sums.iter_mut().enumerate() {
                let mut column = [V::Element::default(); 8];
                for (r, value) in column.iter_mut().enumerate().take(V::COUNT) {
                    let r = if g + 1 < G { r } else { r.min(last) };
                    *value = *w.add((g * V::COUNT + r) * w_row + l);
                }
                *sum = x.mul_add(V::load(column.as_ptr()), *sum);
            }
        }
        for (g, &sum) in sums.iter().enumerate() {
            let y = y.add(g * V::COUNT);
            if whole || g + 1 < G {
                sum.store(y);
            } else {
                sum.store_first(y, last + 1);
            }
        }
    }
}
