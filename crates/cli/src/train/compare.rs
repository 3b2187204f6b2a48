//! [`compare()`]: what each row of a part was taken for; of values, what was missed.

use crate::failure::Failure;
use crate::measure::{self, ROWS};
use crate::model::Real;
use crate::run::{Rows, Sets};
use glassgrad_data::{Sample, Targets};
use glassgrad_report::{Confusion, POINTS, Residuals};
use glassgrad_train::Trainer;
use ndarray::{Array2, s};

/// How the predictions of a network compare with the truth.
#[derive(Debug)]
pub(super) enum Comparison {
    /// All rows, by class.
    Classes(Confusion),
    /// At most [`POINTS`] rows, one for each output, in its own units.
    Values(Vec<Residuals>),
}

/// Compares a part of `count` rows, of which no more than a block need be in memory.
pub(super) fn compare<T: Real>(
    trainer: &mut Trainer<T>,
    rows: Rows<'_, T>,
    count: usize,
    sets: &Sets<T>,
) -> Result<Comparison, Failure> {
    let scale = sets.learnt.targets.as_ref();
    let names = sets.training.target_columns().iter();
    let mut residuals: Vec<_> =
        names.map(|name| Residuals { name: name.clone(), ..Residuals::default() }).collect();
    let classes = sets.training.targets().classes();
    let mut confusion = Confusion::count(classes.unwrap_or_default().to_vec(), []);
    let mut sample = Sample::new(count, POINTS);
    let mut x = Array2::zeros((ROWS, sets.training.columns().len()));
    rows.each(&sets.learnt, |data| {
        let chosen: Vec<usize> = match data.targets() {
            Targets::Labels { .. } => (0..data.rows()).collect(),
            Targets::Values(_) => sample.choose(data.rows()),
        };
        for rows in chosen.chunks(ROWS) {
            let mut x = x.slice_mut(s![..rows.len(), ..]);
            data.gather_features(rows, x.view_mut())?;
            match data.targets() {
                Targets::Labels { labels, .. } => {
                    for (&row, predicted) in rows.iter().zip(trainer.classify(x.view())?) {
                        confusion.add(labels[row] as usize, predicted);
                    }
                }
                Targets::Values(values) => {
                    let predictions = trainer.predict(x.view())?;
                    for (prediction, &row) in predictions.rows().into_iter().zip(rows) {
                        for (output, residuals) in residuals.iter_mut().enumerate() {
                            let unit = |value: T| measure::in_units(scale, output, value);
                            residuals.predicted.push(unit(prediction[output]));
                            residuals.truth.push(unit(values[[row, output]]));
                        }
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(if classes.is_some() { Comparison::Classes(confusion) } else { Comparison::Values(residuals) })
}
