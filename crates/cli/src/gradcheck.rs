//! `glassgrad gradcheck`: is every derivative right?

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::run::Precision;
use crate::source::Source;
use crate::subject::SubjectFlags;
use clap::Args;
use glassgrad_diagnose::check_gradients;
use serde_json::json;

const EXAMPLES: &str = "Examples:
  glassgrad gradcheck
  glassgrad gradcheck run.toml --row 3

Exits with 1 if a derivative is wrong. It is right if the error of central differences falls as the square of ε, until it
is one of rounding. Costs about 40 runs of the network for each parameter.";

/// The flags of `glassgrad gradcheck`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Gradcheck {
    #[command(flatten)]
    subject: SubjectFlags,
}

impl Gradcheck {
    /// Differentiates twice and compares.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        match source.run.precision {
            Precision::F32 => self.check::<f32>(source, out, seed),
            Precision::F64 => self.check::<f64>(source, out, seed),
        }
    }

    fn check<T: Real>(&self, source: Source, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let subject = self.subject.load::<T>(source)?;
        let report = check_gradients(&subject.trainer, seed.unwrap_or(subject.run.seed))?;
        out.document(|| report.to_string(), || json!(report).to_string())?;
        if report.passed() { Ok(()) } else { Err(Failure::Check) }
    }
}
