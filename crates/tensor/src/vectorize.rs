//! [`vectorized`]: the same loop, compiled for the vector unit that this CPU turns out to have.
//!
//! A release build for x86-64 may assume no more than SSE2 (4 `f32` a register), while nearly every
//! such CPU in use has AVX2 (8 `f32`). Compiling for the newer one would break the older; so a loop
//! that matters is compiled twice, and the choice is made at run time.
//!
//! # What makes a loop vectorise
//! Everything between [`vectorized`] and the arithmetic must be inlined into it, because a function
//! that is merely called keeps the instructions that it was compiled for:
//!
//! * what the loop calls for each element is `#[inline(always)]`. The methods of
//!   [`Scalar`](crate::Scalar) are, and so are the operators of [`Dual`](crate::Dual). One function of a
//!   few of them without the attribute stays a call, and the loop takes five times as long;
//! * the closure has the attribute too, as in the example: it is used twice, once for each instruction
//!   set, so that nothing else obliges the inliner to take a big one;
//! * the loop runs over slices with `zip`, so that no bounds check interrupts it, and what it captures
//!   by reference is first copied to a local if it is a number;
//! * a condition chooses between two numbers that are computed anyway, not between two computations.
//!
//! # The same bits everywhere
//! Rust never fuses a multiplication and an addition by itself, nor reorders them. A loop that does not
//! write `mul_add` therefore gives the same bits inside and outside of [`vectorized`]; only the bits
//! of a NaN may differ. (`mul_add` is best avoided altogether: where the CPU has no such instruction
//! it is a library call, a hundred times slower.)
#![allow(unsafe_code)] // for the one call of a function compiled for another CPU; the argument stands there

/// Runs `f`, compiled for AVX2 and FMA if this CPU has both, else as the rest of the program is.
///
/// The CPU is asked once; later calls cost about a nanosecond, so let one call cover a whole slice.
/// On aarch64 nothing is to be chosen: NEON belongs to every such CPU.
///
/// ```
/// use glassgrad_tensor::{Scalar, vectorized};
/// fn sigmoid<T: Scalar>(x: &[T], y: &mut [T]) {
///     vectorized(
///         #[inline(always)]
///         || {
///             for (y, x) in y.iter_mut().zip(x) {
///                 *y = x.sigmoid();
///             }
///         },
///     );
/// }
/// let mut y = [0.0; 3];
/// sigmoid(&[-1e3, 0.0, 1e3], &mut y);
/// assert_eq!(y, [0.0, 0.5, 1.0]);
/// ```
#[inline(always)]
#[allow(clippy::inline_always)] // a call that is not inlined cannot be vectorised with its caller
pub fn vectorized<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: `avx2` asks for nothing but AVX2 and FMA, and this CPU has just been found to have them.
        return unsafe { avx2(f) };
    }
    f()
}

/// Fewer numbers than a register holds are not worth asking which registers there are.
const FEW: usize = 8;

/// A loop over `count` numbers: [`vectorized`] if there are enough of them. The bits are the same either way.
#[inline(always)]
#[allow(clippy::inline_always)] // as above
pub fn elementwise<R>(count: usize, f: impl FnOnce() -> R) -> R {
    if count < FEW { f() } else { vectorized(f) }
}

/// `f` with AVX2 and FMA instructions.
///
/// # Safety
/// The CPU must have both: an instruction that it does not know is undefined behaviour.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<R>(f: impl FnOnce() -> R) -> R {
    f()
}
