//! Whether the time of a training step grows as its arithmetic does: linearly in width², in batch and in
//! depth, from 64 to 4096. Measures networks of equally wide tanh layers, prints a table, and draws it.
//!
//! ```text
//! cargo run --release -p glassgrad-benches --bin growth                on one thread
//! cargo run --release -p glassgrad-benches --bin growth -- THREADS
//! ```

mod plot;

use glassgrad::ndarray::Array2;
use glassgrad::prelude::*;
use glassgrad::tensor::pool::set_threads;
use glassgrad_benches::timing::measure;
use std::error::Error;
use std::time::Duration;

const SIZES: [usize; 7] = [64, 128, 256, 512, 1024, 2048, 4096];

/// A network of `depth` dense layers, `width` → `width`, on a batch of `batch` rows.
#[derive(Clone, Copy)]
struct Size {
    width: usize,
    batch: usize,
    depth: usize,
}

/// One variable's measurements: its name, what stays fixed, how it enters the arithmetic, the points.
struct Series {
    name: &'static str,
    fixed: String,
    power: i32,
    /// (size, microseconds a step).
    points: Vec<(f64, f64)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let threads = match std::env::args().nth(1) {
        None => 1,
        Some(text) => match text.parse() {
            Ok(n @ 1..=64) => n,
            _ => {
                return Err(format!("THREADS: found \"{text}\", expected a whole number from 1 to 64").into());
            }
        },
    };
    set_threads(threads);
    let base = Size { width: 64, batch: 64, depth: 3 };
    let wide = Size { width: 256, ..base };
    let series = [
        series("width", 2, "batch 64, 3 layers", |width| Size { width, ..base })?,
        series("batch", 1, "width 256, 3 layers", |batch| Size { batch, ..wide })?,
        series("depth", 1, "width 64, batch 64", |depth| Size { depth, ..base })?,
    ];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/growth.svg");
    plot::draw(path, &series, threads)?;
    println!("\nwrote {path}");
    Ok(())
}

fn series(
    name: &'static str,
    power: i32,
    fixed: &str,
    size: impl Fn(usize) -> Size,
) -> Result<Series, Box<dyn Error>> {
    println!("\n{name} ({fixed})\n{:>8} {:>14} {:>22}", name, "µs a step", "growth per doubling");
    let mut points: Vec<(f64, f64)> = Vec::new();
    for n in SIZES {
        let time = microseconds(size(n))?;
        // log₂ of the ratio to the size before: `power` if the time follows the arithmetic.
        let growth =
            points.last().map_or(String::new(), |&(_, before)| format!("2^{:.2}", (time / before).log2()));
        println!("{n:>8} {time:>14.1} {growth:>22}");
        points.push((n as f64, time));
    }
    Ok(Series { name, fixed: fixed.to_owned(), power, points })
}

/// The least of 15 repeats of forward, mean squared error, backward, SGD.
fn microseconds(Size { width, batch, depth }: Size) -> Result<f64, Box<dyn Error>> {
    let layers =
        (1..depth).fold(Chain::new(), |chain, _| chain.then(Dense::new(width)).then(Activation::Tanh));
    let network = layers.then(Dense::new(width));
    let recipe = Recipe::new(Sgd { lr: 0.01, ..Sgd::default() });
    let mut trainer = Trainer::<f32>::new(&network, width, &Loss::MeanSquaredError, recipe, 0)?;
    let x = Array2::from_shape_fn((batch, width), |(i, j)| ((i * 7 + j) % 13) as f32 / 13.0);
    trainer.load(x.view(), x.view())?;
    let mut failed = None;
    let times = measure(15, Duration::from_millis(50), || {
        if let Err(error) = trainer.step() {
            failed = Some(error);
        }
    });
    failed.map_or(Ok(times.least), |error| Err(error.into()))
}
