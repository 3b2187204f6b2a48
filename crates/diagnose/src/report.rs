//! [`diagnose()`]: the rules, applied to a run.

use crate::Error;
use crate::first_bad::{BadValue, first_bad};
use crate::record::Record;
use crate::recorder::Recorder;
use crate::rules::{Finding, NON_FINITE, activation, data, gradient, graph, loss, rate};
use glassgrad_data::Dataset;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde::Serialize;
use std::fmt;

/// What [`diagnose()`] found; prints itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The rules that fired.
    pub findings: Vec<Finding>,
    /// Where the first NaN or infinity came from, if the run ended in one.
    pub first_bad: Option<BadValue>,
    /// Steps recorded.
    pub steps: usize,
}

impl Diagnosis {
    /// The names of the rules that fired, each once, in order.
    pub fn ids(&self) -> Vec<&'static str> {
        let mut ids: Vec<_> = self.findings.iter().map(|finding| finding.rule.id).collect();
        ids.dedup();
        ids
    }
}

/// What went wrong in a run, by the numbers recorded of it, the state it ended in and, if given, its training data.
///
/// ```
/// use glassgrad_diagnose::{Recorder, diagnose};
/// use glassgrad_data::Dataset;
/// use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
/// use glassgrad_optim::{Recipe, Sgd};
/// use glassgrad_train::Trainer;
/// use ndarray::array;
///
/// let network = Chain::new()
///     .then(Dense::new(1).weight(Init::rows([[20.0]])))
///     .then(Activation::Sigmoid)
///     .then(Dense::new(1).weight(Init::rows([[1.0]])));
/// let sgd = Recipe::new(Sgd { lr: 0.5, ..Sgd::default() });
/// let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, sgd, 0)?;
/// let data = Dataset::with_values(array![[1.0]], array![[0.5]])?;
/// let mut recorder = Recorder::new(&trainer);
/// trainer.fit(&data, 1, 50, &mut recorder)?;
/// let found = diagnose(&trainer, &recorder.finish(), Some(&data))?;
/// assert_eq!(found.ids(), ["saturated", "vanishing-gradient"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the trainer never had a batch.
pub fn diagnose<T: Scalar>(
    trainer: &Trainer<T>,
    record: &Record,
    data: Option<&Dataset<T>>,
) -> Result<Diagnosis, Error> {
    let ended = trainer.value("loss")?[[0, 0]].is_finite() && trainer.theta().iter().all(|x| x.is_finite());
    let first_bad = match &record.first_bad {
        Some(bad) => Some(bad.clone()),
        None if ended => None,
        None => first_bad(trainer)?,
    };
    let mut findings = Vec::new();
    if let Some(bad) = &first_bad {
        findings.extend(NON_FINITE.judge(bad.bad as f64, &bad.name));
    }
    findings.extend(graph::findings(trainer.tape()));
    findings.extend(data.map(data::findings).unwrap_or_default());
    findings.extend(rate::findings(record));
    findings.extend(loss::findings(record));
    findings.extend(activation::findings(record));
    findings.extend(gradient::findings(record));
    Ok(Diagnosis { findings, first_bad, steps: record.losses.len() })
}

/// As [`diagnose()`], for a run that nobody recorded: by the network, its loaded batch and, if given, its training data.
/// Rules of the run itself (learning rate, loss by step) have nothing to go by then.
///
/// # Errors
/// If no batch is loaded.
pub fn examine<T: Scalar>(trainer: &Trainer<T>, data: Option<&Dataset<T>>) -> Result<Diagnosis, Error> {
    trainer.value("loss")?; // says that there is no batch
    diagnose(trainer, &Recorder::still(trainer), data)
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        if let Some(bad) = &self.first_bad {
            write!(f, "first bad value: {bad}")?;
        }
        let plural = if self.findings.len() == 1 { "" } else { "s" };
        writeln!(f, "{} finding{plural} in {} steps", self.findings.len(), self.steps)
    }
}
