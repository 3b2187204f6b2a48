//! `glassgrad train`: from a CSV file to figures on held-out rows.

use crate::failure::Failure;
use clap::{Args, ValueEnum};
use glassgrad_data::{CsvOptions, Dataset, Standardize, Targets, read_csv, split};
use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
use glassgrad_optim::{Adam, Recipe};
use glassgrad_train::{Epoch, Error, Metrics, Observer, Trainer};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What the target column holds.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Task {
    /// A class, by number or name.
    Classification,
    /// A number.
    Regression,
}

/// The function between dense layers.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Hidden {
    Relu,
    Tanh,
    Sigmoid,
    Gelu,
    Silu,
}

impl Hidden {
    /// The activation, and the initial weights that suit it.
    const fn layer(self) -> (Activation, Init) {
        match self {
            Self::Relu => (Activation::Relu, Init::HeUniform),
            Self::Tanh => (Activation::Tanh, Init::GlorotUniform),
            Self::Sigmoid => (Activation::Sigmoid, Init::GlorotUniform),
            Self::Gelu => (Activation::Gelu, Init::HeUniform),
            Self::Silu => (Activation::Silu, Init::HeUniform),
        }
    }
}

/// The flags of `glassgrad train`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  glassgrad train data/digits.csv --target target
  glassgrad train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01
  glassgrad train house.csv --target price --task regression --hidden 64,64")]
pub(crate) struct Train {
    /// CSV file with a header and numeric features
    data: PathBuf,
    /// Column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// What the target is
    #[arg(long, value_enum, default_value = "classification")]
    task: Task,
    /// Widths of the hidden layers
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',', default_value = "64", value_parser = count)]
    hidden: Vec<usize>,
    /// Activation of the hidden layers
    #[arg(long, value_enum, default_value = "relu")]
    activation: Hidden,
    /// Adam's learning rate
    #[arg(long, default_value_t = 0.001, allow_negative_numbers = true, value_parser = rate)]
    lr: f64,
    /// Passes over the training rows
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    epochs: u64,
    /// Rows a step
    #[arg(long, default_value_t = 32, value_parser = count)]
    batch: usize,
    /// Share of the rows that is held out, between 0 and 1
    #[arg(long, default_value_t = 0.2, allow_negative_numbers = true, value_parser = share)]
    validation: f64,
    /// Seed of the split, the initial weights and the shuffles
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "expected a whole number of at least 1".into())
}

fn rate(text: &str) -> Result<f64, String> {
    let allowed = |x: &f64| x.is_finite() && *x >= 0.0;
    text.parse().ok().filter(allowed).ok_or_else(|| "expected a finite number of at least 0".into())
}

fn share(text: &str) -> Result<f64, String> {
    let allowed = |x: &f64| *x > 0.0 && *x < 1.0;
    text.parse().ok().filter(allowed).ok_or_else(|| "expected a number between 0 and 1, both excluded".into())
}

impl Train {
    /// Reads, splits, scales, trains and reports.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let options = match self.task {
            Task::Classification => CsvOptions::classification(&self.target),
            Task::Regression => CsvOptions::regression([&self.target]),
        };
        let data = read_csv::<f32>(&self.data, &options)?;
        let (mut training, mut held_out) = split(&data, self.validation, self.seed)?;
        let scale = Standardize::fit(training.features())?;
        scale.transform(training.features_mut())?;
        scale.transform(held_out.features_mut())?;
        let unit = scale_target(&mut training, &mut held_out)?;

        let inputs = training.features().ncols();
        let (outputs, loss) = match training.targets() {
            Targets::Labels { classes, .. } => (classes.len(), Loss::CROSS_ENTROPY),
            Targets::Values(values) => (values.ncols(), Loss::MeanSquaredError),
        };
        let optimizer = Recipe::new(Adam { lr: self.lr, ..Adam::default() });
        let mut trainer = Trainer::new(&self.network(outputs), inputs, &loss, optimizer, self.seed)?;

        let out = &mut io::stdout();
        let (rows, held, count) = (training.rows(), held_out.rows(), trainer.theta().len());
        writeln!(
            out,
            "{rows} rows to train on, {held} held out, {inputs} columns, {outputs} outputs, {count} parameters"
        )?;
        let style = ProgressStyle::with_template("{bar:30} epoch {pos}/{len}, {eta} left, {msg}");
        let bar =
            ProgressBar::new(self.epochs).with_style(style.expect("the template is constant and right"));
        trainer.fit(&training, self.batch, self.epochs, &mut Progress(bar.clone()))?;
        bar.finish_and_clear();
        for (part, data) in [("training", &training), ("held out", &held_out)] {
            writeln!(out, "{part}: {}", describe(&trainer.evaluate(data)?, unit))?;
        }
        Ok(())
    }

    fn network(&self, outputs: usize) -> Chain {
        let (activation, init) = self.activation.layer();
        let hidden = self.hidden.iter().fold(Chain::new(), |chain, &width| {
            chain.then(Dense::new(width).weight(init.clone())).then(activation)
        });
        hidden.then(Dense::new(outputs))
    }
}

/// A regression learns targets of mean 0 and deviation 1; the deviation turns errors back into units.
fn scale_target(training: &mut Dataset<f32>, held_out: &mut Dataset<f32>) -> Result<f64, Failure> {
    let Targets::Values(values) = training.targets() else { return Ok(1.0) };
    let scale = Standardize::fit(values.view())?;
    for part in [training, held_out] {
        if let Some(values) = part.values_mut() {
            scale.transform(values)?;
        }
    }
    Ok(scale.std[0])
}

/// One line of figures; `unit` is what an error of 1 in the scaled target means.
fn describe(metrics: &Metrics, unit: f64) -> String {
    let accuracy = metrics.accuracy.map(|a| format!("accuracy {:.2} %", 100.0 * a));
    let r2 = metrics.r2.map(|r2| format!("R² {r2:.4}"));
    let mae = metrics.mae.map(|mae| format!("mean absolute error {:.4}", mae * unit));
    let figures = [Some(format!("loss {:.4}", metrics.loss)), accuracy, r2, mae];
    figures.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

struct Progress(ProgressBar);

impl Observer<f32> for Progress {
    fn epoch(&mut self, _: &mut Trainer<f32>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.0.inc(1);
        self.0.set_message(format!("loss {:.4}", epoch.loss));
        Ok(ControlFlow::Continue(()))
    }
}
