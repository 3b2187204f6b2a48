//! Training: the cycle forward → backward → update → verify on a network, its data and its optimiser.
//!
//! [`Trainer`] is the whole of it. It takes a [`Layer`](glassgrad_layers::Layer), a loss and an optimiser,
//! owns θ, ∇θ and one recycled memory, and can be driven by hand, one stage at a time, or over a data set
//! by [`Trainer::fit`], watched by an [`Observer`]. After every stage each value, adjoint, gradient and
//! parameter can be read by name. [`Trainer::save`] writes all of it to a file, from which [`Checkpoint`] goes
//! on with the same bits. Several workers share one run by [`Trainer::fit_shared`] and a [`Collective`].
//!
//! ```
//! use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
//! use glassgrad_optim::{Recipe, Sgd};
//! use glassgrad_train::Trainer;
//! use ndarray::array;
//!
//! let network = Chain::new()
//!     .then(Dense::new(1).weight(Init::rows([[0.5]])))
//!     .then(Activation::Sigmoid)
//!     .then(Dense::new(1).weight(Init::rows([[1.0]])));
//! let sgd = Recipe::new(Sgd { lr: 1.0, ..Sgd::default() });
//! let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, sgd, 0)?;
//! trainer.load(array![[1.0]].view(), array![[0.5]].view())?;
//! let before = trainer.forward();
//! trainer.backward();
//! trainer.update()?;
//! let after = trainer.verify();
//! assert!(after < 0.25 * before);
//! assert_eq!(trainer.gradient("0.weight")?.dim(), (1, 1));
//! # Ok::<(), glassgrad_train::Error>(())
//! ```

#![forbid(unsafe_code)]

mod buckets;
mod check;
mod checkpoint;
mod collective;
mod error;
mod fit;
mod inspect;
mod mean;
mod metrics;
mod predict;
mod shards;
mod snapshot;
mod stream;
mod team;
mod trainer;

pub use checkpoint::{Checkpoint, NonFinite, Notes, Origin, Record};
pub use collective::{Alone, Collective};
pub use error::Error;
pub use fit::{Epoch, Observer};
pub use glassgrad_store::{Dtype as Precision, Element};
pub use metrics::Metrics;
pub use snapshot::Snapshot;
pub use team::Team;
pub use trainer::{Position, Step, Trainer};
