//! [`Source`]: a RUN.toml or a model, and from it a trainer and its data, ready to step.

use crate::failure::Failure;
use crate::model::{Real, run_of};
use crate::run::{Prepared, Run, prepare, shown, written};
use glassgrad_train::{Checkpoint, Origin, Trainer};
use std::path::{Path, PathBuf};

/// A run: from its start, or from where it stopped.
#[derive(Debug)]
pub(crate) struct Source {
    /// What the run is; its precision is the number type to [prepare](Self::prepare) for.
    pub(crate) run: Run,
    begun: Option<Begun>,
}

/// Where a run stopped.
#[derive(Debug)]
struct Begun {
    path: PathBuf,
    /// As it was begun.
    run: Run,
    checkpoint: Checkpoint,
}

impl Source {
    /// A file: a RUN.toml by its name, else a model.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if is_run_file(path) {
            return Ok(Run::read(path)?.into());
        }
        let checkpoint = Checkpoint::open(path)?;
        let run = run_of(path, checkpoint.notes())?;
        Ok(Self { run: run.clone(), begun: Some(Begun { path: path.into(), run, checkpoint }) })
    }

    /// Whether it is a model.
    pub(crate) fn is_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// The trainer alone: of a model as it is in the file, without a look at its data.
    pub(crate) fn trainer<T: Real>(self) -> Result<Trainer<T>, Failure> {
        match self.begun {
            Some(begun) => Ok(begun.checkpoint.into_trainer::<T>()?.0),
            None => Ok(self.prepare::<T>()?.trainer),
        }
    }

    /// The trainer, where the run begins or has stopped, and its data.
    pub(crate) fn prepare<T: Real>(self) -> Result<Prepared<T>, Failure> {
        if let Some(begun) = &self.begun {
            begun.check(&self.run)?;
            begun.find_data(&self.run)?;
        }
        let mut prepared = prepare::<T>(&self.run)?;
        if let Some(Begun { path, checkpoint, .. }) = self.begun {
            let (before, here) = (checkpoint.cpu(), Origin::here().cpu);
            if before != here {
                prepared.sets.remarks.push(format!(
                    "{}: written on {}; on this {here} the run may go on with other last digits",
                    path.display(),
                    shown([before])
                ));
            }
            let (trainer, notes, best) = checkpoint.into_trainer::<T>()?;
            let (sets, batch) = (&prepared.sets, self.run.train.batch);
            match &sets.stream {
                Some(stream) => trainer.check_same(&notes, stream.fingerprint(), batch),
                None => trainer.check_resumable(&notes, &sets.training, batch),
            }
            .map_err(|error| {
                let data = self.run.data.train.as_deref().unwrap_or(Path::new("data.rows"));
                Failure::Data(format!(
                    "{}: with {}, {error}; see --data (data.train)",
                    path.display(),
                    data.display()
                ))
            })?;
            if notes.shards == 0 && self.run.train.shards > 0 {
                prepared.sets.remarks.push(format!(
                    "{}: begun with whole batches; from here they are cut into {} shards, and the bits are not those of \
                     going on without",
                    path.display(),
                    self.run.train.shards
                ));
            }
            prepared.trainer = trainer;
            prepared.notes.history = notes.history;
            prepared.best = best;
        }
        Ok(prepared)
    }
}

impl From<Run> for Source {
    fn from(run: Run) -> Self {
        Self { run, begun: None }
    }
}

/// Whether a file is a RUN.toml, by its name.
pub(crate) fn is_run_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

impl Begun {
    /// Whether the data are where the model has them, or `run`.
    fn find_data(&self, run: &Run) -> Result<(), Failure> {
        match &run.data.train {
            Some(data) if !data.exists() => Err(Failure::NoInput(format!(
                "{}: no such file; {} was begun with it, perhaps from another folder: say where it is now by --data",
                data.display(),
                self.path.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Whether `run` is the same run: only its length, and where its data are, may be another.
    fn check(&self, run: &Run) -> Result<(), Failure> {
        let same_rule = self.run.optimizer.name == run.optimizer.name;
        let same = |run: &Run| {
            let mut run = run.clone();
            run.train.epochs = None;
            if self.run.train.shards == 0 {
                run.train.shards = 0; // what was begun alone may be shared from here on
            }
            run.train.early_stopping = self.run.train.early_stopping.clone();
            run.data.train = None;
            run.data.labels = None;
            run.data.test = None;
            run.data.test_labels = None;
            if same_rule {
                // Left out or said, it is the same.
                run.optimizer.lr = Some(run.optimizer.lr());
            }
            run
        };
        let [begun, wanted] = [&self.run, run].map(|run| toml::Table::try_from(same(run)));
        let (Ok(begun), Ok(wanted)) = (begun, wanted) else { return Ok(()) };
        match difference(&begun, &wanted) {
            None => Ok(()),
            Some((key, expected)) => {
                let begun = self.path.display();
                let why = format!("{begun} was begun with {expected}; to change it, begin another run");
                Err(run.refusal(&key, why))
            }
        }
    }
}

/// The first key that is not the same in both: its path, and what `begun` has.
fn difference(begun: &toml::Table, wanted: &toml::Table) -> Option<(String, String)> {
    let shown = |value: Option<&toml::Value>| value.map_or("its default".into(), written);
    begun.keys().chain(wanted.keys()).find_map(|key| match (begun.get(key), wanted.get(key)) {
        (Some(toml::Value::Table(begun)), Some(toml::Value::Table(wanted))) => {
            difference(begun, wanted).map(|(inner, expected)| (format!("{key}.{inner}"), expected))
        }
        (begun, wanted) if begun == wanted => None,
        (begun, _) => Some((key.clone(), shown(begun))),
    })
}
