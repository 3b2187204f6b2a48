//! Rules of gradients, layer by layer.

use super::{EXPLODING, Finding, NO_GRADIENT, VANISHING, median};
use crate::record::Record;

pub(crate) fn findings(record: &Record) -> Vec<Finding> {
    let mut found = Vec::new();
    // Where the loss has no slope at all, it may just be at its lowest.
    let moving = record.samples.iter().any(|sample| sample.gradient() > 0.0);
    for (i, name) in record.parameters.iter().enumerate().filter(|_| moving) {
        let norms = record.samples.iter().map(|sample| sample.norms[i].gradient);
        if let Some(most) = norms.reduce(f64::max) {
            found.extend(NO_GRADIENT.judge(most, name));
        }
    }
    let (Some(first), Some(last)) = (record.layers.first(), record.layers.last()) else {
        return found;
    };
    // Where nothing arrives at all, the parameters say so.
    let ratio = median(record.awake().filter_map(|sample| {
        let (first, last) = (sample.adjoints.first()?, sample.adjoints.last()?);
        (*first > 0.0).then(|| first / last)
    }));
    let place = format!("{first} to {last}");
    found.extend(VANISHING.judge(ratio, &place));
    found.extend(EXPLODING.judge(ratio, place));
    found
}
