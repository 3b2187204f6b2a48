//! The text of the elementary functions.
//!
//! A network that is written out as Rust source takes the functions it needs along: the same text, so the same
//! bits, and nothing to keep in step.

/// What both number types share.
pub const SHARED: &str = include_str!("math.rs");
/// The functions for `f32`. They need `split` of [`DOUBLE`].
pub const SINGLE: &str = include_str!("math/single.rs");
/// The functions for `f64`, but for the next.
pub const DOUBLE: &str = include_str!("math/double.rs");
/// erfc for `f64`.
pub const DOUBLE_ERFC: &str = include_str!("math/double/erfc.rs");
