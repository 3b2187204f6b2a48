//! `glassgrad train`: from data to a network, watched.

mod bar;
mod compare;
mod diverged;
mod events;
mod page;
mod plan;
mod saver;
mod tell;
mod watch;

pub(crate) use plan::bytes;
pub(crate) use watch::best_of;

use crate::failure::{EXIT_CODES, Failure};
use crate::model::Real;
use crate::output::{Output, Reader};
use crate::place::{Place, is_within};
use crate::run::{Precision, Prepared, Run, RunFlags, counted};
use crate::signals::Signals;
use crate::source::{Source, is_run_file};
use crate::workers::{Workers, facts};
use bar::Bar;
use clap::Args;
use events::Events;
use glassgrad_diagnose::Recorder;
use glassgrad_train::{Alone, Collective, Team};
use plan::Plan;
use saver::Saver;
use std::path::PathBuf;
use tell::{tell, tell_failed};
use watch::Watch;

const EXAMPLES: &str = "Examples:
  glassgrad train data/digits.csv --target target
  glassgrad train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01 -o iris.ckpt
  glassgrad train examples/one_hidden_unit.toml
  glassgrad train --resume iris.ckpt --epochs 200
  glassgrad train data/digits.csv --target target -o digits.ckpt --report digits.html
  glassgrad train house.csv --target price --hidden 64,64 --missing mean -o house.ckpt";

/// The flags of `glassgrad train`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Train {
    /// A RUN.toml, or the data themselves: .csv, .tsv, .npy, .idx, each also .gz
    #[arg(value_name = "RUN.toml|DATA")]
    file: Option<PathBuf>,
    /// Where to keep the model [default: nowhere; with --resume, where it was]
    #[arg(short, long, value_name = "MODEL")]
    output: Option<PathBuf>,
    /// Replace the model if there is one already
    #[arg(long)]
    force: bool,
    /// Go on with the run of this model, from where it stopped
    #[arg(long, value_name = "MODEL")]
    resume: Option<PathBuf>,
    /// A page of the run, to be opened in a browser (.html), or the loss curve alone (.svg, .png)
    #[arg(long, value_name = "FILE", value_parser = page::place)]
    report: Option<PathBuf>,
    /// Folder for the event file of TensorBoard
    #[arg(long, value_name = "FOLDER")]
    tensorboard: Option<PathBuf>,
    #[command(flatten)]
    flags: RunFlags,
}

/// Where a run writes.
struct Places {
    saver: Option<Saver>,
    report: Option<Place>,
}

impl Train {
    /// Trains and reports; if there are several workers, with the others.
    pub(crate) fn run(
        self,
        out: Output,
        seed: Option<u64>,
        mut workers: Option<&mut Workers<'_>>,
    ) -> Result<(), Failure> {
        let mut source = self.open(seed);
        if let Some(workers) = &mut workers {
            source = workers.agree(source, |_| []);
        }
        let mut source = source?;
        if workers.is_some() && source.run.train.shards == 0 {
            source.run.train.shards = Team::<f64>::SHARDS as u64;
        }
        match source.run.precision {
            Precision::F32 => self.train::<f32>(source, out, workers),
            Precision::F64 => self.train::<f64>(source, out, workers),
        }
    }

    /// What is to be trained, as the files and flags say.
    fn open(&self, seed: Option<u64>) -> Result<Source, Failure> {
        let mut source = match (&self.resume, &self.file) {
            (Some(model), _) => Source::open(model)?,
            (None, Some(path)) if is_run_file(path) => Source::open(path)?,
            _ => Run::default().into(),
        };
        match &self.file {
            Some(path) if !is_run_file(path) => source.run.data.train = Some(path.clone()),
            Some(path) if self.resume.is_some() => source.run = Run::read(path)?,
            _ => {}
        }
        self.flags.clone().apply(&mut source.run, seed);
        Ok(source)
    }

