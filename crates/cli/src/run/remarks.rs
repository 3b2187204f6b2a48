//! What a person should know of the data of a run before it begins.

use super::Run;
use super::names::{counted, shortened, shown};
use super::sets::Learnt;
use glassgrad_data::{Dataset, Encoded, Kind, Targets};
use glassgrad_tensor::Scalar;

/// Whether the names of the columns may be the first row.
pub(super) fn on_header<'a>(
    run: &Run,
    names: impl IntoIterator<Item = &'a String>,
    remarks: &mut Vec<String>,
) {
    if run.data.train.is_some() && names.into_iter().all(|name| name.parse::<f64>().is_ok()) {
        remarks.push(format!(
            "{}the first line is all numbers, and was taken for the names of the columns; is the header missing?",
            run.data.before_message(":1")
        ));
    }
}

/// What was learnt from so many rows that says little, or nothing.
pub(super) fn on_learnt(run: &Run, learnt: &Learnt, rows: usize, remarks: &mut Vec<String>) {
    let Learnt { encoding, scaling, targets, .. } = learnt;
    let file = run.data.before_message("");
    let features = encoding.features();
    let numbers = scaling.constant().iter().map(|&feature| &features[feature]);
    let texts = encoding.columns.iter().filter_map(|Encoded { name, kind }| match kind {
        Kind::Categories { names, .. } if names.len() == 1 => Some(name),
        _ => None,
    });
    let constant: Vec<&String> = numbers.chain(texts).collect();
    if !constant.is_empty() {
        let which = if constant.len() == 1 { "column" } else { "columns" };
        let names = shortened(constant);
        remarks.push(format!("{file}{which} {names}: the same in every training row, and so of no use"));
    }
    for &column in targets.iter().flat_map(|scale| &scale.constant) {
        remarks.push(format!(
            "{file}target {}: the same in every training row, and so there is nothing to learn",
            shown([&encoding.targets[column]])
        ));
    }
    for Encoded { name, kind } in &encoding.columns {
        if let Kind::Categories { names, .. } = kind
            && names_rows(names.len(), rows)
        {
            remarks.push(format!(
                "{file}column {}: {} different texts in {}, each a feature; if they only name the rows, leave the column \
                 out: --ignore (data.ignore)",
                shown([name]),
                names.len(),
                counted(rows, "training row")
            ));
        }
    }
    // That a default is too large is no news.
    if run.train.batch > rows && run.train.batch != super::TrainSettings::default().batch {
        remarks.push(format!(
            "{}: the training part has {}; each step takes them all",
            run.told("train.batch"),
            counted(rows, "row")
        ));
    }
}

/// Which classes are only among the rows held out.
pub(super) fn on_classes<T: Scalar>(run: &Run, training: &Dataset<T>, remarks: &mut Vec<String>) {
    let Targets::Labels { labels, classes } = training.targets() else { return };
    let mut rows = vec![0; classes.len()];
    for &label in labels {
        rows[label as usize] += 1;
    }
    let missing: Vec<&String> =
        classes.iter().zip(rows).filter(|(_, rows)| *rows == 0).map(|(class, _)| class).collect();
    if !missing.is_empty() {
        let (file, which) =
            (run.data.before_message(""), if missing.len() == 1 { "class" } else { "classes" });
        remarks.push(format!(
            "{file}{which} {}: in no training row, and so not to be learnt",
            shortened(missing)
        ));
    }
}

/// Whether a column of text with so many different texts seems to name the rows.
pub(crate) fn names_rows(different: usize, rows: usize) -> bool {
    const FEW: usize = 20;
    different > FEW.max(rows / 2)
}
