//! `glassgrad evaluate`: how well a model does on data with targets.

use crate::failure::Failure;
use crate::measure;
use crate::model::{Model, Real};
use crate::output::Output;
use crate::reading::ReadFlags;
use crate::run::Unread;
use clap::Args;
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad evaluate iris.ckpt data/iris.csv
  glassgrad evaluate mnist.ckpt t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --json";

/// The flags of `glassgrad evaluate`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Evaluate {
    /// The model, as glassgrad train has written it
    model: PathBuf,
    /// The data, with the column of the target
    data: PathBuf,
    /// File of the labels, if the data are an array (.npy, .idx)
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadFlags,
}

impl Evaluate {
    /// Evaluates and tells.
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let checkpoint = Checkpoint::open(&self.model)?;
        match checkpoint.precision() {
            Dtype::F32 => self.evaluate::<f32>(checkpoint, out),
            Dtype::F64 => self.evaluate::<f64>(checkpoint, out),
        }
    }

    fn evaluate<T: Real>(&self, checkpoint: Checkpoint, out: Output) -> Result<(), Failure> {
        let mut model = Model::<T>::load(&self.model, checkpoint)?;
        let Model { trainer, learnt, notes } = &mut model;
        let settings = self.reading.settings(&self.data, &self.model, notes)?;
        let data = Unread { path: self.data.clone(), labels: self.labels.clone(), settings };
        let mut remarks = Vec::new();
        let metrics = data.measure(trainer, learnt, "the rows", &mut remarks)?;
        out.remarks(&remarks);
        out.text(measure::line(&format!("{} rows", metrics.rows), &metrics))?;
        out.object(&measure::object(&metrics).into())
    }
}
