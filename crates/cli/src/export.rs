//! `glassgrad export`: the network of a model for other programs.

mod coarse;

use crate::failure::Failure;
use crate::model::{Model, Outcome, Real};
use crate::output::Output;
use crate::place::Place;
use crate::run::Learnt;
use clap::{Args, ValueEnum};
use glassgrad_data::Scaling;
use glassgrad_data::input::WHITE;
use glassgrad_interchange as interchange;
use glassgrad_interchange::{Export as Wish, Head, Network, npz, onnx, rust_source, safetensors};
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad export iris.ckpt --to onnx -o iris.onnx
  glassgrad export iris.ckpt --to rust -o src/iris.rs

An onnx or rust network takes the columns unscaled, and pixels as an IDX file has them, from 0 to 255. It gives the
probability of each class, or values in the units of the target. A column of text is one input for each category: inspect lists
the inputs in order, and what predict puts in for missing values. safetensors and npz hold the parameters alone, as they
were trained: on scaled columns, and on pixels from 0 to 1.";

/// What the inputs are if they were trained on as pixels.
const PIXELS: &str = "pixels from 0 to 255";

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
        if !T::DOUBLE && matches!(self.to, Format::Onnx | Format::Rust) {
            let names = model.learnt.encoding.features();
            let scaling = scaling(&model.learnt, names.len());
            out.remarks(
                scaling.and_then(|scaling| coarse::remark(&self.output, &names, &scaling)).as_slice(),
            );
        }
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
            input: scaling(learnt, model.trainer.tape().shape(input).columns),
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
        let mut about = vec![
            ("features", features.as_str()),
            ("targets", targets.as_str()),
            ("classes", classes.as_str()),
        ];
        let mut bytes = Vec::new();
        match self.to {
            Format::Onnx => {
                about.extend(learnt.pixels.then_some(("inputs", PIXELS)));
                onnx::write(&network, &wish, &about, &mut bytes)
            }
            Format::Rust => rust_source::write(&network, &wish, &ends(model), &mut bytes),
            Format::Npz => npz::write(&network, &mut bytes),
            Format::Safetensors => {
                let divisor = learnt.pixels.then_some(WHITE);
                let scaling = json!({"inputs": learnt.scaling, "targets": learnt.targets, "pixels_divided_by": divisor});
                let scaling = scaling.to_string();
                about.push(("scaling", &scaling));
                safetensors::write(&network, &about, &mut bytes)
            }
        }?;
        Ok(bytes)
    }
}

/// From the numbers of a file, bytes if they are pixels, to what the network takes.
fn scaling(learnt: &Learnt, columns: usize) -> Option<interchange::Scaling> {
    let (mut shift, mut divisor) = match &learnt.scaling {
        Scaling::None if learnt.pixels => (vec![0.0; columns], vec![1.0; columns]),
        Scaling::None => return None,
        Scaling::Standard(scale) => (scale.mean.clone(), scale.std.clone()),
        Scaling::MinMax(scale) => (scale.min.clone(), scale.range.clone()),
    };
    if learnt.pixels {
        // (b/255 − s)/d = (b − 255·s)/(255·d)
        shift.iter_mut().chain(&mut divisor).for_each(|number| *number *= WHITE);
    }
    Some(interchange::Scaling { shift, divisor })
}

/// What goes in and what comes out, a line each.
fn ends<T: Real>(model: &Model<T>) -> Vec<String> {
    let Learnt { encoding, pixels, .. } = &model.learnt;
    let inputs = encoding.features().into_iter().enumerate().map(|(i, name)| format!("input[{i}]: {name:?}"));
    let values = model.outcome() == Outcome::Values;
    let outputs = if encoding.classes.is_empty() { &encoding.targets } else { &encoding.classes };
    let outputs = outputs
        .iter()
        .enumerate()
        .map(|(i, name)| format!("output[{i}]: {}{name:?}", if values { "" } else { "probability of " }));
    pixels.then(|| PIXELS.into()).into_iter().chain(inputs).chain(outputs).collect()
}
