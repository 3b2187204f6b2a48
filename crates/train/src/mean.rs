use crate::Trainer;
use glassgrad_autograd::Memory;
use glassgrad_data::{Dataset, Targets};
use glassgrad_layers::{Loss, Reduction};
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};

/// The mean loss of rows that come in batches of different sizes: each batch weighs as much as it has
/// terms, so that the mean is the one that all rows would have had in a single batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LossMean {
    /// Σ of the terms of the loss.
    pub(crate) sum: f64,
    /// How many terms; of weighted classes, what they weigh.
    pub(crate) terms: f64,
    /// How many rows.
    pub(crate) rows: u64,
}

impl LossMean {
    /// Takes in a batch: its terms add up to `sum`.
    pub(crate) fn add(&mut self, sum: f64, terms: f64, rows: usize) {
        self.rows += rows as u64;
        // Rows of classes that weigh nothing have no mean, and no part in this one.
        if terms > 0.0 {
            self.sum += sum;
            self.terms += terms;
        }
    }

    /// NaN without any terms.
    pub(crate) fn mean(&self) -> f64 {
        self.sum / self.terms
    }
}

impl<T: Scalar> Trainer<T> {
    /// The sum of the terms of the loss in a memory, and how many there are; of weighted classes, what
    /// they weigh.
    pub(crate) fn terms(&self, memory: &Memory<T>) -> (f64, f64) {
        let labels = self.tape.value(self.y, &self.theta, memory);
        let terms = self.count(memory.batch(), labels.iter().map(|label| label.to_f64() as usize));
        let loss = self.loss_in(memory).to_f64();
        match self.reduction {
            Reduction::Mean => (loss * terms, terms),
            Reduction::Sum => (loss, terms),
        }
    }
    /// How many terms the loss has on these rows of a data set; of weighted classes, what they weigh.
    pub(crate) fn terms_of_rows(&self, data: &Dataset<T>, rows: &[usize]) -> f64 {
        match data.targets() {
            Targets::Labels { labels, .. } => {
                self.count(rows.len(), rows.iter().map(|&row| labels[row] as usize))
            }
            Targets::Values(_) => self.count(rows.len(), std::iter::empty()),
        }
    }

    fn count(&self, rows: usize, labels: impl Iterator<Item = usize>) -> f64 {
        match &self.kind {
            Loss::CrossEntropy { class_weights, .. } if !class_weights.is_empty() => {
                labels.map(|label| class_weights[label]).sum()
            }
            Loss::CrossEntropy { .. } | Loss::HalfSquaredError => rows as f64,
            _ => (rows * self.tape.shape(self.y).columns) as f64,
        }
    }
}
