//! Products of any size as blocks of tiles.
//!
//! The loops are those of Goto and van de Geijn (2008), "Anatomy of high-performance matrix
//! multiplication": a block of b stays in the last cache, one of a in the second, a panel of b in the
//! first. Every block of k but the first starts its sums from c, so each element of c remains one sum
//! in the order of k whatever the blocks are.

use super::lanes::Lanes;
use super::pack::{pack_a, pack_b, with_scratch};
use super::tile::{ROWS, Tile, columns, kernel};

/// Elements of k in a block: a panel of b (384 × 16 × 4 bytes) takes half of a 48 KB first cache.
const K: usize = 384;
/// Rows of a block of a: 120 × 384 × 4 bytes are a third of a 512 KB second cache.
const M: usize = 120;
/// Columns of a block of b.
const N: usize = 1024;

/// From so many rows on, reading b once more to pack it pays even if its rows lie as the tiles want them.
const PACK_B: usize = 32;
/// From so many columns on, packing a pays.
const PACK_A: usize = 256;

/// Where the operands of a product lie, by strides: element (i, l) of a is `a[i·a_row + l·a_column]`.
/// One stride of each of a and b is 1; those of c are `c_row` and 1.
#[derive(Clone, Copy)]
pub(super) struct Operands<E> {
    pub a: *const E,
    pub a_row: usize,
    pub a_column: usize,
    pub b: *const E,
    pub b_row: usize,
    pub b_column: usize,
    pub c: *mut E,
    pub c_row: usize,
    pub from_c: bool,
}

// SAFETY: sharing it gives nobody access that the unsafe functions taking it do not ask for.
unsafe impl<E: Sync> Sync for Operands<E> {}

/// c ← (c or 0) + a·b for the sizes (m, k, n), none of them 0.
///
/// # Safety
/// AVX2 and FMA; all that is addressed exists, and nobody else uses this part of c.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn product<V: Lanes>((m, k, n): (usize, usize, usize), o: &Operands<V::Element>) {
    let (m_block, k_block, n_block) = (even(m, M, ROWS), even(k, K, 4), even(n, N, columns::<V>()));
    let packs_b = o.b_column != 1 || m >= PACK_B;
    let packs_a = n >= PACK_A && m >= ROWS;
    let a_count = if packs_a { m_block.div_ceil(ROWS) * ROWS * k_block + 2 } else { 0 };
    let b_count = k_block * if packs_b { n_block.next_multiple_of(columns::<V>()) } else { columns::<V>() };
    let (a_count, b_count) = (a_count.next_multiple_of(16), b_count.next_multiple_of(16));
    with_scratch(a_count + b_count, |scratch: *mut V::Element| {
        // SAFETY: the blocks tile c and the scratch holds a block of each; the rest is the contract.
        unsafe {
            let (a_scratch, b_scratch) = (scratch, scratch.add(a_count));
            for column in (0..n).step_by(n_block) {
                let n = n_block.min(n - column);
                for l in (0..k).step_by(k_block) {
                    let k = k_block.min(k - l);
                    let o = Operands {
                        a: o.a.add(l * o.a_column),
                        b: o.b.add(l * o.b_row + column * o.b_column),
                        c: o.c.add(column),
                        from_c: o.from_c || l > 0,
                        ..*o
                    };
                    block_of_b::<V>((m, k, n), m_block, &o, (a_scratch, packs_a), (b_scratch, packs_b));
                }
            }
        }
    });
}

/// As [`product`] for one block of b, all of m.
///
/// # Safety
/// As there; `a_scratch` and `b_scratch` hold a block each.
#[target_feature(enable = "avx2,fma")]
unsafe fn block_of_b<V: Lanes>(
    (m, k, n): (usize, usize, usize),
    m_block: usize,
    o: &Operands<V::Element>,
    (a_scratch, packs_a): (*mut V::Element, bool),
    (b_scratch, packs_b): (*mut V::Element, bool),
) {
    // SAFETY: by the contract above.
    unsafe {
        let wide = columns::<V>();
        let stride = if o.b_column == 1 { o.b_row } else { o.b_column };
        // The last panel is packed even if the others are not: its whole registers stick out of b.
        let first = if packs_b { 0 } else { n / wide * wide };
        for j in (first..n).step_by(wide) {
            let (b, to) = (o.b.add(j * o.b_column), b_scratch.add((j - first) * k));
            pack_b::<V>(b, stride, o.b_column != 1, k, wide.min(n - j), to);
        }
        for row in (0..m).step_by(m_block) {
            let m = m_block.min(m - row);
            let mut o = Operands { a: o.a.add(row * o.a_row), c: o.c.add(row * o.c_row), ..*o };
            if packs_a {
                let stride = if o.a_column == 1 { o.a_row } else { o.a_column };
                for (t, (i, rows)) in row_tiles(m).enumerate() {
                    let to = a_scratch.add(t * ROWS * k);
                    pack_a::<V>(o.a.add(i * o.a_row), stride, o.a_column != 1, rows, k, to);
                }
                o.a = a_scratch;
            }
            for j in (0..n).step_by(wide) {
                let width = wide.min(n - j);
                let (b, b_row) = if j < first {
                    (o.b.add(j), o.b_row)
                } else {
                    (b_scratch.add((j - first) * k).cast_const(), width.next_multiple_of(V::COUNT))
                };
                let panel = Operands { b, b_row, c: o.c.add(j), ..o };
                if packs_a {
                    panel_of_tiles::<V, true>((m, k, width), &panel);
                } else {
                    panel_of_tiles::<V, false>((m, k, width), &panel);
                }
            }
        }
    }
}

/// All tiles of m rows with one panel of b, whose whole registers are readable.
///
/// # Safety
/// As [`product`].
#[inline(always)]
unsafe fn panel_of_tiles<V: Lanes, const PACKED: bool>(
    (m, k, width): (usize, usize, usize),
    o: &Operands<V::Element>,
) {
    // SAFETY: by the contract above.
    unsafe {
        let registers = width.div_ceil(V::COUNT);
        for (t, (i, rows)) in row_tiles(m).enumerate() {
            let a = if PACKED { o.a.add(t * ROWS * k) } else { o.a.add(i * o.a_row) };
            let (a_row, a_column) = (o.a_row, o.a_column);
            let c = o.c.add(i * o.c_row);
            kernel::<V, PACKED>(rows, registers)(&Tile {
                k,
                a,
                a_row,
                a_column,
                b: o.b,
                b_row: o.b_row,
                c,
                c_row: o.c_row,
                width,
                from_c: o.from_c,
            });
        }
    }
}

/// Start and height of the tiles that m rows are cut into: as few as possible, and as even.
fn row_tiles(m: usize) -> impl Iterator<Item = (usize, usize)> {
    let tiles = m.div_ceil(ROWS);
    let (height, higher) = (m / tiles, m % tiles);
    (0..tiles).map(move |t| (t * height + t.min(higher), height + usize::from(t < higher)))
}

/// The size of as few even blocks of at most `most` as make up `whole`, rounded up to a `step` of `most`.
fn even(whole: usize, most: usize, step: usize) -> usize {
    whole.div_ceil(whole.div_ceil(most)).next_multiple_of(step).min(whole)
}
