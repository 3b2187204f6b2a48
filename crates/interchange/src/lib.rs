//! Networks for other programs, and weights from them.
//!
//! This crate is for whoever trains here and predicts elsewhere, or the other way round. It reads what is recorded on
//! a [`Tape`](glassgrad_autograd::Tape) and knows nothing of layers, trainers or checkpoints.
//!
//! | module | out | in | opened by |
//! |---|---|---|---|
//! | [`safetensors`] | θ | θ | PyTorch: `model.load_state_dict(load_file(f))` |
//! | [`npz`] | θ | θ | NumPy: `np.load(f)["0.weight"]` |
//! | [`onnx`] | the network | – | onnxruntime and whatever else reads ONNX |
//! | [`rust_source`] | the network | – | `rustc`, also without `std` |
//!
//! A [`Network`] says what is written: a tape, its input and prediction, and θ. Everything is written to any
//! [`Write`](std::io::Write), and the same network gives the same bytes. What is read is not believed before it is
//! checked, and takes no more memory than the file's own size warrants.

#![forbid(unsafe_code)]

mod error;
mod export;
mod network;
pub mod npz;
mod number;
pub mod onnx;
mod program;
pub mod rust_source;
pub mod safetensors;
mod tensors;

pub use error::{Error, Mismatch};
pub use export::{Export, Head, Placement, Scaling};
pub use network::Network;
pub use number::{Conversion, Number};
