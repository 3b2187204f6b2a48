//! In which units numbers go in: pixels, which an IDX file has as bytes and the network as numbers from 0 to 1, or numbers
//! that stand for themselves.
//!
//! A checkpoint does not say which. But it has its run, and the name of the run's file does.

use super::DataSettings;
use super::names::short_number;
use super::sets::Learnt;
use crate::failure::Failure;
use glassgrad_data::input::holds_pixels;
use glassgrad_data::{Cells, Features, Input, Scaling};
use glassgrad_tensor::Scalar;
use glassgrad_train::Notes;
use std::path::Path;

/// Numbers from 0 to 1, however they have been distorted, are below; an image of bytes has some above.
const NO_PIXEL: f64 = 2.0;

impl DataSettings {
    /// Whether what is trained on are pixels.
    pub(crate) fn pixels(&self) -> bool {
        self.train.as_deref().is_some_and(holds_pixels)
    }

    /// Whether pixels of a file are what is trained on: if that are numbers, nobody knows which of them stands for white.
    pub(crate) fn check_pixels(&self, path: &Path) -> Result<(), Failure> {
        match &self.train {
            Some(train) if holds_pixels(path) && !holds_pixels(train) => Err(Failure::Data(format!(
                "{}: pixels, which are read as 0 to 1; the network was trained on {}, whose numbers stand for themselves: \
                 expected a file of such numbers, as numpy.save writes them",
                path.display(),
                train.display()
            ))),
            _ => Ok(()),
        }
    }
}

impl Learnt {
    /// Whether what a file has may be what the network takes: pixels from 0 to 1, if it was trained on pixels.
    pub(crate) fn check_units<T: Scalar>(&self, input: &Input<T>) -> Result<(), Failure> {
        if !self.pixels {
            return Ok(());
        }
        let too_large = |number: f64| number.abs() > NO_PIXEL;
        let found = match input {
            Input::Array { features: Features::Bytes { .. }, .. } => None,
            Input::Array { features, .. } => {
                let numbers = features.to_numbers();
                let found = numbers.indexed_iter().find(|(_, number)| too_large(number.to_f64()));
                found.map(|((_, column), number)| (format!("x{column}"), number.to_f64()))
            }
            Input::Table(frame) => self.encoding.columns.iter().find_map(|pixel| {
                let column = frame.columns().iter().find(|column| column.name == pixel.name)?;
                let Cells::Numbers(numbers) = &column.cells else { return None };
                let number = numbers.iter().copied().find(|&number| too_large(number))?;
                Some((column.name.clone(), number))
            }),
        };
        match found {
            Some((column, found)) => Err(Failure::Data(format!(
                "{}: found {} in column {column}; the network was trained on pixels from 0 to 1: expected these, or \
                 bytes as numpy.save writes them (numpy.uint8), which are divided by 255",
                input.file(),
                short_number(found)
            ))),
            None => Ok(()),
        }
    }
}

/// Whether a model was trained on pixels; taken for no if it does not say of which run it is.
pub(crate) fn of_model(notes: &Notes) -> bool {
    // Not read as a `Run`, so that one with a key of another version is told of, too.
    let run = notes.run.parse::<toml::Table>().unwrap_or_default();
    let train = run.get("data").and_then(|data| data.get("train")?.as_str());
    train.is_some_and(|train| holds_pixels(Path::new(train)))
}

/// How a network's inputs are made of what its file has.
pub(crate) fn scaled(scaling: &Scaling, pixels: bool) -> &'static str {
    match (scaling, pixels) {
        (Scaling::None, false) => "as they are",
        (Scaling::None, true) => "pixels divided by 255",
        (Scaling::Standard(_), false) => "standardised",
        (Scaling::Standard(_), true) => "pixels divided by 255, then standardised",
        (Scaling::MinMax(_), false) => "scaled to 0…1",
        (Scaling::MinMax(_), true) => "pixels divided by 255, then scaled to 0…1",
    }
}
