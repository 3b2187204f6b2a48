//! [`Bar`]: how far a run is, on stderr, if that is a terminal.

use crate::measure::four_places;
use crate::output::{Output, Reader, figure};
use glassgrad_train::{Metrics, Position};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;

/// How much of a run is done, how quickly, how long it still takes, and how well it goes.
#[derive(Debug)]
pub(super) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// Of a run of `epochs` times `per_epoch` steps that begins, or goes on, at `from`.
    pub(super) fn new(per_epoch: u64, epochs: u64, from: Position, out: Output) -> Self {
        let steps = |epochs: u64| epochs.saturating_mul(per_epoch);
        let bar = if out.quiet || out.json || out.reader == Reader::Nobody {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(steps(epochs))
        };
        let style = ProgressStyle::with_template("{bar:20} {percent}%, {rate}, {eta} left{msg}")
            .expect("the template is constant and right")
            .with_key("rate", |state: &ProgressState, to: &mut dyn Write| {
                let _ = write!(to, "{:.0} steps/s", state.per_sec());
            });
        let bar = bar.with_style(style).with_position(steps(from.epoch).saturating_add(from.batch));
        bar.reset_eta(); // what was done before took no time of this run
        Self { bar }
    }

    /// One step more: its loss, and how the rows held out did last.
    pub(super) fn step(&self, loss: f64, held_out: Option<Metrics>) {
        self.bar.inc(1);
        if self.bar.is_hidden() {
            return;
        }
        let score = match held_out {
            Some(Metrics { accuracy: Some(accuracy), .. }) => {
                format!(", held out {:.2} % right", 100.0 * accuracy)
            }
            Some(Metrics { r2: Some(r2), .. }) => format!(", held out R² {}", four_places(r2)),
            _ => String::new(),
        };
        self.bar.set_message(format!("; loss {}{score}", figure(loss)));
    }

    /// Writes lines where the bar is not in their way.
    pub(super) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        self.bar.suspend(write)
    }

    /// Leaves nothing of it.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
