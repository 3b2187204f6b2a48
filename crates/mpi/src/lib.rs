//! Training shared by several machines, over the MPI library that is already there.
//!
//! [`Ranks`] is the [`Collective`](glassgrad_train::Collective) that
//! [`Trainer::fit_shared`](glassgrad_train::Trainer::fit_shared) adds gradients with.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ranks`] | [`Ranks`]: who there is, and the two orders of a sum |
//! | [`halving`] | the sum in the fixed tree: the same bits for any number of ranks |
//! | [`patience`] | [`Patience`]: how long one waits for another rank, and what is said when it is over |

#![forbid(unsafe_code)]

pub mod halving;
pub mod patience;
pub mod ranks;

pub use patience::Patience;
pub use ranks::{Order, Ranks};
