//! [`Events`]: each epoch's figures, for TensorBoard.

use crate::failure::Failure;
use glassgrad_report::{EventWriter, event_file_name};
use glassgrad_train::Record;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// An event file that grows by each epoch.
#[derive(Debug)]
pub(super) struct Events {
    path: PathBuf,
    writer: EventWriter<BufWriter<File>>,
}

impl Events {
    /// A new file in a folder, which is made if it is not there.
    pub(super) fn create(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(event_file_name(now() as u64, std::process::id()));
        let refused =
            |error: io::Error| Failure::CannotCreate(format!("{}: cannot be made: {error}", path.display()));
        fs::create_dir_all(folder).map_err(refused)?;
        let file = File::create_new(&path).map_err(refused)?;
        let begun = EventWriter::new(BufWriter::new(file), now())
            .and_then(|mut writer| writer.flush().map(|()| writer));
        let writer = begun.map_err(|error| {
            // What has no beginning is no event file.
            let _ = fs::remove_file(&path);
            refused(error)
        })?;
        Ok(Self { path, writer })
    }

    /// Adds an epoch.
    pub(super) fn add(&mut self, record: &Record, lr: f64) -> Result<(), Failure> {
        let validation = record.validation;
        let figures = [
            ("loss/train", Some(record.train_loss)),
            ("loss/validation", validation.map(|metrics| metrics.loss)),
            ("accuracy/validation", validation.and_then(|metrics| metrics.accuracy)),
            ("r2/validation", validation.and_then(|metrics| metrics.r2)),
            ("mae/validation", validation.and_then(|metrics| metrics.mae)),
            ("learning rate", Some(lr)),
        ];
        let scalars: Vec<_> = figures.into_iter().filter_map(|(tag, figure)| Some((tag, figure?))).collect();
        let written =
            self.writer.scalars(record.epoch + 1, now(), &scalars).and_then(|()| self.writer.flush());
        written.map_err(|error| Failure::Output(format!("{}: {error}", self.path.display())))
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
