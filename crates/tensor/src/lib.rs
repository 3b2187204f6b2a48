//! Numbers for glassgrad: what a scalar is, how matrices are multiplied, how rows and columns are
//! reduced, and where random numbers come from.
//!
//! This crate is for whoever writes an op or an optimiser. It knows nothing of tapes or layers.
//!
//! | module | what it holds |
//! |---|---|
//! | [`scalar`] | [`Scalar`]: `f32`, `f64` and [`Dual`] numbers behind one trait |
//! | [`dual`] | [`Dual<T>`](Dual): a + b·ε with ε² = 0, forward-mode differentiation |
//! | [`mod@matmul`] | matrix products on ndarray views and on flat slices |
//! | [`pool`] | the worker threads: how many, and how to share a loop among them |
//! | [`reduce`] | sums, maxima and log-sum-exp in a documented order |
//! | [`vectorize`] | [`vectorized`]: a loop compiled for the CPU that it runs on |
//! | [`random`] | reproducible random streams named by (seed, purpose, epoch, step) |
//! | [`source`] | the text of the elementary functions, for programs that are written out |
//!
//! Matrices are row-major. A matrix is an ndarray view at the borders of the crate and a slice with
//! its shape inside hot loops; the numbers themselves always belong to the caller.

pub mod dual;
#[allow(unsafe_code)] // SIMD; each function says what it needs
mod kernel;
mod math;
pub mod matmul;
#[allow(unsafe_code)] // lends a caller's closure to the workers
pub mod pool;
pub mod random;
pub mod reduce;
pub mod scalar;
pub mod source;
pub mod vectorize;

pub use dual::Dual;
pub use matmul::{Product, matmul};
pub use scalar::Scalar;
pub use vectorize::{elementwise, vectorized};
