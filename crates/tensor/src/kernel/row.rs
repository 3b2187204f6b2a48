//! One row times a transposed matrix, y = x·Wᵀ, reading W once and packing nothing.

use super::lanes::Lanes;

/// Registers of y computed side by side, to hide the latency of the additions.
const GROUPS: usize = 4;

/// y ← (y or 0) + x·Wᵀ with x: `[k]` of any stride, W: `[n, k]` with rows `w_row` apart, y: `[n]`.
///
/// Square blocks of W are transposed in registers, so that each lane sums one y in the order of k.
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
        while j + GROUPS * V::COUNT <= n {
            groups::<V, GROUPS>(
                (k, GROUPS * V::COUNT),
                (x, x_stride),
                (w.add(j * w_row), w_row),
                y.add(j),
                from_y,
            );
            j += GROUPS * V::COUNT;
        }
        while j < n {
            let width = (n - j).min(V::COUNT);
            groups::<V, 1>((k, width), (x, x_stride), (w.add(j * w_row), w_row), y.add(j), from_y);
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
        let mut l = 0;
        while l + V::COUNT <= k {
            block::<V, G>(&mut sums, (x.add(l * x_stride), x_stride), (w.add(l), w_row), last, 0);
            l += V::COUNT;
        }
        if l < k && k >= V::COUNT {
            // The last columns as the end of an overlapping block.
            let (skip, l) = (l + V::COUNT - k, k - V::COUNT);
            block::<V, G>(&mut sums, (x.add(l * x_stride), x_stride), (w.add(l), w_row), last, skip);
        } else {
            for l in l..k {
                for (g, sum) in sums.iter_mut().enumerate() {
                    let mut column = [V::Element::default(); 8];
                    for (r, value) in column.iter_mut().enumerate().take(V::COUNT) {
                        let r = if g + 1 < G { r } else { r.min(last) };
                        *value = *w.add((g * V::COUNT + r) * w_row + l);
                    }
                    *sum = V::splat(x.add(l * x_stride)).mul_add(V::load(column.as_ptr()), *sum);
                }
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

/// Adds the terms `skip..` of one block of as many k as a register has lanes.
///
/// # Safety
/// As [`row_times_transposed`].
#[inline(always)]
unsafe fn block<V: Lanes, const G: usize>(
    sums: &mut [V; G],
    (x, x_stride): (*const V::Element, usize),
    (w, w_row): (*const V::Element, usize),
    last: usize,
    skip: usize,
) {
    // SAFETY: as above.
    unsafe {
        for (g, sum) in sums.iter_mut().enumerate() {
            let last = if g + 1 < G { V::COUNT - 1 } else { last };
            let columns = V::load_transposed(w.add(g * V::COUNT * w_row), w_row, last);
            for (i, &column) in columns.as_ref().iter().enumerate() {
                if i >= skip {
                    *sum = V::splat(x.add(i * x_stride)).mul_add(column, *sum);
                }
            }
        }
    }
}
