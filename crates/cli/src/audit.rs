//! `glassgrad audit`: a page's printed numbers against the true ones.

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::run::Precision;
use crate::source::Source;
use crate::subject::SubjectFlags;
use clap::Args;
use glassgrad_data::Error as DataError;
use glassgrad_glass::{Audit as Verdicts, Claims, Error, Trace};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad audit examples/one_hidden_unit.claims.toml
  glassgrad audit page.csv run.toml --row 3

A claims file, as CSV or as TOML tables [[claim]]:
  symbol,step,printed,operands
  d_w2,0,0.0762,0.1225*0.6225

Exits with 1 if a number is wrong, or does not follow from the operands printed beside it.";

/// The flags of `glassgrad audit`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Audit {
    /// What the page says: a TOML or CSV file
    claims: PathBuf,
    #[command(flatten)]
    subject: SubjectFlags,
}

impl Audit {
    /// Reads, steps and compares.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        if !self.claims.exists() {
            return Err(DataError::NotFound { file: self.claims.display().to_string() }.into());
        }
        let claims = Claims::read(&self.claims).map_err(|error| Failure::Data(error.to_string()))?;
        let source = self.subject.open(seed)?;
        match source.run.precision {
            Precision::F32 => self.audit::<f32>(&claims, source, out),
            Precision::F64 => self.audit::<f64>(&claims, source, out),
        }
    }

    fn audit<T: Real>(&self, claims: &Claims, source: Source, out: Output) -> Result<(), Failure> {
        let mut subject = self.subject.load::<T>(source)?;
        let trace = Trace::record_claimed(&mut subject.trainer, claims)?;
        let verdicts = Verdicts::of(claims, &trace).map_err(|error| match error {
            Error::Train(error) => error.into(),
            error => Failure::Data(error.to_string()),
        })?;
        out.document(|| verdicts.to_string(), || verdicts.json())?;
        if verdicts.all_right() { Ok(()) } else { Err(Failure::Check) }
    }
}
