//! `glassgrad lr-map`: which learning rates can work?

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::place::{Place, ends_in};
use crate::run::Precision;
use crate::run::flags::rate;
use crate::source::Source;
use crate::subject::SubjectFlags;
use clap::Args;
use glassgrad_diagnose::{LrMapSettings, lr_map};
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad lr-map -o lr-map.svg
  glassgrad lr-map --rates 0.01,1.35,1.9,2.5
  glassgrad lr-map run.toml --steps 50

Plain gradient descent on the rows that are loaded: near a minimum of curvature λ, 1/λ is the best learning rate and 2/λ
the critical one. Other optimisers and mini-batches move these limits.";

/// The flags of `glassgrad lr-map`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LrMap {
    #[command(flatten)]
    subject: SubjectFlags,
    /// Learning rate of the run along which the curvature is measured [default: the run's own]
    #[arg(long, value_name = "RATE", value_parser = rate, allow_hyphen_values = true)]
    lr: Option<f64>,
    /// Learning rates to try [default: twelve from 0.01/λ to 4/λ]
    #[arg(long, value_name = "RATES", value_delimiter = ',', value_parser = rate, allow_hyphen_values = true)]
    rates: Vec<f64>,
    /// Steps of that run and of each trial
    #[arg(long, value_name = "COUNT", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
    /// Draw the loss of each trial into this file: a PNG if its name ends in .png, else an SVG
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
}

impl LrMap {
    /// Measures and tries.
    pub(crate) fn run(&self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let source = self.subject.open(seed)?;
        let inputs = || self.subject.files().chain(source.run.files());
        let place = self.output.as_ref().map(|path| Place::take(path, self.force, inputs())).transpose()?;
        match source.run.precision {
            Precision::F32 => self.map::<f32>(source, place, out),
            Precision::F64 => self.map::<f64>(source, place, out),
        }
    }

    fn map<T: Real>(&self, source: Source, place: Option<Place>, out: Output) -> Result<(), Failure> {
        let subject = self.subject.load::<T>(source)?;
        let settings = LrMapSettings {
            lr: self.lr,
            steps: self.steps as usize,
            rates: self.rates.clone(),
            ..LrMapSettings::default()
        };
        let map = lr_map(&subject.trainer, &settings)?;
        if let Some(place) = place {
            let chart = map.chart();
            let is_png = ends_in(place.path(), "png");
            place.write_all(if is_png { chart.png() } else { chart.svg().into() })?;
        }
        out.document(|| map.to_string(), || json!(map).to_string())
    }
}
