//! Parameters that begin at the numbers of a RUN.toml.

use super::Run;
use super::model::Tensor;
use super::names::{counted, nearest, short_number};
use crate::failure::Failure;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use toml::Spanned;
use toml::de::DeValue;

/// Whether a RUN.toml has numbers for a parameter; else what is wrong, and at which byte.
pub(super) fn check_numbers(value: &Spanned<DeValue<'_>>) -> Result<(), (usize, &'static str)> {
    let wrong = |value: &Spanned<DeValue<'_>>, what| Err((value.span().start, what));
    match value.get_ref() {
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_array()) => {
            items.iter().try_for_each(|row| match row.get_ref() {
                DeValue::Array(numbers) => numbers.iter().try_for_each(check_number),
                _ => wrong(row, "expected a row of numbers, as the others are"),
            })
        }
        DeValue::Array(numbers) => numbers.iter().try_for_each(check_number),
        DeValue::Table(_) => wrong(
            value,
            "found a table; a name with dots stands in quotes: \"0.weight\" = [[0.0, 0.5], [1.0, 1.5]]",
        ),
        _ => wrong(value, "expected numbers: a bias is [0.0, 0.5], a weight [[0.0, 0.5], [1.0, 1.5]]"),
    }
}

fn check_number(value: &Spanned<DeValue<'_>>) -> Result<(), (usize, &'static str)> {
    let at = value.span().start;
    match value.get_ref() {
        DeValue::Float(_) => Ok(()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(_) => Ok(()),
            Err(_) => Err((at, "expected a smaller whole number, or one with a point")),
        },
        _ => Err((at, "expected a number")),
    }
}

/// Gives one parameter the numbers that a RUN.toml has for its name.
pub(super) fn set_parameter<T: Scalar>(
    run: &Run,
    trainer: &mut Trainer<T>,
    name: &str,
    tensor: &Tensor,
) -> Result<(), Failure> {
    let wrong =
        |what: String| Failure::Usage(format!("{}: {what}", run.named(&format!("model.parameters.{name}"))));
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
            return Err(wrong(format!(
                "found {}; expected finite numbers that fit the precision",
                short_number(number)
            )));
        }
    }
    Ok(())
}
