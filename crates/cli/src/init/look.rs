//! [`Look`]: what data look like, in the words of a RUN.toml.

use crate::failure::Failure;
use crate::run::{names_listed, names_rows};
use glassgrad_data::{Cells, Classes, Column, Features, Frame, Input, Target, Task};
use std::fmt::Write as _;

/// What was found in the data.
pub(super) struct Look {
    pub(super) found: String,
    pub(super) target: String,
    pub(super) task: &'static str,
    /// Columns that are empty, or text that seems to name the rows.
    pub(super) ignore: Vec<String>,
    pub(super) validation: &'static str,
    pub(super) missing: &'static str,
    pub(super) loss: &'static str,
}

impl Look {
    pub(super) fn at(input: &Input<f32>, named: Option<&str>, task: Task) -> Result<Self, Failure> {
        let target = match (named, input) {
            (Some(name), _) => vec![name.to_owned()],
            (None, Input::Table(frame)) => vec![likely_target(frame)],
            (None, Input::Array { .. }) => Vec::new(),
        };
        let mut found = format!("{} rows", input.rows());
        let mut holes = 0;
        if let Input::Array { features, .. } = input {
            if !matches!(features, Features::Bytes { .. }) {
                holes = features.to_numbers().iter().filter(|number| number.is_nan()).count();
            }
            let _ = write!(found, ", {} columns", features.dim().1);
        }
        if let Input::Table(frame) = input {
            let text =
                frame.columns().iter().filter(|column| matches!(column.cells, Cells::Text { .. })).count();
            holes = frame.columns().iter().map(|column| missing(&column.cells)).sum();
            let _ = write!(
                found,
                ", {} columns, {text} of them text, {holes} missing values",
                frame.columns().len()
            );
        }
        let what = input.target(&target, task)?;
        let (task, loss, kind) = match &what {
            Target::Label { column, classes: Classes::Known(classes) } => (
                "\"classification\"",
                "\"cross_entropy\"",
                format!("{column:?} holds {} classes ({})", classes.len(), shown(classes)),
            ),
            Target::Label { column, .. } => {
                ("\"classification\"", "\"cross_entropy\"", format!("{column:?} holds classes"))
            }
            Target::Values { columns } => {
                ("\"regression\"", "\"mse\"", format!("{} holds values", names_listed(columns)))
            }
        };
        let _ = write!(found, "; {kind}");
        Ok(Look {
            found,
            target: toml::Value::from(target.first().cloned().unwrap_or_default()).to_string(),
            task,
            ignore: useless(input, &what),
            validation: if input.rows() < 100 && input.split(&what, 0.2, 0).is_err() { "0.0" } else { "0.2" },
            missing: match holes {
                _ if has_holes(input, &what) => "\"drop\"", // a target cannot be made up
                0 => "\"error\"",
                _ => "\"mean\"",
            },
            loss,
        })
    }
}

/// The column that is most likely meant, by its name; else the last. A y may as well be a length.
fn likely_target(frame: &Frame) -> String {
    let names = frame.names();
    let usual = |name: &&String| ["target", "label", "class"].contains(&name.to_lowercase().as_str());
    names.iter().find(usual).or(names.last()).cloned().unwrap_or_default()
}

/// The columns of a target.
fn columns_of(target: &Target) -> &[String] {
    match target {
        Target::Label { column, .. } => std::slice::from_ref(column),
        Target::Values { columns } => columns,
    }
}

/// The columns, but for the target, that are ignored already, are empty, or seem to name the rows.
fn useless(input: &Input<f32>, target: &Target) -> Vec<String> {
    let Input::Table(frame) = input else { return Vec::new() };
    let useless = |column: &&Column| match &column.cells {
        _ if columns_of(target).contains(&column.name) => false,
        Cells::Text { texts, .. } => {
            names_rows(texts.len(), frame.rows()) && !column.cells.are_mostly_numbers()
        }
        Cells::Numbers(numbers) => numbers.iter().all(|number| number.is_nan()),
    };
    let useless = frame.columns().iter().filter(useless).map(|column| column.name.clone());
    let mut columns: Vec<String> = frame.ignored().iter().cloned().chain(useless).collect();
    columns.dedup();
    columns
}

/// Whether a value of the target is missing.
fn has_holes(input: &Input<f32>, target: &Target) -> bool {
    let columns = columns_of(target);
    let frame = match input {
        Input::Table(frame) => Some(frame),
        Input::Array { labels, .. } => labels.as_ref(),
    };
    let of_target =
        frame.into_iter().flat_map(Frame::columns).filter(|column| columns.contains(&column.name));
    of_target.map(|column| missing(&column.cells)).sum::<usize>() > 0
}

fn missing(cells: &Cells) -> usize {
    match cells {
        Cells::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
        Cells::Text { rows, .. } => rows.iter().filter(|&&text| text == u32::MAX).count(),
    }
}

/// The first names, on one line.
fn shown(names: &[String]) -> String {
    let first: Vec<_> = names.iter().take(5).map(|name| name.escape_debug().to_string()).collect();
    if names.len() > 5 { format!("{}, …", first.join(", ")) } else { first.join(", ") }
}
