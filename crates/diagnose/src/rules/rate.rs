//! Rules of the learning rate.

use super::{ACCUMULATED, Finding, LR_ABOVE_CRITICAL, LR_FAR_BELOW, MISSING_HALF, OVERSHOOT, RESIDUAL_FLIPS};
use super::{SUM_FOR_MEAN, UPDATE_LARGE, UPDATE_SMALL, UPHILL, median, share};
use crate::record::{Record, Sample};

/// Steps that it takes to speak of a habit.
const HABIT: usize = 8;

pub(crate) fn findings(record: &Record) -> Vec<Finding> {
    let mut found = curvature(record);
    let flips = share(record.awake().filter_map(|sample| sample.flipped), HABIT);
    found.extend(RESIDUAL_FLIPS.judge(flips, "loss.residual"));
    // Where there are residuals, they say the same.
    let overshoot = |sample: &Sample| sample.overshot.filter(|_| sample.flipped.is_none());
    found.extend(OVERSHOOT.judge(share(record.awake().filter_map(overshoot), HABIT), "θ"));
    let uphill = share(record.awake().filter_map(|sample| Some(sample.slope? > 0.0)), 5);
    found.extend(UPHILL.judge(uphill, "θ"));
    // Plain gradient descent whose gradient grows a thousandfold a step would look the same.
    let indirect = median(record.awake().filter_map(|sample| sample.indirect));
    let piled: Vec<f64> = record.awake().filter_map(|sample| sample.piled).collect();
    if indirect > 0.1 && piled.len() >= 5 {
        found.extend(ACCUMULATED.judge(median(piled.into_iter()), "θ"));
    }
    found.extend(updates(record));
    found
}

/// η·λ.
fn curvature(record: &Record) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some((start, lambda)) = record.start.and_then(|start| Some((start, start.curvature?))) else {
        return found;
    };
    let Some([first, last]) = record.ends(5) else { return found };
    let steep = start.lr * lambda;
    let most = record.losses.iter().copied().fold(first, f64::max);
    if most >= 1.5 * record.losses[0] {
        found.extend(LR_ABOVE_CRITICAL.judge(steep, "loss"));
        let mean = steep / start.rows as f64;
        if record.loss.sum && mean < 2.0 {
            found.extend(SUM_FOR_MEAN.judge(steep, "loss"));
        }
        if record.loss.square && 0.5 * steep < 2.0 {
            found.extend(MISSING_HALF.judge(steep, "loss"));
        }
    } else if last > 0.05 * first && lambda > 0.0 {
        found.extend(LR_FAR_BELOW.judge(steep, "loss"));
    }
    found
}

/// ‖Δw‖/‖w‖ of the weights. One that begins small may grow fast at first; one that is well begun should never.
fn updates(record: &Record) -> Vec<Finding> {
    let ratio = |sample: &Sample, i: usize| {
        let norms = &sample.norms[i];
        // A weight that does not move at all is a matter of its gradient, and one of 0 has no ratio.
        Some(norms.update? / norms.weight).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
    };
    let mut found = Vec::new();
    let typical = |i: usize| {
        let ratios: Vec<f64> = record.awake().filter_map(|sample| ratio(sample, i)).collect();
        (if ratios.len() < HABIT { f64::NAN } else { median(ratios.into_iter()) }, i)
    };
    let largest = record.weights().map(typical).filter(|(ratio, _)| !ratio.is_nan());
    if let Some((ratio, i)) = largest.max_by(|a, b| a.0.total_cmp(&b.0)) {
        found.extend(UPDATE_LARGE.judge(ratio, &record.parameters[i]));
    }
    let first = record.samples.iter().take(10);
    let ratios = first.flat_map(|sample| record.weights().filter_map(|i| ratio(sample, i)));
    if let Some(most) = ratios.reduce(f64::max) {
        found.extend(UPDATE_SMALL.judge(most, "all weights"));
    }
    found
}
