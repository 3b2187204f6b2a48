//! What a run leaves for people to look at.
//!
//! This crate draws and writes; it knows plain numbers and text, neither networks nor files of the project.
//!
//! | to see | use |
//! |---|---|
//! | losses by step or epoch, as SVG or PNG | [`Chart`]; of a [`History`], [`History::loss_chart`] |
//! | a loss in one line of a terminal | [`sparkline()`] |
//! | a whole run in a browser, with no network | [`Report`] |
//! | runs side by side in TensorBoard | [`EventWriter`] |

#![forbid(unsafe_code)]

mod axis;
mod chart;
mod confusion;
mod drawing;
mod events;
mod history;
mod html;
mod residuals;
mod sparkline;
mod text;

pub use chart::{Chart, DECADES, Mark, Series};
pub use confusion::{CLASSES, Confusion};
pub use events::{EventWriter, event_file_name};
pub use history::{Epoch, History};
pub use html::{Remark, Report, Table};
pub use residuals::{POINTS, Residuals};
pub use sparkline::sparkline;
pub use text::short;
