//! [`Input::check_probabilities`]: whether what is to be predicted can be probabilities.

use crate::{Encoding, Error, Input};
use glassgrad_tensor::Scalar;

impl<T> Input<T> {
    /// Whether the values of these rows, which can be [encoded](Self::encode), are numbers from 0 to 1 once they are a `U`;
    /// classes need not be.
    ///
    /// # Errors
    /// If one is not, with its place; or if a column of the target is not there.
    pub fn check_probabilities<U: Scalar>(&self, encoding: &Encoding, rows: &[usize]) -> Result<(), Error> {
        let frame = match self {
            Input::Table(frame) | Input::Array { labels: Some(frame), .. } if encoding.classes.is_empty() => {
                frame
            }
            _ => return Ok(()),
        };
        let range = U::zero()..=U::one();
        for column in encoding.target_positions(frame)? {
            let numbers = frame.numbers(column)?;
            if let Some(&row) = rows.iter().find(|&&row| !range.contains(&U::from_f64(numbers[row]))) {
                let (at, found) = (frame.place(row, column), numbers[row].to_string());
                return Err(Error::NotAProbability { at, found });
            }
        }
        Ok(())
    }
}
