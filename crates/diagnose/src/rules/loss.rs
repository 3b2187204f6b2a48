//! Rules of the loss: how it begins, and whether it falls.

use super::{
    Finding, LOSS_GREW, NO_PROGRESS, START_ABOVE_CHANCE, START_BELOW_CHANCE, WORSE_THAN_CHANCE, median,
};
use crate::record::Record;

pub(crate) fn findings(record: &Record) -> Vec<Finding> {
    let mut found = Vec::new();
    let rows = record.start.map_or(1, |start| start.rows);
    // A sum's terms, to be compared with those of a mean.
    let scale = if record.loss.sum { 1.0 / rows as f64 } else { 1.0 };
    let chance = record.loss.classes.map(|classes| (classes as f64).ln());
    if let (Some(chance), Some(&first)) = (chance, record.losses.first()) {
        found.extend(START_ABOVE_CHANCE.judge(first * scale - chance, "loss"));
        if rows >= 8 {
            found.extend(START_BELOW_CHANCE.judge(first * scale / chance, "loss"));
        }
    }
    if let Some([_, last]) = record.ends(10) {
        let first = median(record.losses.iter().take(5).copied());
        found.extend(LOSS_GREW.judge(last / first, "loss"));
    }
    let Some([_, last]) = record.ends(if chance.is_some() { 50 } else { 20 }) else { return found };
    if let Some(chance) = chance {
        found.extend(WORSE_THAN_CHANCE.judge(last * scale / chance, "loss"));
    }
    // A loss that grew has been told of.
    if found.iter().all(|f| ![LOSS_GREW.id, WORSE_THAN_CHANCE.id].contains(&f.rule.id)) {
        let from = chance.unwrap_or(record.losses[0] * scale);
        found.extend(NO_PROGRESS.judge(last * scale / from, "loss"));
    }
    found
}
