//! Rules of a data set.

use super::{Finding, IMBALANCE, LEAKAGE, UNSCALED, UNSCALED_COLUMN, UNSCALED_SMALL, median};
use glassgrad_data::{Dataset, Targets};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView1;

/// Fewer rows say nothing of a distribution.
const ROWS: usize = 10;

pub(crate) fn findings<T: Scalar>(data: &Dataset<T>) -> Vec<Finding> {
    let mut found = scale(data);
    if data.rows() >= ROWS {
        found.extend(imbalance(data));
        found.extend(leakage(data));
    }
    found
}

fn scale<T: Scalar>(data: &Dataset<T>) -> Vec<Finding> {
    let varies = |column: &ArrayView1<'_, T>| column.iter().any(|x| *x != column[0]);
    let size = |column: ArrayView1<'_, T>| {
        (column.iter().map(|x| x.to_f64().powi(2)).sum::<f64>() / column.len() as f64).sqrt()
    };
    let features = data.features();
    let columns = features.columns().into_iter().zip(data.columns());
    let sizes: Vec<(f64, &String)> =
        columns.filter(|(column, _)| varies(column)).map(|(column, name)| (size(column), name)).collect();
    let middle = median(sizes.iter().map(|(size, _)| *size));
    let mut found = Vec::new();
    found.extend(UNSCALED.judge(middle, "features"));
    found.extend(UNSCALED_SMALL.judge(middle, "features"));
    if let Some((largest, name)) = sizes.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)) {
        found.extend(UNSCALED_COLUMN.judge(largest / middle, name));
    }
    found
}

fn imbalance<T: Scalar>(data: &Dataset<T>) -> Option<Finding> {
    let Targets::Labels { labels, classes } = data.targets() else { return None };
    let mut rows = vec![0_usize; classes.len()];
    for &label in labels {
        rows[label as usize] += 1;
    }
    let most = (0..rows.len()).max_by_key(|&class| rows[class])?;
    let least = (0..rows.len()).min_by_key(|&class| rows[class])?;
    // A class without any row counts as if it had one.
    let ratio = rows[most] as f64 / rows[least].max(1) as f64;
    IMBALANCE.judge(ratio, format!("classes {} and {}", classes[most], classes[least]))
}

/// A single feature may well be all there is to know; beside others it should not be.
fn leakage<T: Scalar>(data: &Dataset<T>) -> Vec<Finding> {
    if data.columns().len() < 2 {
        return Vec::new();
    }
    let explained = |x: ArrayView1<'_, T>| match data.targets() {
        Targets::Labels { labels, classes } => correlation_ratio(x, labels, classes.len()),
        Targets::Values(values) => values.columns().into_iter().map(|y| r2(x, y)).fold(0.0, f64::max),
    };
    let features = data.features();
    let columns = features.columns().into_iter().zip(data.columns());
    columns.filter_map(|(x, name)| LEAKAGE.judge(explained(x), name)).collect()
}

/// The square of the correlation of two columns; 0 where one is constant.
fn r2<T: Scalar>(x: ArrayView1<'_, T>, y: ArrayView1<'_, T>) -> f64 {
    let mean = |v: &ArrayView1<'_, T>| v.iter().map(|v| v.to_f64()).sum::<f64>() / v.len() as f64;
    let (mean_x, mean_y) = (mean(&x), mean(&y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x.to_f64() - mean_x, y.to_f64() - mean_y);
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    if xx > 0.0 && yy > 0.0 { xy * xy / (xx * yy) } else { 0.0 }
}

/// The share of a column's variance that lies between classes (Pearson's η²).
fn correlation_ratio<T: Scalar>(x: ArrayView1<'_, T>, labels: &[u32], classes: usize) -> f64 {
    let mut sums = vec![(0.0, 0.0); classes];
    for (x, &label) in x.iter().zip(labels) {
        let (sum, rows) = &mut sums[label as usize];
        *sum += x.to_f64();
        *rows += 1.0;
    }
    let mean = sums.iter().map(|(sum, _)| sum).sum::<f64>() / x.len() as f64;
    let total: f64 = x.iter().map(|x| (x.to_f64() - mean).powi(2)).sum();
    let within = x.iter().zip(labels).map(|(x, &label)| {
        let (sum, rows) = sums[label as usize];
        (x.to_f64() - sum / rows).powi(2)
    });
    if total > 0.0 { 1.0 - within.sum::<f64>() / total } else { 0.0 }
}
