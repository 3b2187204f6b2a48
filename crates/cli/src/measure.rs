//! [`measure`]: how well a network does, in the units of the target.

use crate::output::figure;
use glassgrad_data::{Batches, Dataset, Standardize, Targets};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Metrics, Trainer};
use ndarray::Array2;
use serde_json::{Map, Value};

/// Rows predicted at a time.
pub(crate) const ROWS: usize = 256;

/// As [`Trainer::evaluate`]; but where values are scaled, the mean absolute error is in units of the target. The loss
/// stays what training makes small, that of the scaled values; R² is the same for both.
pub(crate) fn measure<T: Scalar>(
    trainer: &mut Trainer<T>,
    data: &Dataset<T>,
    scale: Option<&Standardize>,
) -> Result<Metrics, glassgrad_train::Error> {
    let mut metrics = trainer.evaluate(data)?;
    if let (Some(scale), Targets::Values(values)) = (scale, data.targets()) {
        let error = match scale.std.as_slice() {
            [std] => metrics.mae.map(|mae| mae * std),
            std => Some(mean_absolute_error(trainer, data, values, std)?),
        };
        metrics.mae = error;
    }
    Ok(metrics)
}

/// Σ |ŷ − y|·std over all rows and outputs, by their number.
fn mean_absolute_error<T: Scalar>(
    trainer: &mut Trainer<T>,
    data: &Dataset<T>,
    values: &Array2<T>,
    std: &[f64],
) -> Result<f64, glassgrad_train::Error> {
    let mut x = Array2::zeros((ROWS.min(data.rows()), data.columns().len()));
    let mut sum = 0.0;
    for rows in &Batches::sequential(data.rows(), ROWS)? {
        let mut x = x.slice_mut(ndarray::s![..rows.len(), ..]);
        data.gather_features(rows, x.view_mut())?;
        for (prediction, &row) in trainer.predict(x.view())?.rows().into_iter().zip(rows) {
            let errors = prediction.iter().zip(values.row(row)).zip(std);
            sum += errors.map(|((&p, &y), std)| (p - y).to_f64().abs() * std).sum::<f64>();
        }
    }
    Ok(sum / values.len() as f64)
}

/// A value of an output in the units of the target.
pub(crate) fn in_units<T: Scalar>(scale: Option<&Standardize>, output: usize, value: T) -> f64 {
    scale.map_or(value.to_f64(), |scale| value.to_f64() * scale.std[output] + scale.mean[output])
}

/// "loss 0.1234, accuracy 96.50 %"
pub(crate) fn describe(metrics: &Metrics) -> String {
    let accuracy = metrics.accuracy.map(|a| format!("accuracy {:.2} %", 100.0 * a));
    let r2 = metrics.r2.map(|r2| format!("R² {r2:.4}"));
    let mae = metrics.mae.map(|mae| format!("mean absolute error {}", figure(mae)));
    let figures = [Some(format!("loss {}", figure(metrics.loss))), accuracy, r2, mae];
    figures.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same as an object: rows, loss, and accuracy or r2 and mae.
pub(crate) fn object(metrics: &Metrics) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("rows".into(), metrics.rows.into());
    object.insert("loss".into(), metrics.loss.into());
    for (name, figure) in [("accuracy", metrics.accuracy), ("r2", metrics.r2), ("mae", metrics.mae)] {
        if let Some(figure) = figure {
            object.insert(name.into(), figure.into());
        }
    }
    object
}

/// The figures of a part, as one line of text.
pub(crate) fn line(what: &str, metrics: &Metrics) -> String {
    format!("{what}: {}", describe(metrics))
}
