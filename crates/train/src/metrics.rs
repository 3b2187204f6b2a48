use crate::mean::LossMean;
use crate::{Error, Trainer};
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// How well a network does on a data set, in evaluation mode.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Rows evaluated.
    pub rows: usize,
    /// The mean of the loss's terms over all rows, as in training; the mean even where training takes the
    /// sum. With weighted classes it is Σwℓ/Σw over the whole set.
    pub loss: f64,
    /// Share of rows whose largest output is their label's; for binary cross-entropy, of entries on the
    /// right side of ½. `None` for regression.
    pub accuracy: Option<f64>,
    /// R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², the mean over outputs; 0 for an output that is constant, unless it is
    /// predicted exactly. `None` for labels, and for a single row, which has no spread.
    pub r2: Option<f64>,
    /// Mean absolute error |y − ŷ|, in units of the target. `None` for labels.
    pub mae: Option<f64>,
}

/// Rows evaluated at a time: enough to be fast, few enough to stay in cache.
const ROWS: usize = 256;

impl<T: Scalar> Trainer<T> {
    /// Runs a data set through the network in evaluation mode, and compares. As
    /// [`predict`](Self::predict), it leaves the batch that is loaded for training alone.
    ///
    /// # Errors
    /// If the data does not fit the network.
    pub fn evaluate(&mut self, data: &Dataset<T>) -> Result<Metrics, Error> {
        let mut evaluation = Evaluation::default();
        evaluation.add(self, data)?;
        Ok(evaluation.metrics(&self.kind))
    }

    /// As [`evaluate`](Self::evaluate), of a data set that comes in parts, each of at least a row.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate); the first error among the parts; or if there is no part.
    pub fn evaluate_parts<E: From<Error>>(
        &mut self,
        parts: impl IntoIterator<Item = Result<Dataset<T>, E>>,
    ) -> Result<Metrics, E> {
        let mut evaluation = Evaluation::default();
        for part in parts {
            evaluation.add(self, &part?)?;
        }
        if evaluation.loss.rows == 0 {
            return Err(Error::from(glassgrad_data::Error::Empty { what: "rows" }).into());
        }
        Ok(evaluation.metrics(&self.kind))
    }
}

/// What has been found so far of a data set that comes in parts.
#[derive(Default)]
struct Evaluation {
    loss: LossMean,
    comparison: Option<Comparison>,
}

impl Evaluation {
    fn add<T: Scalar>(&mut self, trainer: &mut Trainer<T>, data: &Dataset<T>) -> Result<(), Error> {
        trainer.check_data(data)?;
        let mut comparison = Comparison::new(data);
        for rows in &Batches::sequential(data.rows(), ROWS)? {
            let memory = &mut trainer.evaluation;
            memory.resize(&trainer.tape, rows.len())?;
            data.gather_features(rows, memory.input(trainer.x))?;
            data.gather_targets(rows, memory.input(trainer.y))?;
            memory.evaluating();
            trainer.tape.forward_to(trainer.loss, &trainer.theta, memory);
            let (sum, terms) = trainer.terms(&trainer.evaluation);
            self.loss.add(sum, terms, rows.len());
            let of = |var| trainer.tape.value(var, &trainer.theta, &trainer.evaluation);
            comparison.add(&trainer.kind, of(trainer.prediction), of(trainer.y));
        }
        match &mut self.comparison {
            None => self.comparison = Some(comparison),
            Some(before) => before.join(&comparison),
        }
        Ok(())
    }

    fn metrics(&self, kind: &Loss) -> Metrics {
        self.comparison.as_ref().expect("a part has been added").metrics(kind, &self.loss)
    }
}

/// What has been added up over the batches so far.
struct Comparison {
    right: f64,
    entries: f64,
    absolute: f64,
    outputs: Vec<Output>,
}

/// One output of a regression.
struct Output {
    /// ȳ over the rows that are compared.
    mean: f64,
    /// Σ(y − ȳ)².
    total: f64,
    /// Σ(y − ŷ)².
    error: f64,
}

impl Comparison {
    fn new<T: Scalar>(data: &Dataset<T>) -> Self {
        let outputs = match data.targets() {
            Targets::Labels { .. } => Vec::new(),
            Targets::Values(values) => {
                let new = |y| Output { mean: mean(y), total: 0.0, error: 0.0 };
                values.columns().into_iter().map(new).collect()
            }
        };
        Self { right: 0.0, entries: 0.0, absolute: 0.0, outputs }
    }

    fn add<T: Scalar>(&mut self, kind: &Loss, prediction: ArrayView2<'_, T>, y: ArrayView2<'_, T>) {
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
                    self.entries += y.len() as f64;
                    for ((p, y), output) in p.iter().zip(y).zip(&mut self.outputs) {
                        let (p, y) = (p.to_f64(), y.to_f64());
                        output.total += (y - output.mean).powi(2);
                        output.error += (y - p).powi(2);
                        self.absolute += (y - p).abs();
                    }
                }
            }
        }
    }

    /// Takes in what has been added up over other rows.
    fn join(&mut self, other: &Self) {
        let rows = |comparison: &Self| comparison.entries / comparison.outputs.len() as f64;
        let (before, more) = (rows(self), rows(other));
        for (output, other) in self.outputs.iter_mut().zip(&other.outputs) {
            // Squares around two means, around their common one (Chan, Golub and LeVeque 1983).
            let apart = other.mean - output.mean;
            output.total += other.total + apart.powi(2) * (before * more / (before + more));
            output.mean += apart * (more / (before + more));
            output.error += other.error;
        }
        self.right += other.right;
        self.entries += other.entries;
        self.absolute += other.absolute;
    }

    fn metrics(&self, kind: &Loss, loss: &LossMean) -> Metrics {
        let (rows, loss) = (loss.rows as usize, loss.mean());
        if matches!(kind, Loss::CrossEntropy { .. } | Loss::BinaryCrossEntropy) {
            let accuracy = Some(self.right / self.entries);
            return Metrics { rows, loss, accuracy, r2: None, mae: None };
        }
        let r2 = self.outputs.iter().map(Output::r2).sum::<f64>() / self.outputs.len() as f64;
        let r2 = (rows > 1).then_some(r2);
        Metrics { rows, loss, accuracy: None, r2, mae: Some(self.absolute / self.entries) }
    }
}

impl Output {
    fn r2(&self) -> f64 {
        if self.total > 0.0 { 1.0 - self.error / self.total } else { f64::from(u8::from(self.error == 0.0)) }
    }
}

/// Counted from the first number, so that of equal ones it is exactly that number.
fn mean<T: Scalar>(column: ArrayView1<'_, T>) -> f64 {
    let first = column[0].to_f64();
    first + column.iter().map(|v| v.to_f64() - first).sum::<f64>() / column.len() as f64
}

/// The place of the largest number, the first of equals.
pub(crate) fn largest<T: Scalar>(row: ArrayView1<'_, T>) -> usize {
    row.iter().enumerate().fold(0, |best, (i, &v)| if v > row[best] { i } else { best })
}
