//! Layers, activations and losses: each writes itself on a tape in a few lines.
//!
//! A [`Layer`] is a description. It holds no parameters: it records which parameters there are and what
//! is done with them, and widths are inferred from what it is applied to. Names follow PyTorch's
//! `Sequential`: in a [`Chain`], layer 0 has `0.weight` and `0.bias`, its output is the value named `0`,
//! and activations count as layers.
//!
//! ```
//! use glassgrad_layers::{Activation, Chain, Dense, Layer};
//! use glassgrad_autograd::Tape;
//! let network = Chain::new().then(Dense::new(64)).then(Activation::Relu).then(Dense::new(10));
//! let (tape, logits) = Tape::record(|tape| {
//!     let x = tape.input("x", 784);
//!     network.forward(tape, x)
//! })?;
//! assert_eq!(tape.layout().len(), 784 * 64 + 64 + 64 * 10 + 10);
//! assert_eq!(tape.name_of(logits), "2");
//! # Ok::<(), glassgrad_autograd::Error>(())
//! ```
//!
//! To add a layer, write a struct and one method. To add an activation, add a row to
//! [`glassgrad_autograd::Unary`]: it is a layer at once.

#![forbid(unsafe_code)]

mod chain;
mod dense;
mod dropout;
mod loss;
mod norm;
mod softmax;

pub use chain::{Chain, Residual};
pub use dense::Dense;
pub use dropout::Dropout;
pub use glassgrad_autograd::{Init, Unary as Activation};
pub use loss::{Loss, Reduction};
pub use norm::LayerNorm;
pub use softmax::{LogSoftmax, Softmax};

use glassgrad_autograd::{Tape, Unary, Var};
use std::fmt::Debug;

/// A piece of a network: y = f(x; its part of θ).
pub trait Layer: Debug + Send + Sync {
    /// Records this layer on the tape, applied to `x: [batch, in]`, and returns `y: [batch, out]`.
    fn forward(&self, tape: &mut Tape, x: Var) -> Var;
}

/// Every elementwise function is a layer: `[batch, n]` to `[batch, n]`.
impl Layer for Unary {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.map(*self, x)
    }
}
