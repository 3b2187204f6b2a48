//! `glassgrad train`: from data to a network, watched.

mod plan;
mod watch;

use crate::failure::{EXIT_CODES, Failure};
use crate::measure::{self, measure};
use crate::output::Output;
use crate::run::{Named, Precision, Prepared, Run, RunFlags, prepare};
use crate::signals::Signals;
use clap::Args;
use glassgrad_interchange::Number;
use plan::Plan;
use serde_json::json;
use std::path::{Path, PathBuf};
use watch::Watch;

const EXAMPLES: &str = "Examples:
  glassgrad train data/digits.csv --target target
  glassgrad train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01 -o iris.ckpt
  glassgrad train examples/one_hidden_unit.toml
  glassgrad train --resume iris.ckpt --epochs 200
  glassgrad train house.csv --target price --hidden 64,64 --missing mean -o house.ckpt";

/// The flags of `glassgrad train`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Train {
    /// A RUN.toml, or the data themselves: .csv, .tsv, .npy, .idx, each also .gz
    #[arg(value_name = "RUN.toml|DATA")]
    file: Option<PathBuf>,
    #[command(flatten)]
    flags: RunFlags,
}

impl Train {
    /// Trains and reports.
    pub(crate) fn run(self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let mut run = match &self.file {
            Some(path) if is_run_file(path) => Run::read(path)?,
            Some(path) => {
                let mut run = Run::default();
                run.data.train = Some(path.clone());
                run
            }
            None => Run::default(),
        };
        self.flags.apply(&mut run, seed);
        match run.precision {
            Precision::F32 => train::<f32>(&run, out),
            Precision::F64 => train::<f64>(&run, out),
        }
    }
}

fn is_run_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn train<T: Number>(run: &Run, out: Output) -> Result<(), Failure> {
    let signals = Signals::catch().map_err(|error| Failure::Output(format!("signals: {error}")))?;
    let Prepared { mut trainer, sets } = prepare::<T>(run)?;
    for remark in &sets.remarks {
        out.remark(remark);
    }
    Plan::of(run, &trainer, &sets).show(out)?;
    let mut batches = run.train.batches(sets.training.rows(), run.seed)?;
    let mut watch = Watch::new(run, &sets, batches.per_epoch() as u64, signals, out);
    let fitted = trainer.fit_batches(&sets.training, &mut batches, run.train.epochs, &mut watch);
    watch.finish(fitted, &mut trainer)?;

    let mut done = json!({"event": "done"});
    for (part, data) in [
        ("training", Some(&sets.training)),
        ("held out", sets.validation.as_ref()),
        ("test", sets.test.as_ref()),
    ] {
        let Some(data) = data else { continue };
        let metrics = measure(&mut trainer, data, sets.learnt.targets.as_ref())?;
        out.text(measure::line(part, &metrics))?;
        done[part.replace("held out", "validation")] = measure::object(&metrics).into();
    }
    out.object(&done)?;
    let _ = run.precision.name();
    Ok(())
}
