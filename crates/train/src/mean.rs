use crate::Trainer;
use glassgrad_autograd::Memory;
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
        let rows = memory.batch();
        let terms: f64 = match &self.kind {
            Loss::CrossEntropy { class_weights, .. } if !class_weights.is_empty() => {
                let labels = self.tape.value(self.y, &self.theta, memory);
                labels.iter().map(|label| class_weights[label.to_f64() as usize]).sum()
            }
            Loss::CrossEntropy { .. } | Loss::HalfSquaredError => rows as f64,
            _ => (rows * self.tape.shape(self.y).columns) as f64,
        };
        let loss = self.loss_in(memory).to_f64();
        match self.reduction {
            Reduction::Mean => (loss * terms, terms),
            Reduction::Sum => (loss, terms),
        }
    }
}
