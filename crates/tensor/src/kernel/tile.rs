//! The innermost loop: a few rows by a few registers of c, held in registers while k runs.

use super::lanes::Lanes;

/// Rows of the largest tile: 6 × 2 sums, 2 registers of b and 1 of a fit the 16 registers of AVX2.
pub(super) const ROWS: usize = 6;

/// Columns of the largest tile, and of a packed panel of b: two registers, 16 `f32` or 8 `f64`.
pub(super) const fn columns<V: Lanes>() -> usize {
    2 * V::COUNT
}

/// Where a tile finds a, b and c: element (i, l) of a is `a[i·a_row + l·a_column]`, element (l, j) of b
/// is `b[l·b_row + j]`, element (i, j) of c is `c[i·c_row + j]`.
pub(super) struct Tile<E> {
    pub k: usize,
    pub a: *const E,
    pub a_row: usize,
    pub a_column: usize,
    pub b: *const E,
    pub b_row: usize,
    pub c: *mut E,
    pub c_row: usize,
    /// Columns of c that exist; those of b are all readable.
    pub width: usize,
    /// Sums start from c, not from 0.
    pub from_c: bool,
}

/// A compiled tile shape.
pub(super) type Kernel<E> = unsafe fn(&Tile<E>);

/// The kernel for `rows` × `registers`; `PACKED`: a lies as (l, i) with a stride of [`ROWS`].
///
/// # Panics
/// If there is none of that shape.
#[inline(always)]
pub(super) fn kernel<V: Lanes, const PACKED: bool>(rows: usize, registers: usize) -> Kernel<V::Element> {
    match (rows, registers) {
        (1, 1) => tile::<V, 1, 1, PACKED>,
        (2, 1) => tile::<V, 2, 1, PACKED>,
        (3, 1) => tile::<V, 3, 1, PACKED>,
        (4, 1) => tile::<V, 4, 1, PACKED>,
        (5, 1) => tile::<V, 5, 1, PACKED>,
        (6, 1) => tile::<V, 6, 1, PACKED>,
        (1, 2) => tile::<V, 1, 2, PACKED>,
        (2, 2) => tile::<V, 2, 2, PACKED>,
        (3, 2) => tile::<V, 3, 2, PACKED>,
        (4, 2) => tile::<V, 4, 2, PACKED>,
        (5, 2) => tile::<V, 5, 2, PACKED>,
        (6, 2) => tile::<V, 6, 2, PACKED>,
        _ => unreachable!("no tile of {rows} rows by {registers} registers"),
    }
}

/// c ← (c or 0) + a·b for `M` rows and `N` registers, the last of which may be partly outside of c.
///
/// # Safety
/// AVX2 and FMA; all that [`Tile`] addresses exists, and nobody else uses this part of c.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn tile<V: Lanes, const M: usize, const N: usize, const PACKED: bool>(
    t: &Tile<V::Element>,
) {
    // SAFETY: by the contract above; `width` is between (N − 1) and N registers.
    unsafe {
        let (a_row, a_column) = if PACKED { (1, ROWS) } else { (t.a_row, t.a_column) };
        let full = t.width == N * V::COUNT;
        let last = (N - 1) * V::COUNT;
        let mut sums = [[V::zero(); N]; M];
        if t.from_c {
            for (i, row) in sums.iter_mut().enumerate() {
                let c = t.c.add(i * t.c_row);
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = if full || j + 1 < N {
                        V::load(c.add(j * V::COUNT))
                    } else {
                        V::load_first(c.add(last), t.width - last)
                    };
                }
            }
        }
        let (mut a, mut b) = (t.a, t.b);
        for _ in 0..t.k / 4 {
            step::<V, M, N>(a, a_row, b, &mut sums);
            step::<V, M, N>(a.add(a_column), a_row, b.add(t.b_row), &mut sums);
            step::<V, M, N>(a.add(2 * a_column), a_row, b.add(2 * t.b_row), &mut sums);
            step::<V, M, N>(a.add(3 * a_column), a_row, b.add(3 * t.b_row), &mut sums);
            a = a.add(4 * a_column);
            b = b.add(4 * t.b_row);
        }
        for _ in 0..t.k % 4 {
            step::<V, M, N>(a, a_row, b, &mut sums);
            a = a.add(a_column);
            b = b.add(t.b_row);
        }
        for (i, row) in sums.iter().enumerate() {
            let c = t.c.add(i * t.c_row);
            for (j, &sum) in row.iter().enumerate() {
                if full || j + 1 < N {
                    sum.store(c.add(j * V::COUNT));
                } else {
                    sum.store_first(c.add(last), t.width - last);
                }
            }
        }
    }
}

/// One term of every sum.
///
/// # Safety
/// As [`tile`].
#[inline(always)]
unsafe fn step<V: Lanes, const M: usize, const N: usize>(
    a: *const V::Element,
    a_row: usize,
    b: *const V::Element,
    sums: &mut [[V; N]; M],
) {
    // SAFETY: as above.
    unsafe {
        let mut y = [V::zero(); N];
        for (j, y) in y.iter_mut().enumerate() {
            *y = V::load(b.add(j * V::COUNT));
        }
        for (i, row) in sums.iter_mut().enumerate() {
            let x = V::splat(a.add(i * a_row));
            for (sum, &y) in row.iter_mut().zip(&y) {
                *sum = x.mul_add(y, *sum);
            }
        }
    }
}
