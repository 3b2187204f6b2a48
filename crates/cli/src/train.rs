//! `glassgrad train`: from a CSV file to figures on held-out rows.

use crate::failure::Failure;
use crate::flags;
use clap::{Args, ValueEnum};
use glassgrad_data::{CsvOptions, Dataset, Standardize, Targets, read_csv, split};
use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
use glassgrad_optim::{Adam, Recipe};
use glassgrad_train::{Epoch, Metrics, Trainer};
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

const EXAMPLES: &str = "Examples:
  glassgrad train data/digits.csv --target target
  glassgrad train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01
  glassgrad train house.csv --target price --task regression --hidden 64,64";

const EXIT_CODES: &str = "Exit codes:
   0  trained
   2  a flag is unknown, missing, or not in its range
  65  the data are not as they must be
  66  the file is not there or cannot be read
  70  training diverged
  74  the results could not be written";

/// Networks larger than this are taken for a slip of the finger: with its gradient and Adam's two moments, a
/// parameter takes 16 bytes, and so these take 1 GiB.
const MOST_PARAMETERS: u128 = 1 << 26;

/// The flags of `glassgrad train`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Train {
    /// CSV file with a header; every column but the target is a numeric feature
    data: PathBuf,
    /// Column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// What the target is
    #[arg(long, value_enum, default_value = "classification")]
    task: Task,
    /// Widths of the hidden layers, from the first to the last
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',', default_value = "64",
        value_parser = flags::count::<usize>, allow_hyphen_values = true)]
    hidden: Vec<usize>,
    /// Activation of the hidden layers
    #[arg(long, value_enum, default_value = "relu")]
    activation: Hidden,
    /// Adam's learning rate, above 0
    #[arg(long, value_name = "RATE", default_value_t = 0.001,
        value_parser = flags::rate, allow_hyphen_values = true)]
    lr: f64,
    /// Passes over the training rows
    #[arg(long, value_name = "COUNT", default_value_t = 50,
        value_parser = flags::count::<u64>, allow_hyphen_values = true)]
    epochs: u64,
    /// Rows a step
    #[arg(long, value_name = "ROWS", default_value_t = 32,
        value_parser = flags::count::<usize>, allow_hyphen_values = true)]
    batch: usize,
    /// Share of the rows that is held out, between 0 and 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.2,
        value_parser = flags::share, allow_hyphen_values = true)]
    validation: f64,
    /// Seed of the split, the initial weights and the shuffles
    #[arg(long, default_value_t = 0, value_parser = flags::seed, allow_hyphen_values = true)]
    seed: u64,
}

impl Train {
    /// Reads, splits, scales, trains and reports.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let options = match self.task {
            Task::Classification => CsvOptions::classification(&self.target),
            Task::Regression => CsvOptions::regression([&self.target]),
        };
        let data = read_csv::<f32>(&self.data, &options)?;
        self.doubt_classes(&data);
        let (mut training, mut held_out) = split(&data, self.validation, self.seed)
            .map_err(|error| Failure::Usage(format!("--validation {}: {error}", self.validation)))?;
        let scale = Standardize::fit(training.features().view())?;
        scale.transform(training.features_mut())?;
        scale.transform(held_out.features_mut())?;
        let unit = scale_target(&mut training, &mut held_out)?;

        let inputs = training.columns().len();
        let (outputs, loss) = match training.targets() {
            Targets::Labels { classes, .. } => (classes.len(), Loss::CROSS_ENTROPY),
            Targets::Values(values) => (values.ncols(), Loss::MeanSquaredError),
        };
        self.check_size(inputs, outputs)?;
        let optimizer = Recipe::new(Adam { lr: self.lr, ..Adam::default() });
        let mut trainer = Trainer::new(&self.network(outputs), inputs, &loss, optimizer, self.seed)?;

        let out = &mut io::stdout();
        let (rows, held, count) = (training.rows(), held_out.rows(), trainer.theta().len());
        writeln!(
            out,
            "rows: {rows} to train on, {held} held out; columns: {inputs}; outputs: {outputs}; parameters: {count}"
        )?;
        let style = ProgressStyle::with_template("{bar:30} epoch {pos}/{len}{msg}, {eta} left");
        let bar =
            ProgressBar::new(self.epochs).with_style(style.expect("the template is constant and right"));
        bar.tick();
        trainer.fit(&training, self.batch, self.epochs, &mut |_: &mut Trainer<f32>, epoch: &Epoch| {
            bar.set_message(format!(", loss {:.4}", epoch.loss));
            bar.inc(1);
            Ok(ControlFlow::Continue(()))
        })?;
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

    /// Nobody means a network that does not fit into the memory.
    fn check_size(&self, inputs: usize, outputs: usize) -> Result<(), Failure> {
        let mut parameters = 0_u128;
        let mut width = inputs as u128;
        for next in self.hidden.iter().chain([&outputs]).map(|&next| next as u128) {
            parameters = parameters.saturating_add((width + 1).saturating_mul(next));
            width = next;
        }
        if parameters <= MOST_PARAMETERS {
            return Ok(());
        }
        let widths: Vec<_> = self.hidden.iter().map(ToString::to_string).collect();
        Err(Failure::Usage(format!(
            "--hidden {}: a network of {parameters} parameters; expected at most {MOST_PARAMETERS}, for which \
             training takes 1 GiB; choose smaller widths",
            widths.join(",")
        )))
    }

    /// A column of measurements is easily taken for one of classes, and then learnt badly.
    fn doubt_classes(&self, data: &Dataset<f32>) {
        let classes = data.targets().classes().unwrap_or_default();
        let fraction = |class: &String| class.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
        if 2 * classes.len() > data.rows() || classes.iter().any(fraction) {
            let _ = writeln!(
                io::stderr(),
                "note: column {:?} is taken for {} classes; if it holds measurements, add --task regression",
                self.target,
                classes.len()
            );
        }
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
