//! `glassgrad trace`: training steps on paper.

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::run::Precision;
use crate::source::Source;
use crate::subject::{SubjectFlags, decimals};
use clap::{Args, ValueEnum};
use glassgrad_glass::{Error, Format, Trace as Page};

const EXAMPLES: &str = "Examples:
  glassgrad trace
  glassgrad trace --input 2 --target 0.25 --decimals 6
  glassgrad trace run.toml --row 17 --format markdown
  glassgrad trace iris.ckpt --entry '0.weight[3,1]'
  glassgrad trace --json | jq -r 'select(.stage == \"update\") | [.symbol, .value] | @tsv'";

/// How a trace is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Text,
    Markdown,
    Latex,
    Csv,
}

/// The flags of `glassgrad trace`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Trace {
    #[command(flatten)]
    subject: SubjectFlags,
    /// Steps to make, all on the same rows, at most 10,000
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    steps: u64,
    /// Places after the point of rounded numbers, at most 100
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = decimals(100))]
    decimals: usize,
    /// How it is written; with --json, one object a row
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// One entry of a matrix, as the sum that it is, such as `0.weight[3,1]` or `z1[0,2]`
    #[arg(long, value_name = "NAME[ROW,COLUMN]")]
    entry: Option<String>,
}

impl Trace {
    /// Steps and writes down.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        match source.run.precision {
            Precision::F32 => self.trace::<f32>(source, out),
            Precision::F64 => self.trace::<f64>(source, out),
        }
    }

    fn trace<T: Real>(&self, source: Source, out: Output) -> Result<(), Failure> {
        let mut subject = self.subject.load::<T>(source)?;
        let mut page = Page::record(&mut subject.trainer, self.steps)?;
        if let Some(entry) = &self.entry {
            page = page.entry(entry).map_err(|error| match error {
                Error::Train(error) => error.into(),
                error => Failure::Usage(format!("--entry: {error}")),
            })?;
        }
        let format = match self.format {
            Form::Text => Format::Text,
            Form::Markdown => Format::Markdown,
            Form::Latex => Format::Latex,
            Form::Csv => Format::Csv,
        };
        let render = |format| page.render(format, self.decimals);
        out.document(|| render(format), || render(Format::JsonLines))
    }
}
