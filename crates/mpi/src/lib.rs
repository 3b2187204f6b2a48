//! Training shared by several machines, over the MPI library that is already there.
//!
//! `Ranks` is the [`Collective`](glassgrad_train::Collective) that
//! [`Trainer::fit_shared`](glassgrad_train::Trainer::fit_shared) adds gradients with. It needs an MPI, and so is
//! there only with the feature `mpi`; so is the program `glassgrad-mpi`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`halving`] | who exchanges what with whom for the sum in the fixed tree: the same bits for any number of ranks |
//! | `ranks` | `Ranks`: who there is, and the two orders of a sum |
//! | `patience` | `Patience`: how long one waits for another rank, and what is said when it is over |

#![forbid(unsafe_code)]

pub mod halving;
#[cfg(feature = "mpi")]
pub mod patience;
#[cfg(feature = "mpi")]
pub mod ranks;

#[cfg(feature = "mpi")]
pub use patience::Patience;
#[cfg(feature = "mpi")]
pub use ranks::{Order, Ranks};
