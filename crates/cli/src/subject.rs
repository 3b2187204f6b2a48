//! [`Subject`]: the network that a command looks into, with a batch loaded, from a RUN.toml, a model or the textbook's page.

use crate::failure::Failure;
use crate::model::Real;
use crate::run::{Prepared, Run, counted};
use crate::source::Source;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use glassgrad_data::Dataset;
use glassgrad_train::{Position, Trainer};
use ndarray::{Array2, ArrayView2};
use std::path::{Path, PathBuf};

/// The textbook's page: `examples/one_hidden_unit.toml`.
const CHAPTER: &str = include_str!("chapter.toml");

/// What to look into.
#[derive(Args, Clone, Debug)]
pub(crate) struct SubjectFlags {
    /// A run, at its start, or a model, where its training stopped [default: a textbook's page, one hidden unit]
    #[arg(value_name = "RUN.toml|MODEL")]
    file: Option<PathBuf>,
    /// Load this row of the training part, counted from 0 [default: the batch that training takes next]
    #[arg(long, conflicts_with_all = ["input", "target"], allow_hyphen_values = true)]
    row: Option<usize>,
    /// Load these inputs, as the network takes them: encoded and scaled
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        requires = "target",
        allow_hyphen_values = true
    )]
    input: Vec<f64>,
    /// With these targets; a class by its number from 0
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        requires = "input",
        allow_hyphen_values = true
    )]
    target: Vec<f64>,
}

/// A number of places after the point.
pub(crate) fn decimals(most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(0..=most)
}

/// A network with a batch loaded.
#[derive(Debug)]
pub(crate) struct Subject<T> {
    pub(crate) run: Run,
    pub(crate) trainer: Trainer<T>,
    /// The training part; none where numbers were given for a model.
    pub(crate) data: Option<Dataset<T>>,
    /// Whether it is a model, of which nobody watched the training.
    pub(crate) trained: bool,
}

impl SubjectFlags {
    /// Reads the run, or the head of the model.
    pub(crate) fn open(&self, seed: Option<u64>) -> Result<Source, Failure> {
        let mut source = match &self.file {
            Some(path) => Source::open(path)?,
            None => Run::parse("the textbook's page", CHAPTER)?.into(),
        };
        if !source.is_begun() {
            source.run.seed = seed.unwrap_or(source.run.seed);
        }
        Ok(source)
    }

    /// The files that are named here.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.file.iter().map(PathBuf::as_path)
    }

    /// Makes the trainer, and loads the batch.
    pub(crate) fn load<T: Real>(&self, source: Source) -> Result<Subject<T>, Failure> {
        let (run, trained) = (source.run.clone(), source.is_begun());
        if trained && !self.input.is_empty() {
            let mut trainer = source.trainer()?;
            self.load_given(&mut trainer)?;
            return Ok(Subject { run, trainer, data: None, trained });
        }
        if run.data.stream {
            let why = "found a run whose data stay in their file; this command looks into data in memory: leave \
                       data.stream out of a RUN.toml of fewer rows, or give a model --input and --target";
            return Err(run.refusal("data.stream", why));
        }
        let Prepared { mut trainer, sets, .. } = source.prepare::<T>()?;
        if self.input.is_empty() {
            let rows = match self.row {
                Some(row) => vec![within(row, sets.training.rows())?],
                None => next(&run, &sets.training, trainer.position())?,
            };
            load_rows(&mut trainer, &sets.training, &rows)?;
        } else {
            self.load_given(&mut trainer)?;
        }
        Ok(Subject { run, trainer, data: Some(sets.training), trained })
    }

    fn load_given<T: Real>(&self, trainer: &mut Trainer<T>) -> Result<(), Failure> {
        let [x, y] = [&self.input, &self.target]
            .map(|numbers| numbers.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>());
        let row = |numbers| ArrayView2::from_shape((1, <[T]>::len(numbers)), numbers).expect("a row");
        trainer
            .load(row(&x[..]), row(&y[..]))
            .map_err(|error| Failure::Usage(format!("--input and --target: {error}")))
    }
}

/// The row, if there is such a one.
fn within(row: usize, rows: usize) -> Result<usize, Failure> {
    if row < rows {
        return Ok(row);
    }
    let expected = if rows == 1 { "0".into() } else { format!("one from 0 to {}", rows - 1) };
    let rows = counted(rows, "row");
    Err(Failure::Usage(format!("--row {row}: the training part has {rows}; expected {expected}")))
}

/// The rows of the batch that a run, or a run that is gone on with, begins with.
fn next<T: Real>(run: &Run, data: &Dataset<T>, at: Position) -> Result<Vec<usize>, Failure> {
    let mut batches = run.train.batches(data.rows(), run.seed)?;
    let rows = batches.batch(at.epoch, at.batch as usize).map(<[usize]>::to_vec);
    Ok(rows.unwrap_or_else(|| (0..batches.size()).collect()))
}

fn load_rows<T: Real>(trainer: &mut Trainer<T>, data: &Dataset<T>, rows: &[usize]) -> Result<(), Failure> {
    let mut x = Array2::zeros((rows.len(), data.columns().len()));
    let mut y = Array2::zeros((rows.len(), data.targets().width()));
    data.gather_features(rows, x.view_mut())?;
    data.gather_targets(rows, y.view_mut())?;
    Ok(trainer.load(x.view(), y.view())?)
}
