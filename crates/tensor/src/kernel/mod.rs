//! Matrix products of `f32` and `f64`, and the choice among the ways to compute them.
//!
//! With AVX2 and FMA every path computes the same sum: element (i, j) of c starts from 0, or from its
//! old value if the product accumulates, and takes the terms a(i, l)·b(l, j) in the order of l, each by
//! one fused multiply–add. So the bits of c depend neither on the number of threads, nor on m, n or the
//! blocks: a row of a batch is the same as that row alone.
//!
//! | shape | path |
//! |---|---|
//! | a few multiplications | plain loops |
//! | m = 1 or n = 1 | [`row`]: streams the matrix once, packs nothing |
//! | all else | [`blocks`] of [`tile`]s, packing what is read often or lies badly |
//!
//! Where [`pool::pays`](crate::pool::pays) says so, a product is shared among threads by rows or columns
//! of c, never by k. Without AVX2 and FMA, [`portable`] goes through ndarray on one thread.

// What holds registers must dissolve in a caller compiled for AVX2: as calls it would be slow.
#![allow(clippy::inline_always)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod blocks;
#[cfg(target_arch = "x86_64")]
mod lanes;
#[cfg(target_arch = "x86_64")]
mod pack;
mod portable;
#[cfg(target_arch = "x86_64")]
mod row;
#[cfg(target_arch = "x86_64")]
mod tile;

use crate::{Product, Scalar};

/// `f32` or `f64`: a number that a register can hold several of.
pub(crate) trait Float: Scalar {
    /// A register of them.
    #[cfg(target_arch = "x86_64")]
    type Lanes: lanes::Lanes<Element = Self>;

    /// self·b + c, rounded once.
    #[cfg(target_arch = "x86_64")]
    fn fused(self, b: Self, c: Self) -> Self;
}

impl Float for f32 {
    #[cfg(target_arch = "x86_64")]
    type Lanes = std::arch::x86_64::__m256;

    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
}

impl Float for f64 {
    #[cfg(target_arch = "x86_64")]
    type Lanes = std::arch::x86_64::__m256d;

    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn fused(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
}

/// See [`Scalar::product`].
pub(crate) fn product<T: Float>(p: &Product, a: &[T], b: &[T], c: &mut [T]) {
    let (a, b, c) = p.cut(a, b, c);
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
        // SAFETY: the CPU has both, and the slices were cut to the shapes.
        return unsafe { avx2::product(p, a, b, c) };
    }
    portable::product(p, a, b, c);
}
