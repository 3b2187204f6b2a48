//! Whether notes are of the network beside them, and safe to use with data.

use super::{Outcome, unless};
use crate::Notes;
use glassgrad_data::{Encoding, Kind, Scaling};
use glassgrad_layers::Loss;

/// Names of features are made of those of columns and categories; together they have at most so many bytes.
const MOST_NAMES: usize = 1 << 26;

/// Whether the notes are of this network, and safe to use with data.
pub(super) fn check(notes: &Notes, inputs: usize, outputs: usize, loss: &Loss) -> Outcome {
    if let Some(encoding) = &notes.encoding {
        check_encoding(encoding, inputs, outputs, loss)?;
    }
    let (shift, divisor, constant) = match &notes.scaling {
        None | Some(Scaling::None) => (inputs, inputs, &[][..]),
        Some(Scaling::Standard(scale)) => (scale.mean.len(), scale.std.len(), &*scale.constant),
        Some(Scaling::MinMax(scale)) => (scale.min.len(), scale.range.len(), &*scale.constant),
    };
    let fits = [shift, divisor] == [inputs; 2] && constant.iter().all(|column| *column < inputs);
    unless(fits, "the scaling", &format!("found one of {shift} features, expected {inputs}"))?;
    if let Some(scale) = &notes.target_scaling {
        let lengths = [scale.mean.len(), scale.std.len()];
        let fits = lengths == [outputs; 2] && scale.constant.iter().all(|column| *column < outputs);
        let problem = format!("found one of {} outputs, expected {outputs}", lengths[0]);
        unless(fits, "the scaling of targets", &problem)?;
    }
    Ok(())
}

fn check_encoding(encoding: &Encoding, inputs: usize, outputs: usize, loss: &Loss) -> Outcome {
    let item = "the encoding";
    let (mut features, mut names) = (0, 0_usize);
    for column in &encoding.columns {
        match &column.kind {
            Kind::Number { .. } => features += 1,
            Kind::Categories { names: categories, most_frequent } => {
                let known = *most_frequent < categories.len();
                unless(known, item, "found a most frequent category that there is not")?;
                features += categories.len();
                names = categories.iter().fold(names, |sum, category| {
                    sum.saturating_add(column.name.len()).saturating_add(category.len())
                });
            }
        }
    }
    unless(names <= MOST_NAMES, item, "found names of features that are too long")?;
    unless(features == inputs, item, &format!("found {features} features, expected {inputs}"))?;
    let (found, expected) = match (encoding.classes.len(), loss) {
        // One output can say which of two classes it is.
        (classes, Loss::BinaryCrossEntropy) if classes > 0 => (classes, 2),
        (0, loss) if !loss.wants_labels() => (encoding.targets.len(), outputs),
        (classes, _) => (classes, outputs),
    };
    let problem = format!("found {found} classes or target columns, expected {expected}");
    unless(found == expected, item, &problem)
}
