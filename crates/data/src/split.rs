//! [`split()`]: which rows train and which are held out.
//!
//! The rows 0..n are shuffled once, by [`shuffle`] with [`stream`]`(seed, Purpose::Split, 0, 0)`. Then,
//! in this order, each class gives its first rows to the held-out part, as many as its share; values
//! are one class. Both parts keep the order of the table.
//!
//! Shares. Of n rows, round(n · fraction) are held out, halves rounded up. A class of m rows is due
//! m · fraction; it gets the whole part, and what is missing to the total goes one by one to the
//! largest fractional parts, the lower class first (Hamilton's method of largest remainders). But a
//! class of 2 rows or more keeps at least one on each side and a single row trains, as far as the
//! total allows.

use crate::{Dataset, Error, Targets};
use glassgrad_tensor::Scalar;
use glassgrad_tensor::random::{Purpose, shuffle, stream};

/// The training part and the held-out part of a data set, `fraction` of the rows being held out.
///
/// Labels are stratified: each class is held out in the same proportion.
///
/// # Errors
/// If `fraction` is not between 0 and 1, or a part would be empty.
pub fn split<T: Scalar>(
    dataset: &Dataset<T>,
    fraction: f64,
    seed: u64,
) -> Result<(Dataset<T>, Dataset<T>), Error> {
    let (training, held_out) = split_rows(dataset, fraction, seed)?;
    Ok((dataset.select(&training)?, dataset.select(&held_out)?))
}

/// The rows of the parts that [`split()`](split()) makes, each in ascending order.
///
/// # Errors
/// As of [`split()`](split()).
pub fn split_rows<T: Scalar>(
    dataset: &Dataset<T>,
    fraction: f64,
    seed: u64,
) -> Result<(Vec<usize>, Vec<usize>), Error> {
    let classes = dataset.targets().classes().map_or(1, <[_]>::len);
    let class = |row: usize| match dataset.targets() {
        Targets::Labels { labels, .. } => labels[row] as usize,
        Targets::Values(_) => 0,
    };
    stratified(dataset.rows(), class, classes, fraction, seed)
}

/// The rows of both parts, given the class of each row, from 0.
pub(crate) fn stratified(
    rows: usize,
    class: impl Fn(usize) -> usize,
    classes: usize,
    fraction: f64,
    seed: u64,
) -> Result<(Vec<usize>, Vec<usize>), Error> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(Error::Fraction { found: fraction });
    }
    let total = (rows as f64 * fraction).round() as usize;
    if total == 0 || total >= rows {
        return Err(Error::EmptySide { fraction, rows, held_out: total });
    }
    let mut sizes = vec![0; classes];
    (0..rows).for_each(|row| sizes[class(row)] += 1);
    let mut share = shares(&sizes, fraction, total);

    let mut order: Vec<usize> = (0..rows).collect();
    shuffle(&mut stream(seed, Purpose::Split, 0, 0), &mut order);
    let (mut held_out, mut training): (Vec<_>, Vec<_>) = order.into_iter().partition(|&row| {
        let left = &mut share[class(row)];
        let held = *left > 0;
        *left -= usize::from(held);
        held
    });
    training.sort_unstable();
    held_out.sort_unstable();
    Ok((training, held_out))
}

/// How many rows of each class are held out, `total` in all; 0 < `total` < Σ `sizes`.
fn shares(sizes: &[usize], fraction: f64, total: usize) -> Vec<usize> {
    let mut least: Vec<usize> = sizes.iter().map(|&size| usize::from(size >= 2)).collect();
    if least.iter().sum::<usize>() > total {
        least.fill(0);
    }
    let mut most: Vec<usize> = sizes.iter().map(|&size| size.saturating_sub(1)).collect();
    if most.iter().sum::<usize>() < total {
        most.copy_from_slice(sizes);
    }
    let due = |class: usize| sizes[class] as f64 * fraction;
    let mut share: Vec<usize> =
        (0..sizes.len()).map(|class| (due(class) as usize).clamp(least[class], most[class])).collect();
    let mut sum: usize = share.iter().sum();

    // Rounds of one row a class, for the bounds may have moved more than the fractional parts.
    let missing: Vec<f64> = (0..sizes.len()).map(|class| due(class) - share[class] as f64).collect();
    let mut by_missing: Vec<usize> = (0..sizes.len()).collect();
    by_missing.sort_by(|&a, &b| missing[b].total_cmp(&missing[a]));
    while sum < total {
        by_missing.retain(|&class| share[class] < most[class]);
        for &class in by_missing.iter().take(total - sum) {
            share[class] += 1;
            sum += 1;
        }
    }
    while sum > total {
        by_missing.retain(|&class| share[class] > least[class]);
        for &class in by_missing.iter().rev().take(sum - total) {
            share[class] -= 1;
            sum -= 1;
        }
    }
    share
}