    /// Whether what is to be written has a place each.
    fn check_places(&self) -> Result<(), Failure> {
        let model = self.output.as_deref().or(self.resume.as_deref());
        let (report, events) = (self.report.as_deref(), self.tensorboard.as_deref());
        for (flag, path, other, what) in [
            ("--report", report, model, "model"),
            ("--tensorboard", events, model, "model"),
            ("--tensorboard", events, report, "report"),
        ] {
            if let (Some(path), Some(other)) = (path, other)
                && is_within(path, other)
            {
                return Err(Failure::Usage(format!(
                    "{flag} {}: the {what} is to be written there; expected another place",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    /// The trainer and its data, and, for who writes them, the places of the model and of the report.
    fn start<T: Real>(
        &self,
        source: Source,
        workers: Option<&Workers<'_>>,
    ) -> Result<(Places, Prepared<T>), Failure> {
        self.check_places()?;
        let leads = workers.is_none_or(Workers::lead);
        let inputs = || self.file.iter().map(PathBuf::as_path).chain(source.run.files());
        let path = self.output.as_ref().or(self.resume.as_ref()).filter(|_| leads);
        let take =
            |path: &PathBuf| Place::take(path, self.force || self.resume.as_ref() == Some(path), inputs());
        let saver = path.map(take).transpose()?.map(Saver::at);
        let report = self.report.as_deref().filter(|_| leads);
        if self.report.is_some() && source.run.train.shards > 0 {
            return Err(Failure::Usage(
                "--report: its diagnosis looks at whole batches, and those of this run are cut into shards; leave it out"
                    .into(),
            ));
        }
        let inputs = || inputs().chain(self.resume.as_deref());
        let report = report.map(|path| Place::take(path, self.force, inputs())).transpose()?;
        Ok((Places { saver, report }, source.prepare::<T>()?))
    }

    fn train<T: Real>(
        &self,
        source: Source,
        out: Output,
        mut workers: Option<&mut Workers<'_>>,
    ) -> Result<(), Failure> {
        let signals = Signals::catch()?;
        let run = &source.run.clone();
        let mut start = self.start::<T>(source, workers.as_deref());
        if let Some(workers) = &mut workers {
            start = workers.agree(start, |(_, prepared)| facts(prepared));
        }
        let (Places { saver, report }, Prepared { mut trainer, sets, notes, best }) = start?;
        let mut out = out;
        if out.reader == Reader::Needed && (saver.is_some() || report.is_some() || self.tensorboard.is_some())
        {
            out.reader = Reader::Welcome;
        }
        out.remarks(&sets.remarks);
        Plan::of(run, &trainer, &sets, saver.as_ref().map(Saver::path)).show(out)?;

        let leads = workers.as_deref().is_none_or(Workers::lead);
        let events = self.tensorboard.as_deref().filter(|_| leads).map(Events::create).transpose()?;
        let mut batches = run.train.batches(sets.training.rows(), run.seed)?;
        let steps = sets.rows().div_ceil(run.train.batch);
        let epochs = run.train.epochs(steps);
        if trainer.position().epoch >= epochs {
            out.remark(format!(
                "nothing is left to do: of {} from the start of the run, {} done; see --epochs (train.epochs)",
                counted(epochs as usize, "epoch"),
                trainer.position().epoch
            ));
        }
        let mut watch = Watch {
            run,
            sets: &sets,
            out,
            signals,
            saver,
            best_epoch: best_of(&notes.history),
            notes,
            best,
            unsaved: None,
            bar: Bar::new(steps as u64, epochs, trainer.position(), out),
            events,
            recorder: report.is_some().then(|| Recorder::new(&trainer)),
            failure: None,
        };
        let fitted = if watch.is_over() {
            Ok(())
        } else if let Some(stream) = &sets.stream {
            trainer.fit_stream(stream, run.train.batch, run.train.shuffle, epochs, &mut watch)
        } else if run.train.shards == 0 {
            trainer.fit_batches(&sets.training, &mut batches, epochs, &mut watch)
        } else {
            let mut alone = Alone;
            let bucket = workers.as_ref().map_or(0, |workers| workers.bucket);
            let collective = workers.map_or(&mut alone as &mut dyn Collective<T>, T::collective);
            let mut team = Team::new(collective, run.train.shards as usize)?;
            team.bucket = bucket;
            trainer.fit_shared(&sets.training, &mut batches, epochs, &mut team, &mut watch)
        };
        let mut ended = watch.finish(fitted, epochs, &mut trainer, &mut batches)?;
        match ended.failure.take() {
            Some(failure) if leads => Err(tell_failed(run, &sets, &ended, failure, &trainer, report, out)),
            Some(failure) => Err(failure),
            None if leads => tell(run, &sets, &ended, &mut trainer, report, out),
            None => Ok(()),
        }
    }
}
