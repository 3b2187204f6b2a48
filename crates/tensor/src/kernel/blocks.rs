//! Products of any size as blocks of tiles.
//!
//! The loops are those of Goto and van de Geijn (2008), "Anatomy of high-performance matrix
//! multiplication": a block of b stays in the last cache, one of a in the second, a panel of b in the
//! first. Every block of k but the first starts its sums from c, so each element of c remains one sum
//! in the order of k whatever the blocks are.

use super::lanes::Lanes;
use super::pack::{pack_a, pack_b, with_scratch};
use super::tile::{ROWS, Tile, columns, kernel};
use std::iter;

/// Elements of k in a block: a panel of b (384 × 16 × 4 bytes) takes half of a 48 KB first cache.
const K: usize = 384;
/// Rows of a block of a: 120 × 384 × 4 bytes are a third of a 512 KB second cache.
const M: usize = 120;
/// Columns of a block of b.
const N: usize = 1024;

/// From so many rows on, reading b once more to pack it pays even if its rows lie as the tiles want them.
const PACK_B: usize = 64;
/// The same if its rows are a multiple of 4096 bytes apart: a panel of b then fills one set of the first
/// cache over and over, and every tile reads it from afar.
const PACK_ALIASED_B: usize = 24;
/// From so many columns on, packing a pays.
const PACK_A: usize = 128;

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

/// Scratch memory for the block of a and the block of b at hand; none for what is read in place.
#[derive(Clone, Copy)]
struct Packed<E> {
    a: Option<*mut E>,
    b: *mut E,
    /// The columns of a block of b from here on are packed, those before are read in place.
    b_from: usize,
}

/// c ← (c or 0) + a·b for the sizes (m, k, n), none of them 0.
///
/// # Safety
/// AVX2 and FMA; all that is addressed exists, and nobody else uses this part of c.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn product<V: Lanes>((m, k, n): (usize, usize, usize), o: &Operands<V::Element>) {
    let wide = columns::<V>();
    let (m_block, k_block, n_block) = (even(m, M, ROWS), even(k, K, 4), even(n, N, wide));
    let a_count = if n >= PACK_A && m >= ROWS { m_block.next_multiple_of(ROWS) * k_block + 2 } else { 0 };
    let aliased = o.b_row * size_of::<V::Element>() % 4096 == 0;
    let packs_b = o.b_column != 1 || m >= if aliased { PACK_ALIASED_B } else { PACK_B };
    // Columns with room in scratch, and those read in place: if the last register sticks out of b, its
    // panel is packed.
    let (b_columns, in_place) = match n % V::COUNT {
        _ if packs_b => (n_block.next_multiple_of(wide), 0),
        0 => (0, usize::MAX),
        _ => (wide, n / wide * wide),
    };
    let b_count = k_block * b_columns;
    let a_count = a_count.next_multiple_of(wide);
    with_scratch(a_count + b_count, |scratch: *mut V::Element| {
        // SAFETY: the blocks tile c and the scratch holds a block of each; the rest is the contract.
        unsafe {
            let a = (a_count > 0).then_some(scratch);
            let b = scratch.add(a_count);
            for (column, n) in pieces(n, n_block) {
                let b_from = n.min(in_place.saturating_sub(column));
                for (l, k) in pieces(k, k_block) {
                    let o = Operands {
                        a: o.a.add(l * o.a_column),
                        b: o.b.add(l * o.b_row + column * o.b_column),
                        c: o.c.add(column),
                        from_c: o.from_c || l > 0,
                        ..*o
                    };
                    block_of_b::<V>((m, k, n), m_block, &o, Packed { a, b, b_from });
                }
            }
        }
    });
}

