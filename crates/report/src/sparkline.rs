//! [`sparkline`]: numbers as one line of block characters.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Positive numbers that differ by more than this factor are drawn by their logarithms.
const SPREAD: f64 = 20.0;

/// Numbers as one line of at most `width` block characters, the highest at the largest.
///
/// Of more numbers than `width`, each character is the mean of its share of them. NaN and infinities are left out; where
/// there is nothing else, the character is `×`. Equal numbers give a line of half height, none an empty one. Positive
/// numbers that span more than a factor of 20, as losses do, are drawn by their logarithms.
///
/// ```
/// use glassgrad_report::sparkline;
/// assert_eq!(sparkline(&[7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0], 40), "█▇▆▅▄▃▂▁");
/// assert_eq!(sparkline(&[1.0, f64::NAN, 1.0], 40), "▄×▄");
/// ```
pub fn sparkline(values: &[f64], width: usize) -> String {
    let columns = width.min(values.len());
    let means: Vec<Option<f64>> = (0..columns)
        .map(|k| mean(&values[k * values.len() / columns..(k + 1) * values.len() / columns]))
        .collect();
    let extremes = |numbers: &[Option<f64>]| {
        let finite = numbers.iter().flatten();
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
    };
    let (low, high) = extremes(&means);
    let heights = if low > 0.0 && high / low > SPREAD {
        means.iter().map(|mean| mean.map(f64::ln)).collect()
    } else {
        means
    };
    let (low, high) = extremes(&heights);
    let block = |height: &Option<f64>| match height {
        None => '×',
        Some(_) if low == high => BLOCKS[3],
        // Halves, so that the distance between the two largest doubles is finite.
        Some(x) => BLOCKS[(7.0 * ((x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0))).round() as usize],
    };
    heights.iter().map(block).collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    let finite = || values.iter().filter(|x| x.is_finite());
    let count = finite().count() as f64;
    (count > 0.0).then(|| finite().map(|x| x / count).sum())
}
