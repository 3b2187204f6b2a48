//! `glassgrad diagnose`: what is wrong with this run?

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::run::Precision;
use crate::source::Source;
use crate::subject::SubjectFlags;
use clap::Args;
use glassgrad_diagnose::{Recorder, Sentinel, diagnose, examine};
use glassgrad_tensor::Scalar;
use glassgrad_train::{Error as TrainError, Observer, Step, Trainer};
use serde_json::json;
use std::ops::ControlFlow;

const EXAMPLES: &str = "Examples:
  glassgrad diagnose run.toml
  glassgrad diagnose iris.ckpt --json | jq -r '.findings[].rule.id'

A RUN.toml is trained from its start to its end, watched, and kept nowhere; a model is looked at where its training stopped,
so that rules of the run itself have nothing to go by. Exits with 1 if there are findings: a script may stop there.";

/// The flags of `glassgrad diagnose`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Diagnose {
    #[command(flatten)]
    subject: SubjectFlags,
}

impl Diagnose {
    /// Trains, watches and tells.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        match source.run.precision {
            Precision::F32 => self.diagnose::<f32>(source, out),
            Precision::F64 => self.diagnose::<f64>(source, out),
        }
    }

    fn diagnose<T: Real>(&self, source: Source, out: Output) -> Result<(), Failure> {
        let mut subject = self.subject.load::<T>(source)?;
        let diagnosis = match &subject.data {
            Some(data) if !subject.trained => {
                let mut batches = subject.run.train.batches(data.rows(), subject.run.seed)?;
                let epochs = subject.run.train.epochs(batches.per_epoch());
                let (recorder, sentinel) = (Recorder::new(&subject.trainer), Sentinel::new(&subject.trainer));
                let mut watch = Watch { recorder, sentinel };
                match subject.trainer.fit_batches(data, &mut batches, epochs, &mut watch) {
                    // Why, is what is to be found out.
                    Ok(()) | Err(TrainError::Diverged { .. } | TrainError::Spoiled { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
                let mut record = watch.recorder.finish();
                record.first_bad = watch.sentinel.found().cloned();
                diagnose(&subject.trainer, &record, Some(data))?
            }
            data => {
                let data = data.as_ref();
                subject.trainer.forward();
                subject.trainer.backward();
                examine(&subject.trainer, data)?
            }
        };
        out.document(|| diagnosis.to_string(), || json!(diagnosis).to_string())?;
        if diagnosis.findings.is_empty() { Ok(()) } else { Err(Failure::Check) }
    }
}

/// What the rules need, and a stop at the first gradient that is no number, so that it can be told where that came from.
struct Watch<T> {
    recorder: Recorder<T>,
    sentinel: Sentinel<T>,
}

impl<T: Scalar> Observer<T> for Watch<T> {
    fn step(&mut self, trainer: &Trainer<T>, step: &Step<T>) -> ControlFlow<()> {
        self.recorder.record(trainer, step);
        self.sentinel.step(trainer, step)
    }
}
