//! [`Sample`]: some of many rows, for who has no room for all.

/// At most so many of a known number of rows that come block by block, evenly spaced: of m out of n, row k·n/m for each k
/// below m, rounded down.
///
/// ```
/// let mut sample = glassgrad_data::Sample::new(5, 2); // rows 0 and 2 of 5
/// assert_eq!(sample.choose(2), [0]);
/// assert_eq!(sample.choose(3), [0]);
/// ```
#[derive(Clone, Debug)]
pub struct Sample {
    rows: usize,
    most: usize,
    /// Rows that have come, and how many of them were chosen.
    passed: usize,
    chosen: usize,
}

impl Sample {
    /// Of `rows` rows, at most `most`.
    pub fn new(rows: usize, most: usize) -> Self {
        Sample { rows, most: most.min(rows), passed: 0, chosen: 0 }
    }

    /// Which of the next `rows` rows, counted from the first of these.
    pub fn choose(&mut self, rows: usize) -> Vec<usize> {
        let place = |chosen: usize| (chosen as u128 * self.rows as u128 / self.most as u128) as usize;
        let end = self.passed + rows;
        let chosen: Vec<usize> = (self.chosen..self.most)
            .map(place)
            .take_while(|&row| row < end)
            .map(|row| row - self.passed)
            .collect();
        self.chosen += chosen.len();
        self.passed = end;
        chosen
    }
}
