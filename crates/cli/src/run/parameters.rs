//! Parameters that begin at given numbers: those of a file of weights, and those of a RUN.toml.

use super::model::Tensor;
use super::names::{counted, nearest};
use crate::failure::Failure;
use crate::model::Real;
use glassgrad_autograd::Tape;
use glassgrad_interchange::{Conversion, npz, safetensors};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use std::fs;

/// θ of a file of weights, all of them finite: NPZ by its name, else safetensors.
pub(crate) fn read_weights<T: Real>(tape: &Tape, path: &std::path::Path) -> Result<Vec<T>, Failure> {
    let bytes = fs::read(path).map_err(|source| {
        let file = path.display().to_string();
        match source.kind() {
            std::io::ErrorKind::NotFound => glassgrad_data::Error::NotFound { file },
            _ => glassgrad_data::Error::Read { file, source },
        }
    })?;
    let read = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npz")) {
        npz::read(tape, &bytes, Conversion::Rounding)
    } else {
        safetensors::read(tape, &bytes, Conversion::Rounding)
    };
    let theta = read.map_err(|error| Failure::Data(format!("{}: {error}", path.display())))?;
    check_finite(tape, &theta).map_err(|what| Failure::Data(format!("{}: {what}", path.display())))?;
    Ok(theta)
}

/// Which number is none, if one is.
fn check_finite<T: Scalar>(tape: &Tape, theta: &[T]) -> Result<(), String> {
    for segment in tape.layout().segments() {
        let numbers = &theta[segment.range()];
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(format!(
                "tensor {:?}: number {index} (counted from 0) is {}, expected finite numbers; the training that these \
                 weights are from has diverged: take ones that were saved before",
                segment.name,
                numbers[index].to_f64()
            ));
        }
    }
    Ok(())
}

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
