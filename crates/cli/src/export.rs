//! `glassgrad export`: the network of a model for other programs.

use crate::failure::Failure;
use crate::model::{Model, Outcome, Real};
use crate::output::Output;
use crate::place::Place;
use clap::{Args, ValueEnum};
use glassgrad_data::Scaling;
use glassgrad_interchange as interchange;
use glassgrad_interchange::{Export as Wish, Head, Network, npz, onnx, rust_source, safetensors};
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad export iris.ckpt --to onnx -o iris.onnx
  glassgrad export iris.ckpt --to rust -o src/iris.rs

An onnx or rust network takes the columns unscaled and gives probabilities of the classes, or values in the units of the
target. A column of text is one input for each category: inspect lists the inputs in order. safetensors and npz hold the
parameters alone, as they were trained: on scaled columns.";

/// The flags of `glassgrad export`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    /// The model, as glassgrad train has written it
    model: PathBuf,
    /// What to write
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Format,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
}

/// What other programs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The network, for onnxruntime and the like
    Onnx,
    /// The parameters, for PyTorch
    Safetensors,
    /// The parameters, for NumPy
    Npz,
    /// The network, as Rust source without dependencies
    Rust,
}

impl Export {
    /// Writes the network.
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let place = Place::take(&self.output, self.force, [self.model.as_path()])?;
        let checkpoint = Checkpoint::open(&self.model)?;
        match checkpoint.precision() {
            Dtype::F32 => self.export::<f32>(checkpoint, &place, out),
            Dtype::F64 => self.export::<f64>(checkpoint, &place, out),
        }
    }

    fn export<T: Real>(&self, checkpoint: Checkpoint, place: &Place, out: Output) -> Result<(), Failure> {
        let model = Model::<T>::load(&self.model, checkpoint)?;
        let bytes = self
            .bytes(&model)
            .map_err(|error| Failure::Data(format!("{}: {error}", self.model.display())))?;
        place.write_all(&bytes)?;
        let file = self.output.display().to_string();
        out.text(format!("{file}: {} bytes", bytes.len()))?;
        out.object(&json!({"event": "done", "output": file, "bytes": bytes.len()}))
    }

    fn bytes<T: Real>(&self, model: &Model<T>) -> Result<Vec<u8>, interchange::Error> {
        let (tape, learnt) = (model.trainer.tape(), &model.learnt);
        let input = model.trainer.input();
        let network =
            Network { tape, input, prediction: model.trainer.prediction(), theta: model.trainer.theta() };
        let output = learnt.targets.as_ref();
        let wish = Wish {
            input: scaling(&learnt.scaling),
            output: output
                .map(|scale| interchange::Scaling { shift: scale.mean.clone(), divisor: scale.std.clone() }),
            head: match model.outcome() {
                Outcome::Values => Head::Plain,
                Outcome::Softmax => Head::Softmax,
                Outcome::Sigmoid if learnt.encoding.classes.len() == 2 => Head::Binary,
                Outcome::Sigmoid => Head::Sigmoid,
            },
            ..Wish::default()
        };
        let encoding = &learnt.encoding;
        let [features, targets, classes] = [&encoding.features(), &encoding.targets, &encoding.classes]
            .map(|names| json!(names).to_string());
        let about =
            [("features", features.as_str()), ("targets", targets.as_str()), ("classes", classes.as_str())];
        let mut bytes = Vec::new();
        match self.to {
            Format::Onnx => onnx::write(&network, &wish, &about, &mut bytes),
            Format::Rust => rust_source::write(&network, &wish, &[], &mut bytes),
            Format::Npz => npz::write(&network, &mut bytes),
            Format::Safetensors => {
                let scaling = json!({"inputs": learnt.scaling, "targets": learnt.targets}).to_string();
                let about = about.into_iter().chain([("scaling", scaling.as_str())]).collect::<Vec<_>>();
                safetensors::write(&network, &about, &mut bytes)
            }
        }?;
        Ok(bytes)
    }
}

fn scaling(scaling: &Scaling) -> Option<interchange::Scaling> {
    let (shift, divisor) = match scaling {
        Scaling::None => return None,
        Scaling::Standard(scale) => (&scale.mean, &scale.std),
        Scaling::MinMax(scale) => (&scale.min, &scale.range),
    };
    Some(interchange::Scaling { shift: shift.clone(), divisor: divisor.clone() })
}
