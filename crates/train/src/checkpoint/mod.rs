//! Checkpoints: a trainer in a file, from which it goes on with the same bits.
//!
//! The file is a container of `glassgrad-store`: magic, version, checksums, and it is replaced as a whole or not
//! at all. In it:
//!
//! | part | what |
//! |---|---|
//! | header | where it was written, the network as a program, loss, optimiser, seed, position, [`Notes`] |
//! | `theta` | θ; names and shapes of its parameters follow from the program |
//! | `state.…` | the optimiser's vectors by their names, each as long as θ |
//! | `best` | θ as it was at its best, if the caller gave it |
//!
//! A network without parameters has no sections. Gradients and what is loaded are not kept, nor whether the
//! adjoints of inputs are wanted: the next step computes them anew.
//!
//! A file is checked before it is believed: the program is recorded anew through the methods that a layer uses,
//! the loss recorded behind it, and everything else compared with what came out. θ is read only after that.

mod check;
mod header;
mod load;
mod non_finite;
mod notes;
mod open;
mod origin;
mod save;

pub use non_finite::NonFinite;
pub use notes::{Notes, Record};
pub use open::Checkpoint;
pub use origin::Origin;

use glassgrad_store::Format;

/// Version 1. A change of [`header::Header`], or of anything in it, is a new version: a type of its own is then
/// to be read, chosen by [`glassgrad_store::Reader::version`].
const FORMAT: Format = Format::new("checkpoint", *b"GLASS\r\n\x1a", 1, 1);

/// The section of θ.
const THETA: &str = "theta";

/// The section of the best θ.
const BEST: &str = "best";

/// The section of an optimiser's vector.
fn state(slot: &str) -> String {
    format!("state.{slot}")
}
