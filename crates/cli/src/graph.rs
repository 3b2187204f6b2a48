//! `glassgrad graph`: the computation, drawn.

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::place::Place;
use crate::run::Precision;
use crate::source::Source;
use crate::subject::{SubjectFlags, decimals};
use clap::{Args, ValueEnum};
use glassgrad_glass::Graph as Drawing;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad graph -o graph.svg
  glassgrad graph run.toml --row 3 --format mermaid
  glassgrad graph iris.ckpt --format dot | dot -Tpdf -o graph.pdf";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// A picture of its own
    Svg,
    /// For Graphviz
    Dot,
    /// For Mermaid
    Mermaid,
}

/// The flags of `glassgrad graph`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Graph {
    #[command(flatten)]
    subject: SubjectFlags,
    /// How it is written
    #[arg(long, value_enum, default_value = "svg")]
    format: Form,
    /// Places after the point, at most 17
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = decimals(17))]
    decimals: usize,
    /// Where to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
}

impl Graph {
    /// Computes once and draws.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        let inputs = || self.subject.files().chain(source.run.files());
        let place = self.output.as_ref().map(|path| Place::take(path, self.force, inputs())).transpose()?;
        match source.run.precision {
            Precision::F32 => self.draw::<f32>(source, place, out),
            Precision::F64 => self.draw::<f64>(source, place, out),
        }
    }

    fn draw<T: Real>(&self, source: Source, place: Option<Place>, out: Output) -> Result<(), Failure> {
        let mut subject = self.subject.load::<T>(source)?;
        let drawing = Drawing::of(&mut subject.trainer)?;
        let text = match self.format {
            Form::Svg => drawing.svg(self.decimals),
            Form::Dot => drawing.dot(self.decimals),
            Form::Mermaid => drawing.mermaid(self.decimals),
        };
        let Some(place) = place else {
            return out.document(|| text.clone(), || json!({"graph": text}).to_string());
        };
        place.write_all(&text)?;
        let file = place.path().display().to_string();
        out.text(format!("{file}: {} values", drawing.nodes().len()))?;
        out.object(&json!({"event": "done", "output": file, "values": drawing.nodes().len()}))
    }
}
