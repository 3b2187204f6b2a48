//! [`RunFlags`]: the flags that overrule RUN.toml.

use super::data::{MissingName, TaskName, UnseenName};
use super::model::{ActivationName, InitName, LossName};
use super::optimizer::RuleName;
use super::range::{self, is_nonnegative, is_positive, is_share};
use super::{Precision, Run, Scale};
use clap::Args;
use std::num::IntErrorKind;
use std::path::PathBuf;

/// What may be changed of a run. A flag that is not given changes nothing.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RunFlags {
    /// File to train on: .csv, .tsv, .npy, .idx, each also .gz
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    data: Option<PathBuf>,
    /// File of the labels, if the data are an array (.npy, .idx)
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    labels: Option<PathBuf>,
    /// Column to predict; several, separated by commas, for a regression of several outputs
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', help_heading = "Data")]
    target: Option<Vec<String>>,
    /// What the target is [default: told apart by the target]
    #[arg(long, value_enum, help_heading = "Data")]
    task: Option<TaskName>,
    /// File that is looked at once, when training is over
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    test: Option<PathBuf>,
    /// File of its labels
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    test_labels: Option<PathBuf>,
    /// Share of the rows that is held out, from 0 to below 1 [default: 0.2]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_hyphen_values = true, help_heading = "Data")]
    validation: Option<f64>,
    /// How the columns are scaled [default: auto: standard, but pixels as they are]
    #[arg(long, value_enum, help_heading = "Data")]
    scale: Option<Scale>,
    /// What becomes of missing values [default: error]
    #[arg(long, value_enum, help_heading = "Data")]
    missing: Option<MissingName>,
    /// What becomes of texts that training did not see [default: zeros]
    #[arg(long, value_enum, help_heading = "Data")]
    unseen: Option<UnseenName>,
    /// What stands between two fields, such as ';', or tab [default: ,]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter, help_heading = "Data")]
    delimiter: Option<char>,
    /// Columns that are not learnt from, such as the names of the rows; several, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', help_heading = "Data")]
    ignore: Option<Vec<String>>,
    /// Leave the data in their file, of which a window is in memory: for files larger than memory
    #[arg(long, help_heading = "Data")]
    stream: bool,
    /// Rows of such a window, which are mixed [default: 16384]
    #[arg(long, value_name = "ROWS", value_parser = count, allow_hyphen_values = true, help_heading = "Data")]
    window: Option<usize>,
    /// Widths of the hidden layers, from the first to the last; "none" for none [default: 64]
    #[arg(long, value_name = "WIDTHS", value_parser = widths, allow_hyphen_values = true, help_heading = "Model")]
    hidden: Option<Widths>,
    /// Activation of the hidden layers [default: relu]
    #[arg(long, value_enum, help_heading = "Model")]
    activation: Option<ActivationName>,
    /// What training makes small [default: cross_entropy for classes, mse for values]
    #[arg(long, value_enum, help_heading = "Model")]
    loss: Option<LossName>,
    /// How weights begin [default: as suits the activation]
    #[arg(long, value_enum, help_heading = "Model")]
    init: Option<InitName>,
    /// Share of the hidden units that each step leaves out [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_hyphen_values = true, help_heading = "Model")]
    dropout: Option<f64>,
    /// How the parameters are moved [default: adam]
    #[arg(long, value_enum, help_heading = "Optimizer")]
    optimizer: Option<RuleName>,
    /// Learning rate, above 0 [default: 0.001 for adam and adamw, else 0.01]
    #[arg(long, value_name = "RATE", value_parser = rate, allow_hyphen_values = true, help_heading = "Optimizer")]
    lr: Option<f64>,
    /// Momentum of sgd, from 0 to below 1 [default: 0]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_hyphen_values = true, help_heading = "Optimizer")]
    momentum: Option<f64>,
    /// Momentum that looks ahead
    #[arg(long, help_heading = "Optimizer")]
    nesterov: bool,
    /// Weight decay, at least 0 [default: 0.01 for adamw, else 0]
    #[arg(long, value_name = "NUMBER", value_parser = nonnegative, allow_hyphen_values = true, help_heading = "Optimizer")]
    weight_decay: Option<f64>,
    /// Passes over the training rows, counted from the start of the run [default: 50, or as many as make 2000 steps]
    #[arg(long, value_name = "COUNT", value_parser = epochs, allow_hyphen_values = true, help_heading = "Training")]
    epochs: Option<u64>,
    /// Rows a step [default: 32]
    #[arg(long, value_name = "ROWS", value_parser = count, allow_hyphen_values = true, help_heading = "Training")]
    batch: Option<usize>,
    /// Pieces that each batch is cut into, a power of two: as many processes can share it by glassgrad-mpi, with these bits
    /// [default: whole batches]
    #[arg(long, value_name = "COUNT", value_parser = shards, allow_hyphen_values = true, help_heading = "Training")]
    shards: Option<u64>,
    /// Leave the rows in their own order
    #[arg(long, help_heading = "Training")]
    no_shuffle: bool,
    /// Epochs without a lower validation loss before training ends; 0 for any [default: 10]
    #[arg(long, value_name = "COUNT", value_parser = patience, allow_hyphen_values = true, help_heading = "Training")]
    patience: Option<u64>,
    /// Number type [default: f32]
    #[arg(long, value_enum, help_heading = "Training")]
    precision: Option<Precision>,
}

