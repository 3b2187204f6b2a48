//! [`measure`]: how well a network does, in the units of the target.

use crate::output::figure;
use glassgrad_data::{Batches, Dataset, Part, Standardize, Stream, Targets};
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
    let metrics = trainer.evaluate(data)?;
    in_own_units(metrics, scale, |std| match data.targets() {
        Targets::Values(values) => mean_absolute_error(trainer, data, values, std),
        Targets::Labels { .. } => Ok(f64::NAN),
    })
}

/// As [`measure`], of a set that comes in parts, as often as it is asked for.
pub(crate) fn measure_parts<T, E, I>(
    trainer: &mut Trainer<T>,
    scale: Option<&Standardize>,
    parts: impl Fn() -> Result<I, E>,
) -> Result<Metrics, E>
where
    T: Scalar,
    E: From<glassgrad_train::Error>,
    I: Iterator<Item = Result<Dataset<T>, E>>,
{
    let metrics = trainer.evaluate_parts(parts()?)?;
    in_own_units(metrics, scale, |std| {
        let mut sum = 0.0;
        for part in parts()? {
            let part = part?;
            if let Targets::Values(values) = part.targets() {
                sum += mean_absolute_error(trainer, &part, values, std)? * part.rows() as f64;
            }
        }
        Ok(sum / metrics.rows as f64)
    })
}

/// The rows of a part that is streamed.
pub(crate) fn measure_stream<T: Scalar>(
    trainer: &mut Trainer<T>,
    stream: &Stream<T>,
    part: Part,
    scale: Option<&Standardize>,
) -> Result<Metrics, glassgrad_train::Error> {
    measure_parts(trainer, scale, || Ok(stream.blocks(part).map(|block| Ok(block?))))
}

/// Brings the mean absolute error into units of the target; `of_several` finds it where each output has its own.
fn in_own_units<E>(
    mut metrics: Metrics,
    scale: Option<&Standardize>,
    of_several: impl FnOnce(&[f64]) -> Result<f64, E>,
) -> Result<Metrics, E> {
    if let (Some(scale), Some(mae)) = (scale, metrics.mae) {
        metrics.mae = Some(match scale.std.as_slice() {
            [std] => mae * std,
            std => of_several(std)?,
        });
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
    let r2 = metrics.r2.map(|r2| format!("R² {}", four_places(r2)));
    let mae = metrics.mae.map(|mae| format!("mean absolute error {}", figure(mae)));
    let figures = [Some(format!("loss {}", figure(metrics.loss))), accuracy, r2, mae];
    figures.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// "0.9731"; never "-0.0000", and never hundreds of digits.
pub(crate) fn four_places(x: f64) -> String {
    if x.abs() >= 1e6 {
        return figure(x);
    }
    let text = format!("{x:.4}");
    if text == "-0.0000" { "0.0000".into() } else { text }
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
