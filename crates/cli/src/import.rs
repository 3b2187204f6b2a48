//! `glassgrad import`: a model from weights that another program has trained.

use crate::failure::Failure;
use crate::model::Real;
use crate::output::Output;
use crate::place::Place;
use crate::run::{Precision, Prepared, Run, RunFlags, prepare, read_weights};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad import digits.safetensors digits.toml -o digits.ckpt

RUN.toml says what the weights are of: its data, which teach how columns are encoded and scaled, and its network. The
parameters are named as PyTorch's Sequential names them.";

/// The flags of `glassgrad import`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    /// The weights: .safetensors or .npz
    weights: PathBuf,
    /// The run that they are of
    #[arg(value_name = "RUN.toml")]
    file: PathBuf,
    /// The model to write
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    flags: RunFlags,
}

impl Import {
    /// Reads and writes.
    pub(crate) fn run(self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let mut run = Run::read(&self.file)?;
        self.flags.clone().apply(&mut run, seed);
        let inputs = [self.weights.as_path(), &self.file].into_iter().chain(run.files());
        let place = Place::take(&self.output, self.force, inputs)?;
        match run.precision {
            Precision::F32 => self.import::<f32>(&run, &place, out),
            Precision::F64 => self.import::<f64>(&run, &place, out),
        }
    }

    fn import<T: Real>(&self, run: &Run, place: &Place, out: Output) -> Result<(), Failure> {
        let Prepared { mut trainer, sets, notes, .. } = prepare::<T>(run)?;
        out.remarks(&sets.remarks);
        let theta = read_weights(trainer.tape(), &self.weights)?;
        trainer.theta_mut().copy_from_slice(&theta);
        trainer.save(place.path(), &notes, None)?;
        let file = place.path().display().to_string();
        out.text(format!("{file}: a model of {} parameters", theta.len()))?;
        out.object(&json!({"event": "done", "checkpoint": file, "parameters": theta.len()}))
    }
}
