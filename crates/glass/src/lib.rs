//! The glass box: what a network did, on paper.
//!
//! - [`Trace`] writes down training steps, one row for every value, local derivative, adjoint, gradient,
//!   update and verification, each with its formula in symbols and in numbers.
//! - [`Audit`] holds a page's printed numbers, its [`Claims`], against a trace.
//! - [`Graph`] draws the computation as SVG, or writes it for Graphviz and Mermaid.

#![forbid(unsafe_code)]
#![allow(clippy::format_push_string)] // a document grows piece by piece; `write!` would need an `expect` each time

mod audit;
pub mod decimal;
mod error;
mod formula;
mod graph;
mod local;
mod plan;
mod symbols;
mod trace;

pub use audit::{Audit, Claim, Claims, Finding, Verdict};
pub use error::Error;
pub use graph::{Edge, Graph, Kind, Node, Slope};
pub use symbols::Symbol;
pub use trace::{Format, Operand, Row, Stage, Trace};
