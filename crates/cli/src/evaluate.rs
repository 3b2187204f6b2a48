//! `glassgrad evaluate`: how well a model does on data with targets.

use crate::failure::Failure;
use crate::measure::{self, measure_parts};
use crate::model::{Model, Real};
use crate::output::Output;
use crate::reading::ReadFlags;
use crate::run::Tally;
use clap::Args;
use glassgrad_data::Input;
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use std::cell::RefCell;
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
        let tally = RefCell::new(Tally::default());
        let parts = || {
            *tally.borrow_mut() = Tally::default();
            let blocks = self.reading.read::<T>(notes, &self.data, self.labels.as_deref())?;
            let (tally, learnt) = (&tally, &*learnt);
            let encoded = move |block: Result<Input<T>, Failure>| {
                let block = block?;
                learnt.check_units(&block)?;
                let outcome = block.encode_scaled(&learnt.encoding, &learnt.scaling, learnt.targets.as_ref());
                let left = tally.borrow_mut().take(outcome, block.rows())?;
                Ok(left.map(|outcome| outcome.data))
            };
            Ok::<_, Failure>(blocks.filter_map(move |block| encoded(block).transpose()))
        };
        let metrics = measure_parts(trainer, learnt.targets.as_ref(), parts);
        tally.borrow().check(&self.data.display().to_string())?;
        let metrics = metrics?;
        out.remarks(&tally.borrow().remarks("the rows"));
        out.text(measure::line(&format!("{} rows", metrics.rows), &metrics))?;
        out.object(&measure::object(&metrics).into())
    }
}
