use crate::{Error, Trainer};
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView1, ArrayView2};

/// How well a network does on a data set, in evaluation mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Rows evaluated.
    pub rows: usize,
    /// The mean loss a row, as in training.
    pub loss: f64,
    /// Share of rows whose largest output is their label's; for binary cross-entropy, of entries on the
    /// right side of ½. `None` for regression.
    pub accuracy: Option<f64>,
    /// R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², the mean over outputs; 0 for an output that is constant, unless it is
    /// predicted exactly. `None` for labels.
    pub r2: Option<f64>,
    /// Mean absolute error |y − ŷ|, in units of the target. `None` for labels.
    pub mae: Option<f64>,
}

/// Rows evaluated at a time: enough to be fast, few enough to stay in cache.
const ROWS: usize = 256;

impl<T: Scalar> Trainer<T> {
    /// Runs a data set through the network in evaluation mode, and compares.
    ///
    /// # Errors
    /// If the data does not fit the network.
    pub fn evaluate(&mut self, data: &Dataset<T>) -> Result<Metrics, Error> {
        self.check_data(data)?;
        let mut batches = Batches::sequential(data.rows(), ROWS)?;
        let mut sums = Sums::new(data);
        batches.start(0);
        for rows in &batches {
            self.gather(data, rows)?;
            self.memory.evaluating();
            self.tape.forward_to(self.loss, &self.theta, &mut self.memory);
            let y = self.tape.value(self.y, &self.theta, &self.memory);
            let prediction = self.tape.value(self.prediction, &self.theta, &self.memory);
            sums.add(&self.kind, self.loss_value().to_f64(), prediction, y);
        }
        Ok(sums.metrics(&self.kind, data.rows()))
    }
}

/// What has been added up over the batches so far.
struct Sums {
    loss: f64,
    weight: f64,
    right: f64,
    entries: f64,
    absolute: f64,
    /// Mean, Σ(y − mean)² and Σ(y − ŷ)² of each output.
    outputs: Vec<[f64; 3]>,
}

impl Sums {
    fn new<T: Scalar>(data: &Dataset<T>) -> Self {
        let outputs = match data.targets() {
            Targets::Labels { .. } => Vec::new(),
            Targets::Values(values) => {
                let mean = |c: ArrayView1<'_, T>| c.iter().map(|v| v.to_f64()).sum::<f64>() / c.len() as f64;
                values.columns().into_iter().map(|c| [mean(c), 0.0, 0.0]).collect()
            }
        };
        Self { loss: 0.0, weight: 0.0, right: 0.0, entries: 0.0, absolute: 0.0, outputs }
    }

    fn add<T: Scalar>(
        &mut self,
        kind: &Loss,
        loss: f64,
        prediction: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
    ) {
        // The mean over all rows weighs each batch as its own mean did.
        let weight: f64 = match kind {
            Loss::CrossEntropy { class_weights, .. } if !class_weights.is_empty() => {
                y.iter().map(|label| class_weights[label.to_f64() as usize]).sum()
            }
            _ => y.nrows() as f64,
        };
        if weight > 0.0 {
            self.loss += weight * loss;
            self.weight += weight;
        }
        for (p, y) in prediction.rows().into_iter().zip(y.rows()) {
            match kind {
                Loss::CrossEntropy { .. } => {
                    self.entries += 1.0;
                    self.right += f64::from(u8::from(largest(p) == y[0].to_f64() as usize));
                }
                Loss::BinaryCrossEntropy => {
                    self.entries += y.len() as f64;
                    let right = p.iter().zip(y).filter(|(p, y)| (p.to_f64() > 0.0) == (y.to_f64() > 0.5));
                    self.right += right.count() as f64;
                }
                _ => {
                    for ((p, y), [mean, total, error]) in p.iter().zip(y).zip(&mut self.outputs) {
                        let (p, y) = (p.to_f64(), y.to_f64());
                        *total += (y - *mean).powi(2);
                        *error += (y - p).powi(2);
                        self.absolute += (y - p).abs();
                        self.entries += 1.0;
                    }
                }
            }
        }
    }

    fn metrics(&self, kind: &Loss, rows: usize) -> Metrics {
        let loss = self.loss / self.weight;
        let base = Metrics { rows, loss, accuracy: None, r2: None, mae: None };
        match kind {
            Loss::CrossEntropy { .. } | Loss::BinaryCrossEntropy => {
                Metrics { accuracy: Some(self.right / self.entries), ..base }
            }
            _ => {
                let r2 = |&[_, total, error]: &[f64; 3]| match (total > 0.0, error > 0.0) {
                    (true, _) => 1.0 - error / total,
                    (false, true) => 0.0,
                    (false, false) => 1.0,
                };
                let r2 = self.outputs.iter().map(r2).sum::<f64>() / self.outputs.len() as f64;
                Metrics { r2: Some(r2), mae: Some(self.absolute / self.entries), ..base }
            }
        }
    }
}

/// The place of the largest number, the first of equals.
pub(crate) fn largest<T: Scalar>(row: ArrayView1<'_, T>) -> usize {
    row.iter().enumerate().fold(0, |best, (i, &v)| if v > row[best] { i } else { best })
}
