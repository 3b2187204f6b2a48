//! The tape: a neural network as a program, differentiated.
//!
//! A layer writes itself once on a [`Tape`]. The tape is plain data over one flat parameter vector θ:
//! a list of instructions, a [`Layout`] that names the segments of θ, no numbers. Running it forward
//! fills one flat [`Memory`] of values; backward fills one flat memory of cotangents and one flat ∇θ.
//! One tape serves every batch size and every number: `f32`, `f64`, and dual numbers, on which the
//! forward run is a directional derivative and the backward run a Hessian–vector product.
//!
//! This crate is for whoever writes a layer, a loss or a derivative check. Layers themselves are in
//! `glassgrad-layers`; optimisers are loops over θ in `glassgrad-optim`.
//!
//! # The ops
//! | kind | recorded by |
//! |---|---|
//! | given from outside | [`input`](Tape::input), [`labels`](Tape::labels), [`param`](Tape::param) |
//! | products | [`affine`](Tape::affine), [`matmul`](Tape::matmul), [`matmul_transposed`](Tape::matmul_transposed) |
//! | elementwise | [`map`](Tape::map) with [`Unary`], [`zip`](Tape::zip) with [`Binary`] and broadcasting |
//! | reductions | [`sum`](Tape::sum), [`mean`](Tape::mean) over an [`Axis`] |
//! | columns | [`concat`](Tape::concat), [`slice`](Tape::slice) |
//! | rows | [`softmax`](Tape::softmax), [`log_softmax`](Tape::log_softmax) |
//! | losses | [`softmax_cross_entropy`](Tape::softmax_cross_entropy), [`sigmoid_cross_entropy`](Tape::sigmoid_cross_entropy), [`class_weight`](Tape::class_weight) |
//! | flow | [`stop_gradient`](Tape::stop_gradient), [`dropout`](Tape::dropout) |
//!
//! A tape is plain data: [`Tape::program`] writes it down, and [`Program::record`] records it again, checked.
//!
//! # Names
//! Every value has a name: its layer's path and op, such as `0.affine`, or one given by
//! [`Tape::name`]. [`Tape::var`] finds it, and then [`Tape::value`] and [`Tape::adjoint`] read it.

#![forbid(unsafe_code)]

mod derivative;
mod error;
#[cfg(test)]
mod fault;
mod formula;
mod gradcheck;
mod inference;
mod init;
mod jacobian;
mod layout;
mod memory;
mod op;
mod program;
mod record;
mod run;
mod shape;
mod single;
mod size;
mod tape;

pub use error::Error;
pub use gradcheck::{Check, GradCheck};
pub use inference::Inference;
pub use init::Init;
pub use jacobian::Wrt;
pub use layout::{Layout, Segment};
pub use memory::Memory;
pub use op::Op;
pub use op::binary::Binary;
pub use op::product::Transposed;
pub use op::reduce::Axis;
pub use op::softmax::CrossEntropy;
pub use op::unary::Unary;
pub use program::Program;
pub use shape::{Rows, Shape};
pub use tape::{Tape, Var};