/// Widths of hidden layers, in one flag.
#[derive(Clone, Debug)]
struct Widths(Vec<usize>);

impl RunFlags {
    /// Overrules `run`.
    pub(crate) fn apply(self, run: &mut Run, seed: Option<u64>) {
        let Run { data, model, optimizer, train, said, .. } = run;
        if self.data.is_some() {
            // A file in place of whatever the run had.
            data.rows = Vec::new();
            data.labels = None;
        }
        said.set("data.train", &mut data.train, self.data.map(Some));
        said.set("data.labels", &mut data.labels, self.labels.map(Some));
        said.set("data.target", &mut data.target, self.target);
        said.set("data.task", &mut data.task, self.task);
        said.set("data.test", &mut data.test, self.test.map(Some));
        said.set("data.test_labels", &mut data.test_labels, self.test_labels.map(Some));
        said.set("data.validation", &mut data.validation, self.validation);
        said.set("data.scale", &mut data.scale, self.scale);
        said.set("data.missing", &mut data.missing, self.missing);
        said.set("data.unseen", &mut data.unseen, self.unseen);
        said.set("data.delimiter", &mut data.delimiter, self.delimiter);
        said.set("data.ignore", &mut data.ignore, self.ignore);
        said.set("data.stream", &mut data.stream, self.stream.then_some(true));
        said.set("data.window", &mut data.window, self.window);
        said.set("model.hidden", &mut model.hidden, self.hidden.map(|widths| widths.0));
        said.set("model.activation", &mut model.activation, self.activation);
        said.set("model.loss", &mut model.loss, self.loss);
        said.set("model.init", &mut model.init, self.init);
        said.set("model.dropout", &mut model.dropout, self.dropout);
        said.set("optimizer.name", &mut optimizer.name, self.optimizer);
        said.set("optimizer.lr", &mut optimizer.lr, self.lr.map(Some));
        said.set("optimizer.momentum", &mut optimizer.momentum, self.momentum);
        said.set("optimizer.nesterov", &mut optimizer.nesterov, self.nesterov.then_some(true));
        said.set("optimizer.weight_decay", &mut optimizer.weight_decay, self.weight_decay.map(Some));
        said.set("train.epochs", &mut train.epochs, self.epochs.map(Some));
        said.set("train.batch", &mut train.batch, self.batch);
        said.set("train.shards", &mut train.shards, self.shards);
        said.set("train.shuffle", &mut train.shuffle, self.no_shuffle.then_some(false));
        said.set("train.early_stopping.patience", &mut train.early_stopping.patience, self.patience);
        said.set("precision", &mut run.precision, self.precision);
        said.set("seed", &mut run.seed, seed);
    }
}

/// A number that a range allows. clap puts the flag's name before what this says.
fn number(text: &str, allowed: fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    text.parse().ok().filter(|&number| allowed(number)).ok_or_else(|| expected.into())
}

/// A learning rate.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    number(text, is_positive, range::POSITIVE)
}

fn nonnegative(text: &str) -> Result<f64, String> {
    number(text, is_nonnegative, range::NONNEGATIVE)
}

fn share(text: &str) -> Result<f64, String> {
    number(text, is_share, range::SHARE)
}

/// A whole number of at least `least`, and no more than TOML can write.
fn whole(text: &str, least: u64, expected: &str) -> Result<u64, String> {
    match text.parse::<i64>() {
        Ok(n) => u64::try_from(n).ok().filter(|&n| n >= least).ok_or_else(|| expected.into()),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => {
            Err("more than a computer can count".into())
        }
        Err(_) => Err(expected.into()),
    }
}

fn epochs(text: &str) -> Result<u64, String> {
    whole(text, 1, range::AT_LEAST_1)
}

fn patience(text: &str) -> Result<u64, String> {
    whole(text, 0, range::WHOLE)
}

fn shards(text: &str) -> Result<u64, String> {
    let shards = whole(text, 0, range::SHARDS)?;
    if range::is_shards(shards) { Ok(shards) } else { Err(range::SHARDS.into()) }
}

/// What stands between two fields.
pub(crate) fn delimiter(text: &str) -> Result<char, String> {
    range::one_byte(text).ok_or_else(|| range::ONE_BYTE.into())
}

/// How many there are to be of something.
pub(crate) fn count(text: &str) -> Result<usize, String> {
    let count = whole(text, 1, range::AT_LEAST_1)?;
    usize::try_from(count).map_err(|_| "more than a computer can count".into())
}

fn widths(text: &str) -> Result<Widths, String> {
    if text == "none" {
        return Ok(Widths(Vec::new()));
    }
    let widths = text
        .split(',')
        .map(|width| count(width.trim()).map_err(|expected| format!("{expected}, but found {width:?}")));
    widths.collect::<Result<_, _>>().map(Widths)
}

/// A seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    whole(text, 0, range::SEED).map_err(|_| range::SEED.into())
}
