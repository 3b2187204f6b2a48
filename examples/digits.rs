//! The same code as `one_hidden_unit`, wider: 1,797 handwritten digits of 8 × 8 pixels, a 64-64-10 ReLU
//! network, mini-batches of 32, Adam; a fifth of the digits, class by class, is held out.
//!
//! ```text
//! cargo run --release --example digits            five seeds, their median
//! cargo run --release --example digits -- 7       seed 7 alone
//! ```

use glassgrad::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::ops::ControlFlow;
use std::time::Instant;

const EPOCHS: u64 = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let seeds = match std::env::args().nth(1) {
        None => vec![0, 1, 2, 3, 4],
        Some(text) => {
            vec![text.parse().map_err(|_| format!("seed: found \"{text}\", expected a whole number"))?]
        }
    };
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/digits.csv");
    let digits = read_csv::<f32>(path, &CsvOptions::classification("target"))?;
    println!(
        "{} digits, {} pixels, 64-64-10 ReLU, batches of 32, Adam",
        digits.rows(),
        digits.columns().len()
    );

    let mut accuracies = Vec::new();
    for seed in seeds {
        let start = Instant::now();
        let metrics = train(&digits, seed)?;
        let accuracy = metrics.accuracy.ok_or("a classifier has an accuracy")?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "seed {seed}: held-out accuracy {:.2} %, loss {:.4}, {seconds:.2} s",
            100.0 * accuracy,
            metrics.loss
        );
        accuracies.push(accuracy);
    }
    accuracies.sort_by(f64::total_cmp);
    println!("median held-out accuracy: {:.2} %", 100.0 * accuracies[accuracies.len() / 2]);
    Ok(())
}

fn train(digits: &Dataset<f32>, seed: u64) -> Result<Metrics, Box<dyn Error>> {
    let (mut training, mut held_out) = split(digits, 0.2, seed)?;
    let scale = Standardize::fit(training.features().view())?;
    scale.transform(training.features_mut())?;
    scale.transform(held_out.features_mut())?;

    let network =
        Chain::new().then(Dense::new(64).weight(Init::HeUniform)).then(Activation::Relu).then(Dense::new(10));
    let adam = Recipe::new(Adam::default());
    let mut trainer = Trainer::new(&network, 64, &Loss::CROSS_ENTROPY, adam, seed)?;

    let bar = ProgressBar::new(EPOCHS)
        .with_style(ProgressStyle::with_template("{bar:30} epoch {pos}/{len} {msg}")?);
    let mut progress = Progress { bar, held_out: &held_out, print: seed == 0 };
    trainer.fit(&training, 32, EPOCHS, &mut progress)?;
    progress.bar.finish_and_clear();
    Ok(trainer.evaluate(&held_out)?)
}

/// A bar on stderr, if that is a terminal, and for one seed a line an epoch on stdout.
struct Progress<'a> {
    bar: ProgressBar,
    held_out: &'a Dataset<f32>,
    print: bool,
}

impl Observer<f32> for Progress<'_> {
    fn epoch(&mut self, trainer: &mut Trainer<f32>, epoch: &Epoch) -> Result<ControlFlow<()>, TrainError> {
        self.bar.inc(1);
        self.bar.set_message(format!("loss {:.4}", epoch.loss));
        if self.print {
            let Metrics { loss, accuracy, .. } = trainer.evaluate(self.held_out)?;
            let accuracy = 100.0 * accuracy.unwrap_or(f64::NAN);
            let line = format!(
                "epoch {:>2}: training loss {:.4}, held-out loss {loss:.4}, accuracy {accuracy:.2} %",
                epoch.epoch + 1,
                epoch.loss
            );
            self.bar.suspend(|| println!("{line}"));
        }
        Ok(ControlFlow::Continue(()))
    }
}
