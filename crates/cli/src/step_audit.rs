//! `glassgrad step-audit`: did a step do what calculus says, and which rows pull hardest?

use crate::failure::Failure;
use crate::model::Real;
use crate::output::{Output, figure};
use crate::run::Precision;
use crate::source::Source;
use crate::subject::SubjectFlags;
use clap::Args;
use glassgrad_diagnose::{Example, audit_step, rank_examples};
use serde_json::json;

const EXAMPLES: &str = "Examples:
  glassgrad step-audit
  glassgrad step-audit iris.ckpt --top 5

In a model that has learnt the others, a row with a wrong label is among the first of the ranking.";

/// The flags of `glassgrad step-audit`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StepAudit {
    #[command(flatten)]
    subject: SubjectFlags,
    /// Rows of the training part to show, those of the largest gradient first; 0 for none
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    top: usize,
}

impl StepAudit {
    /// Ranks, steps and compares.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        match source.run.precision {
            Precision::F32 => self.audit::<f32>(source, out),
            Precision::F64 => self.audit::<f64>(source, out),
        }
    }

    fn audit<T: Real>(&self, source: Source, out: Output) -> Result<(), Failure> {
        let mut subject = self.subject.load::<T>(source)?;
        let mut ranking = match &subject.data {
            Some(data) if self.top > 0 && data.rows() > 1 => rank_examples(&mut subject.trainer, data)?,
            _ => Vec::new(),
        };
        ranking.truncate(self.top);
        let audit = audit_step(&mut subject.trainer)?;
        out.object(&json!({"step": audit, "rows": ranking}))?;
        out.text(audit.to_string().trim_end())?;
        if !ranking.is_empty() {
            out.text("\nrows of the training part, counted from 0, by the norm of their own gradient\n")?;
            out.text(format!("{:>8} {:>12} {:>12}", "row", "‖∇L‖", "loss"))?;
        }
        ranking.iter().try_for_each(|Example { row, loss, norm }| {
            out.text(format!("{row:>8} {:>12} {:>12}", figure(*norm), figure(*loss)))
        })
    }
}
