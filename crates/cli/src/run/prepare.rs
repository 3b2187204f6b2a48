//! [`prepare`]: from what a run says to a trainer and data sets, ready to step.

use super::Run;
use super::parameters::set_parameter;
use super::sets::Sets;
use super::weights::read_weights;
use crate::failure::Failure;
use crate::model::Real;
use glassgrad_data::{Stream, Targets};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use glassgrad_train::{Notes, Trainer};

/// Networks larger than this are taken for a slip of the finger: with its gradient and Adam's two moments, a
/// parameter takes 16 bytes, and so these take 1 GiB.
const MOST_PARAMETERS: u128 = 1 << 26;

/// Everything that a step needs, and what the data taught before the first.
#[derive(Debug)]
pub(crate) struct Prepared<T> {
    pub(crate) trainer: Trainer<T>,
    pub(crate) sets: Sets<T>,
    /// What a checkpoint says beside the trainer; its history has the epochs done.
    pub(crate) notes: Notes,
    /// θ after the best of these, if rows are held out.
    pub(crate) best: Option<Vec<T>>,
}

/// Reads the data and makes the trainer, at the start of the run.
pub(crate) fn prepare<T: Real>(run: &Run) -> Result<Prepared<T>, Failure> {
    run.check_together()?;
    let sets = if run.data.stream { Sets::streamed(run)? } else { Sets::read(run)? };
    let trainer = trainer(run, &sets)?;
    let notes = sets.notes(run);
    Ok(Prepared { trainer, sets, notes, best: None })
}

impl<T: Scalar> Sets<T> {
    /// What a checkpoint of this run says beside the trainer, before the first epoch.
    fn notes(&self, run: &Run) -> Notes {
        Notes {
            batch: run.train.batch as u64,
            shards: run.train.shards,
            shuffle: run.train.shuffle,
            fingerprint: Some(
                self.stream.as_ref().map_or_else(|| self.training.fingerprint(), Stream::fingerprint),
            ),
            encoding: Some(self.learnt.encoding.clone()),
            scaling: Some(self.learnt.scaling.clone()),
            target_scaling: self.learnt.targets.clone(),
            run: run.to_text(),
            ..Notes::default()
        }
    }

    /// How many outputs the network has: one a class or value; but yes or no is one.
    fn outputs(&self, loss: &Loss) -> usize {
        match self.training.targets() {
            Targets::Labels { .. } if *loss == Loss::BinaryCrossEntropy => 1,
            Targets::Labels { classes, .. } => classes.len(),
            Targets::Values(values) => values.ncols(),
        }
    }
}

/// The trainer, at the start of the run.
fn trainer<T: Real>(run: &Run, sets: &Sets<T>) -> Result<Trainer<T>, Failure> {
    let loss = run.model.loss(sets.training.targets());
    check_loss(run, sets, &loss)?;
    let (inputs, outputs) = (sets.training.columns().len(), sets.outputs(&loss));
    check_size(run, inputs, outputs)?;
    let network = run.model.network(outputs);
    let mut trainer = Trainer::new(&network, inputs, &loss, run.optimizer.recipe(), run.seed)?;
    if let Some(path) = &run.model.parameters.file {
        let theta = read_weights(trainer.tape(), path)?;
        trainer.theta_mut().copy_from_slice(&theta);
    }
    for (name, tensor) in &run.model.parameters.named {
        set_parameter(run, &mut trainer, name, tensor)?;
    }
    Ok(trainer)
}

/// Whether the loss is one for such targets.
fn check_loss<T: Scalar>(run: &Run, sets: &Sets<T>, loss: &Loss) -> Result<(), Failure> {
    let found = match (sets.training.targets(), loss.wants_labels()) {
        (Targets::Labels { classes, .. }, false) if *loss == Loss::BinaryCrossEntropy => {
            if classes.len() == 2 {
                return Ok(());
            }
            format!("found {} classes; expected 2, or cross_entropy", classes.len())
        }
        (Targets::Labels { .. }, false) => {
            "found classes; expected cross_entropy, or --task regression".into()
        }
        (Targets::Values(_), true) => {
            "found values; expected a loss for them, such as mse, or --task classification".into()
        }
        _ => return Ok(()),
    };
    Err(run.refusal("model.loss", found))
}

/// Nobody means a network that does not fit into the memory.
fn check_size(run: &Run, inputs: usize, outputs: usize) -> Result<(), Failure> {
    let parameters = run.model.count_parameters(inputs, outputs);
    if parameters <= MOST_PARAMETERS {
        return Ok(());
    }
    let why = format!(
        "a network of {parameters} parameters; expected at most {MOST_PARAMETERS}, for which training takes 1 GiB; \
         choose smaller widths"
    );
    Err(run.refusal("model.hidden", why))
}
