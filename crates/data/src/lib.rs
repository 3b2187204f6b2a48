//! Data sets for glassgrad: reading, scaling, splitting and dealing them out in mini-batches.
//!
//! For whoever has data and wants to train on them. The crate knows nothing of networks: it ends
//! where a batch has been written into memory that the caller lends.
//!
//! | module | what it holds |
//! |---|---|
//! | [`input`] | [`Input`]: a file of data, read by the reader that its name asks for |
//! | [`frame`] | [`Frame`]: a table with text and missing values, as it was read |
//! | [`frames`] | [`Frames`]: a CSV file a block of rows at a time |
//! | [`inputs`] | [`Inputs`]: the same of a file of any format |
//! | [`task`] | [`Task`]: classification or regression, told apart by the target |
//! | [`missing`] | [`Missing`]: what a missing value looks like, and what becomes of it |
//! | [`mixed`] | [`Mixed`]: a column in which text stands among numbers |
//! | [`encoding`] | [`Encoding`]: how a table becomes numbers, learnt on the training part |
//! | [`learn`] | [`Training`]: the training part, scaled, and how it is |
//! | [`dataset`] | [`Dataset`]: features, and labels or values, checked once, in memory |
//! | [`features`] | [`Features`]: numbers, or bytes until they are gathered |
//! | [`csv`] | [`read_csv`]: numeric tables with a header, strictly |
//! | [`scale`] | [`Standardize`] and [`MinMax`], fitted on the training part and invertible |
//! | [`scaling`] | [`Scaling`]: one of these or none, over all features but categories |
//! | [`mod@split`] | [`split()`](split()): a training part and a held-out part, class by class |
//! | [`batches`] | [`Batches`]: the rows of batch b of epoch e, shuffled, found again without saved state |
//! | [`stream`] | [`Stream`]: a set that stays in its file, of which a window is in memory |
//! | [`error`] | [`Error`]: what was found, what was expected, where, what to do |
//!
//! ```
//! use glassgrad_data::{Batches, CsvOptions, Standardize, read_csv_from, split};
//! use ndarray::Array2;
//!
//! let text = "width,height,kind\n1,2,cup\n2,3,cup\n8,1,dish\n9,2,dish\n";
//! let table = read_csv_from::<f64, _>(text.as_bytes(), "shop.csv", &CsvOptions::classification("kind"))?;
//! let (mut training, mut held_out) = split(&table, 0.5, 0)?;
//!
//! let scale = Standardize::fit(training.features().view())?;
//! scale.transform(training.features_mut())?;
//! scale.transform(held_out.features_mut())?;
//!
//! let mut batches = Batches::shuffled(training.rows(), 2, 0)?;
//! let (mut x, mut y) = (Array2::zeros((2, 2)), Array2::zeros((2, 1))); // [batch, columns], [batch, 1]
//! for epoch in 0..3 {
//!     batches.start(epoch);
//!     for rows in batches.iter() {
//!         training.gather_features(rows, x.view_mut())?;
//!         training.gather_targets(rows, y.view_mut())?;
//!     }
//! }
//! # Ok::<(), glassgrad_data::Error>(())
//! ```

mod arrays;
pub mod batches;
mod cells;
pub mod csv;
pub mod dataset;
mod decimal;
mod encode;
pub mod encoding;
pub mod error;
pub mod features;
mod fingerprint;
pub mod format;
pub mod frame;
pub mod frames;
mod gather;
mod holes;
mod idx;
pub mod input;
pub mod inputs;
mod labels;
pub mod learn;
mod lines;
pub mod missing;
pub mod mixed;
mod npy;
mod open;
mod probabilities;
mod reading;
mod row;
pub mod sample;
pub mod scale;
pub mod scaling;
pub mod split;
pub mod stream;
mod table;
pub mod task;
mod wording;

pub use batches::Batches;
pub use csv::{Classes, CsvOptions, Target, read_csv, read_csv_from};
pub use dataset::{Dataset, Targets};
pub use encode::Outcome;
pub use encoding::{Encoded, Encoding, EncodingOptions, Kind, Unseen};
pub use error::{Error, Place};
pub use features::Features;
pub use format::ReadOptions;
pub use frame::{Cells, Column, Frame};
pub use frames::Frames;
pub use input::Input;
pub use inputs::Inputs;
pub use learn::Training;
pub use missing::Missing;
pub use mixed::Mixed;
pub use sample::Sample;
pub use scale::{MinMax, Standardize};
pub use scaling::{Scaling, ScalingKind};
pub use split::split;
pub use stream::{Learnt, Part, Pass, Stream, StreamOptions};
pub use task::Task;
