//! [`Model`]: a checkpoint, ready to predict with its best parameters.

use crate::failure::Failure;
use crate::run::{Learnt, Run, units};
use crate::workers::Workers;
use glassgrad_data::Scaling;
use glassgrad_interchange::Number;
use glassgrad_layers::Loss;
use glassgrad_store::Element;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Checkpoint, Collective, Notes, Trainer};
use ndarray::ArrayView2;
use std::fmt::LowerExp;
use std::path::Path;

/// The number types that a run can have.
pub(crate) trait Real: Number + Element + LowerExp {
    /// How workers add up such numbers.
    fn collective<'a>(workers: &'a mut Workers<'_>) -> &'a mut dyn Collective<Self>;
}

impl Real for f32 {
    fn collective<'a>(workers: &'a mut Workers<'_>) -> &'a mut dyn Collective<Self> {
        &mut *workers.f32
    }
}

impl Real for f64 {
    fn collective<'a>(workers: &'a mut Workers<'_>) -> &'a mut dyn Collective<Self> {
        &mut *workers.f64
    }
}

/// A trained network and how a table becomes what it takes.
#[derive(Debug)]
pub(crate) struct Model<T> {
    pub(crate) trainer: Trainer<T>,
    pub(crate) notes: Notes,
    pub(crate) learnt: Learnt,
}

impl<T: Real> Model<T> {
    /// The model of a checkpoint, θ being the best there is.
    pub(crate) fn load(path: &Path, checkpoint: Checkpoint) -> Result<Self, Failure> {
        let (mut trainer, notes, best) = checkpoint.into_trainer::<T>()?;
        if let Some(best) = best {
            trainer.theta_mut().copy_from_slice(&best);
        }
        let Some(encoding) = notes.encoding.clone() else {
            return Err(Failure::Data(format!(
                "{}: it does not say how the columns of a table become features; expected a model that glassgrad train \
                 or import has written",
                path.display()
            )));
        };
        let scaling = notes.scaling.clone().unwrap_or(Scaling::None);
        let targets = notes.target_scaling.clone();
        let pixels = units::of_model(&notes);
        let probabilities = *trainer.kind() == Loss::BinaryCrossEntropy;
        Ok(Self { trainer, notes, learnt: Learnt { encoding, scaling, targets, pixels, probabilities } })
    }

    /// What the outputs are, for somebody who wants to use them.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.trainer.kind() {
            Loss::CrossEntropy { .. } => Outcome::Softmax,
            Loss::BinaryCrossEntropy => Outcome::Sigmoid,
            _ => Outcome::Values,
        }
    }

    /// Rows of the predictions for scaled features `x: [rows, features]`: probabilities of the classes, or values in the
    /// units of the target.
    pub(crate) fn predict(&mut self, x: ArrayView2<'_, T>) -> Result<Vec<Vec<T>>, Failure> {
        let outcome = self.outcome();
        let two_classes = self.learnt.encoding.classes.len() == 2;
        let mut outputs = self.trainer.predict(x)?.to_owned();
        if let Some(scale) = &self.learnt.targets {
            scale.inverse(outputs.view_mut())?;
        }
        let rows = outputs.rows().into_iter().map(|row| match outcome {
            Outcome::Values => row.to_vec(),
            Outcome::Softmax => softmax(row.iter().copied()),
            Outcome::Sigmoid if two_classes => {
                let yes = row[0].sigmoid();
                vec![T::one() - yes, yes]
            }
            Outcome::Sigmoid => row.iter().map(|&logit| logit.sigmoid()).collect(),
        });
        Ok(rows.collect())
    }
}

/// What the outputs of a network mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Values as they are.
    Values,
    /// Logits of one class of several.
    Softmax,
    /// Logits of yes or no.
    Sigmoid,
}

fn softmax<T: Scalar>(logits: impl Iterator<Item = T> + Clone) -> Vec<T> {
    let most = logits.clone().fold(T::from_f64(f64::NEG_INFINITY), T::larger);
    let mut exponentials: Vec<T> = logits.map(|logit| (logit - most).exp()).collect();
    let sum = exponentials.iter().fold(T::zero(), |sum, &e| sum + e);
    for e in &mut exponentials {
        *e /= sum;
    }
    exponentials
}

/// The run that a model is of.
pub(crate) fn run_of(path: &Path, notes: &Notes) -> Result<Run, Failure> {
    if notes.run.is_empty() {
        return Err(Failure::Data(format!(
            "{}: it does not say which run it is of; expected a model that glassgrad train or import has written",
            path.display()
        )));
    }
    Run::parse(&format!("{}, its run", path.display()), &notes.run).map_err(|failure| match failure {
        Failure::Usage(message) => Failure::Data(message),
        other => other,
    })
}
