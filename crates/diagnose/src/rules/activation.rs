//! Rules of what sigmoids, tanhs and ReLUs give.

use super::{DEAD_RELU, Finding, SATURATED, median};
use crate::record::Record;

pub(crate) fn findings(record: &Record) -> Vec<Finding> {
    let mut found = Vec::new();
    for (i, name) in record.saturating.iter().enumerate() {
        let flat = median(record.samples.iter().map(|sample| sample.saturated[i]));
        found.extend(SATURATED.judge(flat, name));
    }
    for (name, dead) in &record.dead {
        found.extend(DEAD_RELU.judge(*dead, name));
    }
    found
}
