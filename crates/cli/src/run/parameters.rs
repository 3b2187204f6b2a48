//! Parameters that begin at the numbers of a RUN.toml.

use super::model::Tensor;
use super::names::{counted, nearest};
use crate::failure::Failure;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;

/// Gives one parameter the numbers that a RUN.toml has for its name.
pub(super) fn set_parameter<T: Scalar>(
    trainer: &mut Trainer<T>,
    name: &str,
    tensor: &Tensor,
) -> Result<(), Failure> {
    let wrong = |what: String| Failure::Usage(format!("model.parameters.{name:?}: {what}"));
    let layout = trainer.tape().layout();
    let known: Vec<String> = layout.segments().iter().map(|segment| segment.name.clone()).collect();
    let segment = layout.segment(name).map_err(|_| {
        let hint = nearest(name, &known).map_or(String::new(), |near| format!("did you mean {near:?}? "));
        wrong(format!("no such parameter; {hint}the network has {}", known.join(", ")))
    })?;
    let rows: &[Vec<f64>] = match tensor {
        Tensor::Row(row) => std::slice::from_ref(row),
        Tensor::Rows(rows) => rows,
    };
    let expected =
        format!("expected {} of {}", counted(segment.rows, "row"), counted(segment.columns, "number"));
    if rows.len() != segment.rows {
        return Err(wrong(format!("found {}; {expected}", counted(rows.len(), "row"))));
    }
    if let Some((row, numbers)) = rows.iter().enumerate().find(|(_, row)| row.len() != segment.columns) {
        let found = counted(numbers.len(), "number");
        return Err(wrong(format!("found {found} in row {row} (counted from 0); {expected}")));
    }
    let range = segment.range();
    for (to, &number) in trainer.theta_mut()[range].iter_mut().zip(rows.iter().flatten()) {
        *to = T::from_f64(number);
        if !to.is_finite() {
            return Err(wrong(format!("found {number}; expected finite numbers that fit the precision")));
        }
    }
    Ok(())
}
