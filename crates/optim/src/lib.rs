//! Optimisers, learning-rate schedules and gradient clipping, over one flat parameter vector θ and one
//! flat gradient.
//!
//! This crate is for whoever trains a model of any kind: it knows numbers, names and ranges, but nothing
//! of layers. A [`Recipe`] says how to descend. Bound to the layout of a θ it is a [`Descent`], whose
//! [`step`](Descent::step) is one pass over θ, the gradient and the rule's state, and allocates nothing.
//!
//! | rule | keeps | source |
//! |---|---|---|
//! | [`Sgd`] | nothing | Robbins and Monro 1951 |
//! | [`Momentum`] | velocity | Polyak 1964 |
//! | [`Nesterov`] | velocity | Nesterov 1983 |
//! | [`AdaGrad`] | sum of squares | Duchi, Hazan and Singer 2011 |
//! | [`RmsProp`] | mean square, and mean if centred | Tieleman and Hinton 2012 |
//! | [`Adam`] | two moments | Kingma and Ba 2015 |
//! | [`AdamW`] | two moments | Loshchilov and Hutter 2019 |
//!
//! A rule of your own is one implementation of [`Optimizer`]. Each rule here computes what PyTorch's of
//! the same name does, up to rounding; the tests compare twenty steps of a network.
//!
//! ```
//! use glassgrad_optim::{Momentum, Recipe};
//!
//! // The minimum of (a − 3)² + 10·(b + 1)².
//! let mut descent = Recipe::new(Momentum { lr: 0.02, ..Momentum::default() }).bind(&[("a", 0..1), ("b", 1..2)])?;
//! let mut theta = [0.0, 0.0];
//! for _ in 0..400 {
//!     let mut grad = [2.0 * (theta[0] - 3.0), 20.0 * (theta[1] + 1.0)];
//!     descent.step(&mut theta, &mut grad)?;
//! }
//! assert!((theta[0] - 3.0_f64).abs() < 1e-6 && (theta[1] + 1.0_f64).abs() < 1e-6);
//! # Ok::<(), glassgrad_optim::Error>(())
//! ```

#![forbid(unsafe_code)]

mod adagrad;
mod adam;
mod adamw;
mod clip;
mod descent;
mod error;
mod group;
mod inspect;
mod momentum;
mod nesterov;
mod optimizer;
mod plan;
mod plateau;
mod recipe;
mod rmsprop;
mod schedule;
mod sgd;

pub use adagrad::AdaGrad;
pub use adam::Adam;
pub use adamw::AdamW;
pub use clip::Clip;
pub use descent::{Descent, Progress, Step};
pub use error::Error;
pub use group::Group;
pub use momentum::Momentum;
pub use nesterov::Nesterov;
pub use optimizer::{At, MOST_SLOTS, Optimizer, Slot, State};
pub use plan::{Course, Plan, Rule, WarmUp};
pub use plateau::{Mode, Plateau, Watch};
pub use recipe::Recipe;
pub use rmsprop::RmsProp;
pub use schedule::Schedule;
pub use sgd::Sgd;
