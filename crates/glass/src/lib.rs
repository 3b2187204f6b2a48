//! The glass box: what a network did, on paper.
//!
//! - [`Trace`] writes down training steps, one row for every value, local derivative, adjoint, gradient,
//!   update and verification, each with its formula in symbols and in numbers.

#![forbid(unsafe_code)]

pub mod decimal;
mod error;
mod formula;
mod plan;
mod symbols;
mod trace;

pub use error::Error;
pub use symbols::Symbol;
pub use trace::{Format, Operand, Row, Stage, Trace};