/// As [`product`] for one block of b, all of m.
///
/// # Safety
/// As there; `packed` has room for a block each.
#[target_feature(enable = "avx2,fma")]
unsafe fn block_of_b<V: Lanes>(
    (m, k, n): (usize, usize, usize),
    m_block: usize,
    o: &Operands<V::Element>,
    packed: Packed<V::Element>,
) {
    // SAFETY: by the contract above.
    unsafe {
        let stride = if o.b_column == 1 { o.b_row } else { o.b_column };
        for (j, width) in pieces(n - packed.b_from, columns::<V>()) {
            let b = o.b.add((packed.b_from + j) * o.b_column);
            pack_b::<V>(b, stride, o.b_column != 1, k, width, packed.b.add(j * k));
        }
        for (i, m) in pieces(m, m_block) {
            let o = Operands { a: o.a.add(i * o.a_row), c: o.c.add(i * o.c_row), ..*o };
            block_of_a::<V>((m, k, n), &o, packed);
        }
    }
}

/// As [`product`] for one block of a and one of b, which is packed already.
///
/// # Safety
/// As there.
#[target_feature(enable = "avx2,fma")]
unsafe fn block_of_a<V: Lanes>(
    (m, k, n): (usize, usize, usize),
    o: &Operands<V::Element>,
    packed: Packed<V::Element>,
) {
    // SAFETY: by the contract above.
    unsafe {
        let tiles = row_tiles(m);
        if let Some(to) = packed.a {
            let stride = if o.a_column == 1 { o.a_row } else { o.a_column };
            for (t, (i, rows)) in tiles.clone().enumerate() {
                pack_a::<V>(o.a.add(i * o.a_row), stride, o.a_column != 1, rows, k, to.add(t * ROWS * k));
            }
        }
        for (j, width) in pieces(n, columns::<V>()) {
            let mut panel = Operands { b: o.b.add(j), c: o.c.add(j), ..*o };
            if j >= packed.b_from {
                panel.b = packed.b.add((j - packed.b_from) * k);
                panel.b_row = width.next_multiple_of(V::COUNT);
            }
            if let Some(a) = packed.a {
                panel.a = a;
                panel_of_tiles::<V, true>((k, width), tiles.clone(), &panel);
            } else {
                panel_of_tiles::<V, false>((k, width), tiles.clone(), &panel);
            }
        }
    }
}

/// All tiles of a panel of b, whose whole registers are readable.
///
/// # Safety
/// As [`product`].
#[inline(always)]
unsafe fn panel_of_tiles<V: Lanes, const PACKED: bool>(
    (k, width): (usize, usize),
    tiles: impl Iterator<Item = (usize, usize)>,
    o: &Operands<V::Element>,
) {
    // SAFETY: by the contract above.
    unsafe {
        let registers = width.div_ceil(V::COUNT);
        for (t, (i, rows)) in tiles.enumerate() {
            let tile = Tile {
                k,
                a: o.a.add(if PACKED { t * ROWS * k } else { i * o.a_row }),
                a_row: o.a_row,
                a_column: o.a_column,
                b: o.b,
                b_row: o.b_row,
                c: o.c.add(i * o.c_row),
                c_row: o.c_row,
                width,
                from_c: o.from_c,
            };
            kernel::<V, PACKED>(rows, registers)(&tile);
        }
    }
}

/// Start and length of the pieces of `size` that make up `whole`; the last may be shorter.
fn pieces(whole: usize, size: usize) -> impl Iterator<Item = (usize, usize)> {
    // Not `step_by`: it divides, which takes longer than a small product.
    let mut start = 0;
    iter::from_fn(move || {
        let piece = (start < whole).then(|| (start, size.min(whole - start)));
        start += size;
        piece
    })
}

/// Start and height of the tiles that m rows are cut into: as few as possible, and as even.
fn row_tiles(m: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let tiles = m.div_ceil(ROWS);
    let (height, higher) = if tiles == 1 { (m, 0) } else { (m / tiles, m % tiles) };
    (0..tiles).map(move |t| (t * height + t.min(higher), height + usize::from(t < higher)))
}

/// The size of the even blocks of at most `most` that make up `whole`, a multiple of `step` if several.
fn even(whole: usize, most: usize, step: usize) -> usize {
    if whole <= most {
        return whole;
    }
    whole.div_ceil(whole.div_ceil(most)).next_multiple_of(step)
}
