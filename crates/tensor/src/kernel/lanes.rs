//! AVX2 registers of `f32` and `f64` behind one trait, so that every kernel is written once.

use crate::Scalar;
#[allow(clippy::wildcard_imports)] // 35 names that begin with _mm
use std::arch::x86_64::*;

/// One 256-bit register of numbers.
///
/// # Safety
/// Every function needs a CPU with AVX2 and FMA, and inlines into a caller compiled for them. Loads
/// and stores need the addressed numbers to be readable or writable; no alignment is needed.
pub(crate) trait Lanes: Copy {
    /// What a lane holds.
    type Element: Scalar;
    /// Lanes in a register.
    const COUNT: usize;

    /// All lanes 0.
    unsafe fn zero() -> Self;
    /// All lanes `*from`.
    unsafe fn splat(from: *const Self::Element) -> Self;
    unsafe fn load(from: *const Self::Element) -> Self;
    unsafe fn store(self, to: *mut Self::Element);
    /// Loads the first `count` lanes, at least one; the others are 0.
    unsafe fn load_first(from: *const Self::Element, count: usize) -> Self;
    /// Stores the first `count` lanes, at least one.
    unsafe fn store_first(self, to: *mut Self::Element, count: usize);
    /// self·b + c, rounded once.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// Column c, for c in 0..4, of the block whose row r, one for each lane, starts at
    /// `from + min(r, last)·stride`.
    unsafe fn load_columns(from: *const Self::Element, stride: usize, last: usize) -> [Self; 4];
}

/// Eight `-1` and eight `0`: a load at `8 − count` is the mask of the first `count` of 32-bit lanes.
static MASK: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

// SAFETY (all of the following): the instructions exist by the trait's contract, which also says that
// what a load or store touches is accessible.

impl Lanes for __m256 {
    type Element = f32;
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { _mm256_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f32) -> Self {
        unsafe { _mm256_broadcast_ss(&*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        unsafe { _mm256_maskload_ps(from, _mm256_loadu_si256(MASK.as_ptr().add(8 - count).cast())) }
    }
    #[inline(always)]
    unsafe fn store_first(self, mut to: *mut f32, count: usize) {
        // Whole pieces of 4, 2 and 1: a masked store is dozens of micro-operations on some CPUs.
        unsafe {
            if count == Self::COUNT {
                return self.store(to);
            }
            let mut rest = _mm256_castps256_ps128(self);
            if count & 4 != 0 {
                _mm_storeu_ps(to, rest);
                rest = _mm256_extractf128_ps::<1>(self);
                to = to.add(4);
            }
            if count & 2 != 0 {
                _mm_storel_pd(to.cast(), _mm_castps_pd(rest));
                rest = _mm_movehl_ps(rest, rest);
                to = to.add(2);
            }
            if count & 1 != 0 {
                _mm_store_ss(to, rest);
            }
        }
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        unsafe { _mm256_fmadd_ps(self, b, c) }
    }
    #[inline(always)]
    unsafe fn load_columns(from: *const f32, stride: usize, last: usize) -> [Self; 4] {
        unsafe {
            // Rows r and r + 4 share a register, so that only shuffles within its halves remain.
            let mut rows = [_mm256_setzero_ps(); 4];
            for (r, row) in rows.iter_mut().enumerate() {
                let low = _mm_loadu_ps(from.add(r.min(last) * stride));
                let high = _mm_loadu_ps(from.add((r + 4).min(last) * stride));
                *row = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
            }
            let [a, b, c, d] = rows;
            let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
            let (ab2, cd2) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
            [
                _mm256_shuffle_ps::<0x44>(ab, cd),
                _mm256_shuffle_ps::<0xEE>(ab, cd),
                _mm256_shuffle_ps::<0x44>(ab2, cd2),
                _mm256_shuffle_ps::<0xEE>(ab2, cd2),
            ]
        }
    }
}

impl Lanes for __m256d {
    type Element = f64;
    const COUNT: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { _mm256_setzero_pd() }
    }
    #[inline(always)]
    unsafe fn splat(from: *const f64) -> Self {
        unsafe { _mm256_broadcast_sd(&*from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { _mm256_loadu_pd(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        unsafe { _mm256_storeu_pd(to, self) }
    }
    #[inline(always)]
    unsafe fn load_first(from: *const f64, count: usize) -> Self {
        unsafe { _mm256_maskload_pd(from, _mm256_loadu_si256(MASK.as_ptr().add(8 - 2 * count).cast())) }
    }
    #[inline(always)]
    unsafe fn store_first(self, mut to: *mut f64, count: usize) {
        unsafe {
            if count == Self::COUNT {
                return self.store(to);
            }
            let mut rest = _mm256_castpd256_pd128(self);
            if count & 2 != 0 {
                _mm_storeu_pd(to, rest);
                rest = _mm256_extractf128_pd::<1>(self);
                to = to.add(2);
            }
            if count & 1 != 0 {
                _mm_store_sd(to, rest);
            }
        }
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        unsafe { _mm256_fmadd_pd(self, b, c) }
    }
    #[inline(always)]
    unsafe fn load_columns(from: *const f64, stride: usize, last: usize) -> [Self; 4] {
        unsafe {
            let mut rows = [_mm256_setzero_pd(); 4];
            for (r, row) in rows.iter_mut().enumerate() {
                // Rows 0 and 2, rows 1 and 3, of columns 0 and 1 first, then of columns 2 and 3.
                let (r, column) = (r % 2, r / 2 * 2);
                let low = _mm_loadu_pd(from.add(r.min(last) * stride + column));
                let high = _mm_loadu_pd(from.add((r + 2).min(last) * stride + column));
                *row = _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(low), high);
            }
            let [a, b, c, d] = rows;
            [
                _mm256_unpacklo_pd(a, b),
                _mm256_unpackhi_pd(a, b),
                _mm256_unpacklo_pd(c, d),
                _mm256_unpackhi_pd(c, d),
            ]
        }
    }
}
